"""Doors to imports and exports of items and stock."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api import filters
from apps.core.api.endpoints import Endpoint
from apps.core.api.files import FileView, UploadParser, attachment
from apps.core.api.parsers import PayloadTooLarge
from apps.core.api.views import ContractView, Work
from apps.core.exceptions import FieldError, ValidationFailed
from apps.core.spreadsheets import MEDIA
from apps.inventory import selectors
from apps.inventory.api.serializers.imports import (
    ExportQuery,
    ImportForm,
    ItemExportQuery,
    LevelExportQuery,
    OutcomeShape,
)
from apps.inventory.api.views.items import ItemViewSet
from apps.inventory.rules.item_rows import FileRow
from apps.inventory.services.imports import read_file, run_import
from apps.inventory.services.item_export import export_items, export_levels
from apps.inventory.services.item_import import Outcome

SHOWN_AT_MOST = 1_000
_FILES = tuple(MEDIA.values())


class ImportView(ContractView):
    """Imports of items or opening stock: all rows or, when any is refused, none."""

    endpoints = {"post": Endpoint(Right.ITEMS_WRITE, ImportForm, OutcomeShape)}
    parser_classes = [UploadParser]
    rows: list[FileRow]

    def _write(self, handler: Work, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The file is read before anything is locked for the import, or for the memory of its answer."""
        self.asked = self.validated()
        content = self.asked["file"].read()
        self.asked["file"].seek(0)
        if len(content) > settings.UPLOAD_LIMIT:
            raise PayloadTooLarge(f"A file has at most {settings.UPLOAD_LIMIT} bytes.")
        self.rows = read_file(self.asked["kind"], content)
        return super()._write(handler, request, *args, **kwargs)

    def post(self, request: Request) -> Response:
        kind, dry_run = self.asked["kind"], self.asked["dry_run"] == "true"
        outcome = run_import(kind, self.rows, dry_run=dry_run, actor=self.actor)
        if outcome.problems and not dry_run:
            raise _refusal(outcome)
        shown = {**asdict(outcome), "kind": kind, "dry_run": dry_run, "problems": outcome.problems[:SHOWN_AT_MOST]}
        return Response(OutcomeShape(shown).data)


def _refusal(outcome: Outcome) -> ValidationFailed:
    message = f"{outcome.refused} rows are refused, so nothing was imported."
    details = [
        FieldError(f"rows.{one.line}.{one.column}", one.code, one.message) for one in outcome.problems[:SHOWN_AT_MOST]
    ]
    return ValidationFailed(message, details)


class ItemExportView(FileView, ItemViewSet):
    """The items that the list would show, as a file."""

    endpoints = {"export": Endpoint(Right.ITEMS_READ, query=ItemExportQuery, media=_FILES)}

    def export(self, request: Request) -> HttpResponseBase:
        filterset: Any = self.filterset_class
        known = {*ItemExportQuery().fields, *filterset.base_filters}
        kind = _format(request, known)
        items: Any = self.filter_queryset(self.get_queryset())
        if text := filters.search_text(request.query_params):
            items = items.found_by(text)
        return attachment(export_items(items, kind), f"items.{kind}", MEDIA[kind])


class LevelExportView(FileView):
    """The stock levels of the caller's branches, or of one of them, as a file."""

    endpoints = {"get": Endpoint(Right.STOCK_READ, query=LevelExportQuery, media=_FILES)}

    def get(self, request: Request) -> HttpResponseBase:
        kind = _format(request, set(LevelExportQuery().fields))
        query = LevelExportQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        branch_id = query.validated_data.get("branch_id")
        levels = (
            selectors.levels_visible_to(self.actor)
            if branch_id is None
            else selectors.levels_of_branch(branch_id, actor=self.actor)
        )
        return attachment(export_levels(levels, kind), f"stock-levels.{kind}", MEDIA[kind])


def _format(request: Request, known: set[str]) -> str:
    filters.refuse_unknown(request.query_params, known)
    asked = {name: value for name, value in request.query_params.items() if name == "format"}
    query = ExportQuery(data=asked)
    query.is_valid(raise_exception=True)
    return str(query.validated_data["format"])
