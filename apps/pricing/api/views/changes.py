"""Doors to changes of many prices."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint, Shape
from apps.core.api.views import ResourceViewSet
from apps.pricing.api.serializers import changes as shapes
from apps.pricing.models import BulkChange
from apps.pricing.selectors import changes as selectors
from apps.pricing.services.bulk_changes import discard_change, draft_change
from apps.pricing.services.change_steps import apply_change, undo_change

_CHANGE = shapes.ChangeDetailSerializer


class ChangeViewSet(ResourceViewSet):
    """Changes of many prices at once. A draft shows what it would do; applied, it can be undone."""

    model = BulkChange
    ordering = {"createdAt": "created_at", "validFrom": "valid_from", "appliedAt": "applied_at"}
    endpoints = {
        "list": Endpoint(Right.PRICES_WRITE, answer=shapes.ChangeSerializer, paged=True),
        "retrieve": Endpoint(Right.PRICES_WRITE, answer=_CHANGE),
        "create": Endpoint(Right.PRICES_WRITE, shapes.ChangeWriteSerializer, _CHANGE, 201),
        "destroy": Endpoint(Right.PRICES_WRITE, status=204),
        "lines": Endpoint(
            Right.PRICES_WRITE, answer=shapes.ChangeLineSerializer, paged=True, query=shapes.ChangeLinesQuery
        ),
        "apply": Endpoint(Right.PRICES_WRITE, answer=_CHANGE),
        "undo": Endpoint(Right.PRICES_WRITE, answer=_CHANGE),
    }

    def records(self) -> QuerySet[BulkChange]:
        return selectors.changes_visible_to(self.actor)

    def shape(self) -> Shape:
        return shapes.ChangeSerializer

    def create(self, request: Request) -> Response:
        change = draft_change(shapes.change_request(self.validated()), actor=self.actor)
        return self.answer(change.pk, status=201)

    def destroy(self, request: Request, pk: UUID) -> Response:
        discard_change(pk, actor=self.actor)
        return Response(status=204)

    def lines(self, request: Request, pk: UUID) -> Response:
        """What it does to each price; `what` narrows the list."""
        lines = selectors.change_lines(selectors.get_change(pk))
        query = shapes.ChangeLinesQuery(data={name: value for name, value in request.query_params.items()
                                              if name == "what"})  # fmt: skip
        query.is_valid(raise_exception=True)
        if what := query.validated_data.get("what"):
            lines = selectors.lines_that(lines, what)
        return self.page(
            lines, shapes.ChangeLineSerializer, default_ordering=("position",), parameters=frozenset({"what"})
        )

    def apply(self, request: Request, pk: UUID) -> Response:
        """Do what the preview shows; refused if a price has changed since."""
        apply_change(pk, actor=self.actor)
        return self.answer(pk)

    def undo(self, request: Request, pk: UUID) -> Response:
        """Make every price what it was before; what somebody has changed since is left as it is."""
        undo_change(pk, actor=self.actor)
        return self.answer(pk)

    def _read(self, pk: UUID) -> dict[str, Any]:
        found = super()._read(pk)
        found["totals"] = selectors.change_totals(selectors.get_change(pk))
        return found
