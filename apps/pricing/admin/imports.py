"""Imports and exports of the price list, from the back office."""

from collections.abc import Sequence
from typing import IO, Any

from django.db.models import QuerySet

from apps.core.actor import Actor
from apps.core.admin_imports import FileAdmin
from apps.core.file_rows import FileRow, Outcome
from apps.pricing.services.price_export import export_prices
from apps.pricing.services.price_import import import_prices, read_prices


class ImportAdmin(FileAdmin):
    """Mixed into the price list."""

    kinds = ("prices",)
    import_title = "Import prices"
    exported_as = "prices"

    def read_rows(self, kind: str, content: bytes) -> list[FileRow]:
        return read_prices(content)

    def run_rows(self, kind: str, rows: Sequence[FileRow], name: str, *, dry_run: bool, actor: Actor) -> Outcome:
        return import_prices(rows, name=name, dry_run=dry_run, actor=actor)

    def export(self, records: QuerySet[Any], kind: str) -> IO[bytes]:
        return export_prices(records, kind)
