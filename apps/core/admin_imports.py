"""Imports and exports from the back office: first a preview, then the import of the same file."""

from collections.abc import Sequence
from functools import partial
from typing import IO, Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.core.actor import Actor
from apps.core.admin_base import BackOfficeAdmin, refusal_of
from apps.core.admin_forms import refuse
from apps.core.admin_site import actor_of
from apps.core.api.files import attachment
from apps.core.db import retrying
from apps.core.exceptions import DomainError, NotFound
from apps.core.file_rows import FileRow, Outcome
from apps.core.kept_files import forget, keep, kept
from apps.core.spreadsheets import CSV, MEDIA, XLSX

SHOWN_AT_MOST = 200


class FileForm(forms.Form):
    """What is to be imported."""

    file = forms.FileField(allow_empty_file=True, help_text="CSV (UTF-8) or XLSX, with the columns of an export.")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(f"A file has at most {settings.UPLOAD_LIMIT} bytes.", code="too_large")
        return file


class FileAdmin(BackOfficeAdmin):
    """Mixed into a list whose records come from files and go into them.

    ``kinds`` names what a file may be; of several the ``import_form`` asks which.
    """

    pages = {"import": "import_page", "export": "export_page"}
    kinds: ClassVar[tuple[str, ...]]
    import_form: ClassVar[type[FileForm]] = FileForm
    import_title: ClassVar[str]
    exported_as: ClassVar[str]

    def read_rows(self, kind: str, content: bytes) -> list[FileRow]:
        raise NotImplementedError

    def run_rows(self, kind: str, rows: Sequence[FileRow], name: str, *, dry_run: bool, actor: Actor) -> Outcome:
        raise NotImplementedError

    def export(self, records: QuerySet[Any], kind: str) -> IO[bytes]:
        raise NotImplementedError

    def export_page(self, request: HttpRequest) -> HttpResponseBase:
        """All records, as CSV or as a workbook."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        kind = XLSX if request.GET.get("format") == XLSX else CSV
        return attachment(self.export(self.get_queryset(request), kind), f"{self.exported_as}.{kind}", MEDIA[kind])

    def import_page(self, request: HttpRequest) -> HttpResponseBase:
        """Say what a file would do; and, when that is confirmed, let the same file do it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if token := request.POST.get("token"):
            return self._confirm(request, token)
        form = self.import_form(request.POST or None, request.FILES or None)
        if request.method != "POST" or not form.is_valid():
            return self._import_page(request, form)
        file, kind = form.cleaned_data["file"], form.cleaned_data.get("kind", self.kinds[0])
        content, name = file.read(), file.name[:100]
        try:
            outcome = self._run(request, kind, content, name, dry_run=True)
        except DomainError as refusal:
            refuse(form, refusal)
            return self._import_page(request, form)
        token = "" if outcome.problems else keep(content, kind, name, actor=actor_of(request))
        return self._import_page(request, form, outcome=outcome, token=token)

    def _confirm(self, request: HttpRequest, token: str) -> HttpResponseBase:
        actor = actor_of(request)
        try:
            kind, name, content = kept(token, actor=actor)
            if kind not in self.kinds:
                raise NotFound("The file is no longer there. Choose it once more.")
            outcome = self._run(request, kind, content, name, dry_run=False)
        except (DomainError, DatabaseError) as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            self.message_user(request, refusal.message, messages.ERROR)
            return HttpResponseRedirect(reverse(f"admin:{self._route('import_page')}"))
        if not outcome.applied:  # something has changed since the preview
            return self._import_page(request, self.import_form(), outcome=outcome)
        forget(token, actor=actor)
        return self.to_list(request, outcome.created + outcome.changed, "rows imported")

    def _run(self, request: HttpRequest, kind: str, content: bytes, name: str, *, dry_run: bool) -> Outcome:
        rows = self.read_rows(kind, content)
        return retrying(partial(self.run_rows, kind, rows, name, dry_run=dry_run, actor=actor_of(request)))

    def _import_page(
        self, request: HttpRequest, form: FileForm, outcome: Outcome | None = None, token: str = ""
    ) -> HttpResponseBase:
        problems = outcome.problems[:SHOWN_AT_MOST] if outcome else []
        changes = outcome.changes[:SHOWN_AT_MOST] if outcome else []
        return self.page(
            request, "admin/import_page.html", self.import_title, form=form, outcome=outcome, token=token,
            problems=problems, more=len(outcome.problems) - len(problems) if outcome else 0,
            changes=changes, more_changes=len(outcome.changes) - len(changes) if outcome else 0, button="Preview",
        )  # fmt: skip
