"""Doors to imports and exports of items and stock."""

from functools import partial
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api import filters
from apps.core.api.endpoints import Endpoint
from apps.core.api.files import FileView, attachment
from apps.core.api.imports import FILES, asked_format
from apps.core.api.imports import ImportView as FileImportView
from apps.core.file_rows import FileRow
from apps.core.spreadsheets import MEDIA
from apps.inventory import selectors
from apps.inventory.api.serializers.imports import ImportForm, ItemExportQuery, LevelExportQuery, OutcomeShape
from apps.inventory.api.views.items import ItemViewSet
from apps.inventory.services.imports import read_file, run_import
from apps.inventory.services.item_export import export_items, export_levels


class ImportView(FileImportView):
    """Imports of items or opening stock: all rows or, when any is refused, none."""

    endpoints = {"post": Endpoint(Right.ITEMS_WRITE, ImportForm, OutcomeShape)}

    def read(self, content: bytes) -> list[FileRow]:
        return read_file(self.asked["kind"], content)

    def post(self, request: Request) -> Response:
        kind = self.asked["kind"]
        return self.outcome(partial(run_import, kind), dry_run=self.asked["dry_run"] == "true", kind=kind)


class ItemExportView(FileView, ItemViewSet):
    """The items that the list would show, as a file."""

    endpoints = {"export": Endpoint(Right.ITEMS_READ, query=ItemExportQuery, media=FILES)}

    def export(self, request: Request) -> HttpResponseBase:
        filterset: Any = self.filterset_class
        known = {*ItemExportQuery().fields, *filterset.base_filters}
        kind = asked_format(request, known)
        items: Any = self.filter_queryset(self.get_queryset())
        if text := filters.search_text(request.query_params):
            items = items.found_by(text)
        return attachment(export_items(items, kind), f"items.{kind}", MEDIA[kind])


class LevelExportView(FileView):
    """The stock levels of the caller's branches, or of one of them, as a file."""

    endpoints = {"get": Endpoint(Right.STOCK_READ, query=LevelExportQuery, media=FILES)}

    def get(self, request: Request) -> HttpResponseBase:
        kind = asked_format(request, set(LevelExportQuery().fields))
        query = LevelExportQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        branch_id = query.validated_data.get("branch_id")
        levels = (
            selectors.levels_visible_to(self.actor)
            if branch_id is None
            else selectors.levels_of_branch(branch_id, actor=self.actor)
        )
        return attachment(export_levels(levels, kind), f"stock-levels.{kind}", MEDIA[kind])
