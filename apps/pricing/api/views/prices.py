"""Doors to prices."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Reach, Right, reach
from apps.audit.recorded import RecordedViewSet
from apps.core.api.endpoints import Endpoint, Shape, crud
from apps.core.api.views import ContractView
from apps.pricing import selectors, services
from apps.pricing.api import filters
from apps.pricing.api.serializers import prices as serializers
from apps.pricing.models import Price, PriceQuerySet, today


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
        assert isinstance(queryset, PriceQuerySet)
        return queryset.mentioning(text)

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


class EstimateView(ContractView):
    """What a repair will cost: the listed price when there is one; without anything to go on, that it cannot be told."""

    endpoints = {
        "post": Endpoint(Right.PRICES_READ, serializers.EstimateRequestSerializer, serializers.EstimateSerializer)
    }
    repeatable = False

    def post(self, request: Request) -> Response:
        given = self.validated()
        selectors.require_offered(given["device_model"], given["repair_type"], actor=self.actor)
        part = given.get("part_type")
        found = selectors.estimate(
            given["device_model"],
            given["repair_type"].pk,
            part.pk if part else None,
            given.get("part_quality"),
            on=today(),
        )
        return Response(serializers.EstimateSerializer(found).data)
