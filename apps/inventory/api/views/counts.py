"""Doors to stock counts."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core import money
from apps.core.api.endpoints import Endpoint, Shape
from apps.core.api.rows import reader_for
from apps.core.api.views import ResourceViewSet
from apps.inventory import selectors, services
from apps.inventory.api import filters
from apps.inventory.api.serializers import counts as shapes
from apps.inventory.models import CountLine, StockCount

_COUNT, _LINE = shapes.CountDetailSerializer, shapes.CountLineSerializer
_EXPECTED = ("differing", "surplus", "shortage", "surplus_value", "shortage_value")


class CountViewSet(ResourceViewSet):
    """Stock counts of a branch or a category. Posting books every difference in one step, once."""

    model = StockCount
    filterset_class = filters.CountFilter
    ordering = {"createdAt": "created_at", "number": "number", "status": "status", "closedAt": "closed_at"}
    endpoints = {
        "list": Endpoint(Right.STOCK_COUNT, answer=shapes.CountSerializer, paged=True),
        "retrieve": Endpoint(Right.STOCK_COUNT, answer=_COUNT),
        "create": Endpoint(Right.STOCK_MANAGE, shapes.CountWriteSerializer, _COUNT, 201),
        "lines": Endpoint(Right.STOCK_COUNT, answer=_LINE, paged=True, query=shapes.CountLinesQuery),
        "enter": Endpoint(Right.STOCK_COUNT, shapes.CountEntryWriteSerializer, _LINE, 201),
        "recount": Endpoint(Right.STOCK_COUNT, answer=_LINE),
        "post_differences": Endpoint(Right.STOCK_MANAGE, shapes.CountPostSerializer, _COUNT),
        "cancel": Endpoint(Right.STOCK_MANAGE, answer=_COUNT),
    }

    def records(self) -> QuerySet[StockCount]:
        return selectors.counts_visible_to(self.actor)

    def shape(self) -> Shape:
        return shapes.CountSerializer

    def create(self, request: Request) -> Response:
        count = services.start_count(services.CountRequest(**self.validated()), actor=self.actor)
        return self.answer(count.pk, status=201)

    def lines(self, request: Request, pk: UUID) -> Response:
        """What is counted of each item. ``counted``, ``differing`` and ``disturbed`` narrow the list."""
        count = selectors.get_count(pk, actor=self.actor)
        is_told = selectors.shows_expected(count, self.actor)
        kind = filters.CountLineFilter if is_told else filters.BlindLineFilter
        chosen = kind(request.query_params, selectors.count_lines(count), request=request)
        return self.page(
            filters.narrowed(chosen),
            self._line_shape(count),
            default_ordering=("item__name", "pk"),
            parameters=frozenset(chosen.filters),
        )

    def enter(self, request: Request, pk: UUID) -> Response:
        """Count one scan or one typed number; the answer is the line as it is then."""
        line = services.enter_count(pk, services.CountEntryRequest(**self.validated()), actor=self.actor)
        return self._line(line, status=201)

    def recount(self, request: Request, pk: UUID, line_id: UUID) -> Response:
        """Forget what was counted of an item, so that it is counted again."""
        return self._line(services.recount_line(pk, line_id, actor=self.actor))

    def post_differences(self, request: Request, pk: UUID) -> Response:
        """Book every difference as an ADJUSTMENT, or none: the refusal names each line that stands in the way."""
        zero = self.validated().get("uncounted") == "zero"
        services.post_count(pk, actor=self.actor, zero_uncounted=zero)
        return self.answer(pk)

    def cancel(self, request: Request, pk: UUID) -> Response:
        """Close the count without changing any stock."""
        services.cancel_count(pk, actor=self.actor)
        return self.answer(pk)

    def _read(self, pk: UUID) -> dict[str, Any]:
        found = super()._read(pk)
        count = selectors.get_count(pk, actor=self.actor)
        totals: dict[str, Any] = asdict(selectors.count_totals(count))
        currency = count.branch.currency
        totals |= {name: money.text(totals[name], currency) for name in ("surplus_value", "shortage_value")}
        if not selectors.shows_expected(count, self.actor):
            totals |= dict.fromkeys(_EXPECTED)
        found["totals"] = shapes.CountTotalsSerializer(totals | {"currency": currency}).data
        return found

    def _line_shape(self, count: StockCount) -> Shape:
        return _LINE if selectors.shows_expected(count, self.actor) else shapes.BlindLineSerializer

    def _line(self, line: CountLine, status: int = 200) -> Response:
        shape = self._line_shape(line.count)
        return Response(reader_for(shape, CountLine).read_ids([line.pk])[0], status=status)
