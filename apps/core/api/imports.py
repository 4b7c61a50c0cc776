"""Doors to imports and exports: a file is read before anything is locked, and its rows are taken all or none."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api import filters
from apps.core.api.files import UploadParser
from apps.core.api.parsers import PayloadTooLarge
from apps.core.api.serializers import ContractSerializer
from apps.core.api.views import ContractView, Work
from apps.core.exceptions import FieldError, ValidationFailed
from apps.core.file_rows import FileRow, Outcome
from apps.core.spreadsheets import CSV, MEDIA, XLSX

SHOWN_AT_MOST = 1_000
FILES = tuple(MEDIA.values())


class FileForm(ContractSerializer):
    """What is sent up."""

    file = serializers.FileField(allow_empty_file=True, help_text="CSV (UTF-8) or XLSX; told apart by what it holds.")


class ProblemShape(ContractSerializer):
    """Why a row is refused; ``line`` is where it begins in the file."""

    line = serializers.IntegerField()
    column = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class OutcomeShape(ContractSerializer):
    """What an import did, or on a dry run would do; ``problems`` are the first 1,000."""

    dry_run = serializers.BooleanField()
    applied = serializers.BooleanField()
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    problems = ProblemShape(many=True)


class ExportQuery(ContractSerializer):
    """The form of an export."""

    format = serializers.ChoiceField(choices=[CSV, XLSX], default=CSV)


class ImportView(ContractView):
    """An import of a file: all rows or, when any is refused, none."""

    parser_classes = [UploadParser]
    rows: list[FileRow]
    asked: dict[str, Any]

    def read(self, content: bytes) -> list[FileRow]:
        """The rows of the file. Raises ``ValidationFailed`` on ``file``."""
        raise NotImplementedError

    def _write(self, handler: Work, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The file is read before anything is locked for the import, or for the memory of its answer."""
        self.asked = self.validated()
        content = self.asked["file"].read()
        self.asked["file"].seek(0)
        if len(content) > settings.UPLOAD_LIMIT:
            raise PayloadTooLarge(f"A file has at most {settings.UPLOAD_LIMIT} bytes.")
        self.rows = self.read(content)
        return super()._write(handler, request, *args, **kwargs)

    def outcome(self, run: Callable[..., Outcome], *, dry_run: bool, **also: Any) -> Response:
        """The answer to a run of the rows. Raises ``ValidationFailed`` when they should have been imported and were not."""
        found = run(self.rows, dry_run=dry_run, actor=self.actor)
        if found.problems and not dry_run:
            raise _refusal(found)
        assert self.endpoint is not None
        assert self.endpoint.answer is not None
        first = {"problems": found.problems[:SHOWN_AT_MOST], "changes": found.changes[:SHOWN_AT_MOST]}
        return Response(self.endpoint.answer({**asdict(found), **first, "dry_run": dry_run, **also}).data)


def _refusal(outcome: Outcome) -> ValidationFailed:
    message = f"{outcome.refused} rows are refused, so nothing was imported."
    details = [
        FieldError(f"rows.{one.line}.{one.column}", one.code, one.message) for one in outcome.problems[:SHOWN_AT_MOST]
    ]
    return ValidationFailed(message, details)


def asked_format(request: Request, known: set[str]) -> str:
    """The form of a file that is asked for. Raises ``ValidationError`` for another, and for parameters beyond ``known``."""
    filters.refuse_unknown(request.query_params, known)
    query = ExportQuery(data={name: value for name, value in request.query_params.items() if name == "format"})
    query.is_valid(raise_exception=True)
    return str(query.validated_data["format"])
