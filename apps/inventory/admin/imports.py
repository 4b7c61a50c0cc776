"""Imports and exports of items and opening stock, from the back office: first a preview, then the import."""

from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.core.admin_base import BackOfficeAdmin, refusal_of
from apps.core.admin_forms import refuse
from apps.core.admin_site import actor_of
from apps.core.api.files import attachment
from apps.core.db import retrying
from apps.core.exceptions import DomainError
from apps.core.spreadsheets import CSV, MEDIA, XLSX
from apps.inventory.services.imports import KINDS, read_file, run_import
from apps.inventory.services.item_export import export_items
from apps.inventory.services.item_import import Outcome
from apps.inventory.services.kept_files import forget, keep, kept

SHOWN_AT_MOST = 200


class ImportForm(forms.Form):
    """What is to be imported."""

    kind = forms.ChoiceField(choices=list(KINDS.items()))
    file = forms.FileField(allow_empty_file=True, help_text="CSV (UTF-8) or XLSX, with the columns of an export.")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(f"A file has at most {settings.UPLOAD_LIMIT} bytes.", code="too_large")
        return file


class ImportAdmin(BackOfficeAdmin):
    """Mixed into the list of items."""

    pages = {"import": "import_page", "export": "export_page"}

    def export_page(self, request: HttpRequest) -> HttpResponseBase:
        """All items, as CSV or as a workbook."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        kind = XLSX if request.GET.get("format") == XLSX else CSV
        return attachment(export_items(self.get_queryset(request), kind), f"items.{kind}", MEDIA[kind])

    def import_page(self, request: HttpRequest) -> HttpResponseBase:
        """Say what a file would do; and, when that is confirmed, let the same file do it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if token := request.POST.get("token"):
            return self._confirm(request, token)
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method != "POST" or not form.is_valid():
            return self._import_page(request, form)
        kind, content = form.cleaned_data["kind"], form.cleaned_data["file"].read()
        try:
            outcome = self._run(request, kind, content, dry_run=True)
        except DomainError as refusal:
            refuse(form, refusal)
            return self._import_page(request, form)
        token = "" if outcome.problems else keep(content, kind, actor=actor_of(request))
        return self._import_page(request, form, outcome=outcome, token=token)

    def _confirm(self, request: HttpRequest, token: str) -> HttpResponseBase:
        actor = actor_of(request)
        try:
            kind, content = kept(token, actor=actor)
            outcome = self._run(request, kind, content, dry_run=False)
        except (DomainError, DatabaseError) as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            self.message_user(request, refusal.message, messages.ERROR)
            return HttpResponseRedirect(reverse(f"admin:{self._route('import_page')}"))
        if not outcome.applied:  # something has changed since the preview
            return self._import_page(request, ImportForm(), outcome=outcome)
        forget(token, actor=actor)
        return self.to_list(request, outcome.created + outcome.changed, "rows imported")

    def _run(self, request: HttpRequest, kind: str, content: bytes, *, dry_run: bool) -> Outcome:
        rows = read_file(kind, content)
        return retrying(partial(run_import, kind, rows, dry_run=dry_run, actor=actor_of(request)))

    def _import_page(
        self, request: HttpRequest, form: ImportForm, outcome: Outcome | None = None, token: str = ""
    ) -> HttpResponseBase:
        problems = outcome.problems[:SHOWN_AT_MOST] if outcome else []
        return self.page(
            request, "admin/inventory/import_page.html", "Import items", form=form, outcome=outcome, token=token,
            problems=problems, more=len(outcome.problems) - len(problems) if outcome else 0, button="Preview",
        )  # fmt: skip
