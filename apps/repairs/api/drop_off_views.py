"""Doors to visits in which several devices are brought."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core import money
from apps.core.api.endpoints import Endpoint, Shape
from apps.core.api.preconditions import with_tag
from apps.core.api.rows import reader_for
from apps.core.api.views import ResourceViewSet
from apps.repairs import selectors, services
from apps.repairs.api import filters
from apps.repairs.api.reading import device_of
from apps.repairs.api.serializers import OrderSerializer
from apps.repairs.api.serializers.drop_offs import (
    DropOffDetailSerializer,
    DropOffSerializer,
    DropOffWriteSerializer,
)
from apps.repairs.api.serializers.requests import DeviceSerializer
from apps.repairs.models import DropOff, RepairOrder


class DropOffViewSet(ResourceViewSet):
    """Visits of customers who bring several devices. Each device is a repair order of its own."""

    model = DropOff
    searchable = True
    scoped_by_role = True
    filterset_class = filters.DropOffFilter
    ordering = {"createdAt": "created_at", "number": "number"}
    endpoints = {
        "list": Endpoint(Right.ORDERS_READ, answer=DropOffSerializer, paged=True),
        "retrieve": Endpoint(Right.ORDERS_READ, answer=DropOffDetailSerializer),
        "create": Endpoint(Right.ORDERS_CREATE, DropOffWriteSerializer, DropOffDetailSerializer, 201),
        "add_device": Endpoint(Right.ORDERS_CREATE, DeviceSerializer, OrderSerializer, 201),
    }

    def records(self) -> QuerySet[DropOff]:
        return selectors.drop_offs_visible_to(self.actor)

    def shape(self) -> Shape:
        return DropOffSerializer

    def create(self, request: Request) -> Response:
        """Take in all devices, or none: the fields of the n-th are named ``devices.n.…`` in a refusal."""
        fields = self.validated()
        devices = [device_of(device) for device in fields.pop("devices")]
        made = services.create_drop_off(services.DropOffRequest(devices=devices, **fields), actor=self.actor)
        return self.answer(made.pk, status=201)

    def add_device(self, request: Request, pk: UUID) -> Response:
        """One more device of the same visit; answers its repair order."""
        self.require_in_scope(pk)
        order = services.add_device(pk, device_of(self.validated()), actor=self.actor)
        return with_tag(request, Response(reader_for(OrderSerializer, RepairOrder).read_ids([order.pk])[0], status=201))

    def _read(self, pk: UUID) -> dict[str, Any]:
        found = super()._read(pk)
        totals = selectors.totals_of_drop_off(pk)
        amounts = {"totalPrice": totals.total, "paid": totals.paid, "balance": totals.balance}
        told = {name: money.text(amount, totals.currency) for name, amount in amounts.items()}
        return {**found, "currency": totals.currency, **told}
