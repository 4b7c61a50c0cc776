"""Imports and exports of items and opening stock, from the back office."""

from collections.abc import Sequence
from typing import IO, Any

from django import forms
from django.db.models import QuerySet

from apps.core.actor import Actor
from apps.core.admin_imports import FileAdmin, FileForm
from apps.core.file_rows import FileRow, Outcome
from apps.inventory.services.imports import KINDS, read_file, run_import
from apps.inventory.services.item_export import export_items


class ImportForm(FileForm):
    """What is to be imported, and as what."""

    kind = forms.ChoiceField(choices=list(KINDS.items()))
    field_order = ["kind", "file"]


class ImportAdmin(FileAdmin):
    """Mixed into the list of items."""

    kinds = tuple(KINDS)
    import_form = ImportForm
    import_title = "Import items"
    exported_as = "items"

    def read_rows(self, kind: str, content: bytes) -> list[FileRow]:
        return read_file(kind, content)

    def run_rows(self, kind: str, rows: Sequence[FileRow], name: str, *, dry_run: bool, actor: Actor) -> Outcome:
        return run_import(kind, rows, dry_run=dry_run, actor=actor)

    def export(self, records: QuerySet[Any], kind: str) -> IO[bytes]:
        return export_items(records, kind)
