"""Doors to warranties, and to claims on them."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.filters import refuse_unknown
from apps.repairs import selectors, services
from apps.repairs.api import serializers
from apps.repairs.api.serializers import warranties, work
from apps.repairs.api.views import OrderViewSet


class WarrantyViewSet(OrderViewSet):
    """What is promised for an order, and what of it a device that comes back is owed."""

    endpoints = {
        "warranties": Endpoint(Right.ORDERS_READ, answer=warranties.WarrantySerializer, paged=True),
        "covers": Endpoint(Right.ORDERS_READ, answer=warranties.CoversSerializer),
        "claim": Endpoint(Right.ORDERS_CREATE, warranties.ClaimSerializer, serializers.OrderSerializer, 201),
        "charge": Endpoint(Right.ORDERS_PARTS, work.ReasonSerializer, serializers.LineSerializer),
    }

    def warranties(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_READ)
        return self.page(selectors.warranties_of(order), warranties.WarrantySerializer)

    def covers(self, request: Request, pk: UUID) -> Response:
        refuse_unknown(request.query_params, ())
        order = self.order(pk, Right.ORDERS_READ)
        today = selectors.day_at(order, timezone.now())
        found = {"on": today, "items": selectors.covers_of(order, today)}
        return Response(warranties.CoversSerializer(found).data)

    def claim(self, request: Request, pk: UUID) -> Response:
        self.order(pk, Right.ORDERS_CREATE)
        order = services.claim_warranty(pk, _asked(self.validated()), actor=self.actor)
        return self.answer(order.pk, status=201)

    def charge(self, request: Request, pk: UUID, line_id: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_PARTS)
        services.charge_line(pk, line_id, self.validated()["reason"], actor=self.actor)
        return self.one(serializers.LineSerializer, order.lines.filter(pk=line_id), status=200)


def _asked(fields: dict[str, Any]) -> dict[str, Any]:
    """The claim, with what is named in it as the service takes it."""
    if "items" in fields:
        fields["items"] = [services.LineRequest(**item) for item in fields["items"]]
    if "faulty_parts" in fields:
        parts = fields["faulty_parts"]
        fields["faulty_parts"] = [(part.pop("line_id"), services.Failure(**part)) for part in parts]
    return fields
