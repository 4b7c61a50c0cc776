"""Doors to prices."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Reach, Right, reach
from apps.audit.recorded import RecordedViewSet
from apps.core.api.endpoints import Shape, crud
from apps.pricing import selectors, services
from apps.pricing.api import filters
from apps.pricing.api.serializers import prices as serializers
from apps.pricing.models import Price


class PriceViewSet(RecordedViewSet):
    """The price list."""

    model = Price
    searchable = True
    filterset_class = filters.PriceFilter
    ordering = {"createdAt": "created_at", "updatedAt": "updated_at", "price": "price", "validFrom": "valid_from"}
    endpoints = crud(
        Right.PRICES_READ, Right.PRICES_WRITE, serializers.PriceWriteSerializer, serializers.PriceSerializer
    )
    endpoints["history"] = RecordedViewSet.history_endpoint(Right.COSTS_READ)

    def records(self) -> QuerySet[Price]:
        return selectors.prices_visible_to(self.actor)

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(device_model__name__icontains=text)
            | Q(device_model__brand__name__icontains=text)
            | Q(repair_type__name__icontains=text)
        )

    def shape(self) -> Shape:
        sees_costs = reach(self.actor, Right.COSTS_READ) is not Reach.NONE
        return serializers.PriceSerializer if sees_costs else serializers.PublicPriceSerializer

    def create(self, request: Request) -> Response:
        price = services.create_price(self.validated(), actor=self.actor)
        return self.answer(price.pk, status=201)

    def update(self, request: Request, pk: UUID) -> Response:
        services.update_price(pk, self.validated(current=self.current(pk)), actor=self.actor)
        return self.answer(pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        services.delete_price(pk, actor=self.actor)
        return Response(status=204)
