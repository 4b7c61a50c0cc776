"""Doors to the import and the export of the price list."""

from functools import partial
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api import filters
from apps.core.api.endpoints import Endpoint
from apps.core.api.files import FileView, attachment
from apps.core.api.imports import FILES, ImportView, asked_format
from apps.core.file_rows import FileRow
from apps.core.spreadsheets import MEDIA
from apps.pricing.api.serializers import imports as shapes
from apps.pricing.api.views.prices import PriceViewSet
from apps.pricing.services.price_export import export_prices
from apps.pricing.services.price_import import import_prices, read_prices


class PriceImportView(ImportView):
    """Import of prices: all rows or, when any is refused, none."""

    endpoints = {
        "post": Endpoint(
            Right.PRICES_WRITE, shapes.PriceImportForm, shapes.PriceOutcomeShape, query=shapes.PriceImportQuery
        )
    }

    def read(self, content: bytes) -> list[FileRow]:
        params = self.request.query_params
        filters.refuse_unknown(params, set(shapes.PriceImportQuery().fields))
        query = shapes.PriceImportQuery(data=params.dict())
        query.is_valid(raise_exception=True)
        # Whoever says it in one of two places has said it.
        self.is_dry = "true" in {query.validated_data.get("dry_run"), self.asked["dry_run"]}
        return read_prices(content)

    def post(self, request: Request) -> Response:
        run = partial(import_prices, name=str(self.asked["file"].name)[:100])
        return self.outcome(run, dry_run=self.is_dry)


class PriceExportView(FileView, PriceViewSet):
    """The prices that the list would show, as a file."""

    endpoints = {"export": Endpoint(Right.COSTS_READ, query=shapes.PriceExportQuery, media=FILES)}

    def export(self, request: Request) -> HttpResponseBase:
        filterset: Any = self.filterset_class
        kind = asked_format(request, {*shapes.PriceExportQuery().fields, *filterset.base_filters})
        prices: Any = self.filter_queryset(self.get_queryset())
        if text := filters.search_text(request.query_params):
            prices = self.search(prices, text)
        return attachment(export_prices(prices, kind), f"prices.{kind}", MEDIA[kind])
