"""Doors to units with serial numbers, and to what is promised."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.views import ResourceViewSet
from apps.inventory import selectors, services
from apps.inventory.api import filters, serializers
from apps.inventory.models import Reservation, Serial, StockMovement


class SerialViewSet(ResourceViewSet):
    """Single units: where each one is."""

    model = Serial
    searchable = True
    ordering = {"createdAt": "created_at", "number": "number"}
    default_ordering = ("number",)
    filterset_class = filters.SerialFilter
    endpoints = {
        "list": Endpoint(Right.STOCK_READ, answer=serializers.SerialSerializer, paged=True),
        "retrieve": Endpoint(Right.STOCK_READ, answer=serializers.SerialSerializer),
        "movements": Endpoint(Right.STOCK_READ, answer=serializers.MovementSerializer, paged=True),
    }

    def records(self) -> QuerySet[Serial]:
        return selectors.serials_visible_to(self.actor)

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.serials_found_by(queryset, text)

    @action(detail=True)
    def movements(self, request: Request, pk: UUID) -> Response:
        """Where the unit has been, the latest first."""
        self.require_in_scope(pk)
        moved: QuerySet[StockMovement] = selectors.movements_of_serial(pk, actor=self.actor)
        return self.page(moved, serializers.MovementSerializer, default_ordering=("-created_at",))


class ReservationViewSet(ResourceViewSet):
    """What is promised to whom."""

    model = Reservation
    ordering = {"createdAt": "created_at"}
    filterset_class = filters.ReservationFilter
    endpoints = {
        "list": Endpoint(Right.STOCK_READ, answer=serializers.ReservationSerializer, paged=True),
        "retrieve": Endpoint(Right.STOCK_READ, answer=serializers.ReservationSerializer),
        "serials": Endpoint(Right.STOCK_RECORD, serializers.PicksSerializer, serializers.ReservationSerializer),
    }

    def records(self) -> QuerySet[Reservation]:
        return selectors.reservations_visible_to(self.actor)

    @action(detail=True, methods=["put"])
    def serials(self, request: Request, pk: UUID) -> Response:
        """Choose the units that will be handed out."""
        services.pick_serials(pk, self.validated()["serials"], actor=self.actor)
        return self.answer(pk)
