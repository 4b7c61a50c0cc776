"""Doors to transfers and to what is in transit."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint, Shape
from apps.core.api.views import ContractView, ResourceViewSet
from apps.core.exceptions import ValidationFailed
from apps.inventory import selectors, services
from apps.inventory.api import filters
from apps.inventory.api.serializers import transfers as shapes
from apps.inventory.models import Transfer

_TRANSFER = shapes.TransferSerializer


class TransferViewSet(ResourceViewSet):
    """Transfers between branches. A draft can be changed and deleted; what has been sent can be received or called back."""

    model = Transfer
    searchable = True
    filterset_class = filters.TransferFilter
    ordering = {
        "createdAt": "created_at", "updatedAt": "updated_at", "number": "number", "status": "status", "sentAt": "sent_at",
    }  # fmt: skip
    endpoints = {
        "list": Endpoint(Right.STOCK_READ, answer=shapes.TransferSummarySerializer, paged=True),
        "retrieve": Endpoint(Right.STOCK_READ, answer=_TRANSFER),
        "create": Endpoint(Right.STOCK_MANAGE, shapes.TransferWriteSerializer, _TRANSFER, 201),
        "update": Endpoint(Right.STOCK_MANAGE, shapes.TransferWriteSerializer, _TRANSFER),
        "partial_update": Endpoint(Right.STOCK_MANAGE, shapes.TransferWriteSerializer, _TRANSFER),
        "destroy": Endpoint(Right.STOCK_MANAGE, status=204),
        "send": Endpoint(Right.STOCK_MANAGE, answer=_TRANSFER),
        "receive": Endpoint(Right.STOCK_MANAGE, shapes.ReceiptSerializer, _TRANSFER),
        "cancel": Endpoint(Right.STOCK_MANAGE, shapes.CallBackSerializer, _TRANSFER),
    }

    def records(self) -> QuerySet[Transfer]:
        return selectors.transfers_visible_to(self.actor)

    def shape(self) -> Shape:
        return shapes.TransferSummarySerializer if self.action == "list" else _TRANSFER

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return queryset.filter(number__icontains=text)

    def create(self, request: Request) -> Response:
        fields = _with_lines(self.validated())
        transfer = services.draft_transfer(services.TransferRequest(**fields), actor=self.actor)
        return self.answer(transfer.pk, status=201)

    def update(self, request: Request, pk: UUID) -> Response:
        services.edit_transfer(pk, _with_lines(self.validated(current=self.current(pk))), actor=self.actor)
        return self.answer(pk)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        return self.update(request, pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        services.delete_transfer(pk, actor=self.actor)
        return Response(status=204)

    def send(self, request: Request, pk: UUID) -> Response:
        """Let the units leave their branch; until they are received they are in transit."""
        services.send_transfer(pk, actor=self.actor)
        return self.answer(pk)

    def receive(self, request: Request, pk: UUID) -> Response:
        """Take in all that is under way, or what the lines say: received, missing and surplus units."""
        self.require_in_scope(pk)
        fields = self.validated()
        arrivals = [services.Arrival(**line) for line in fields["lines"]] if "lines" in fields else None
        receipt = services.ReceiptRequest(fields["receipt_id"], arrivals, fields.get("notes", ""))
        services.receive_transfer(pk, receipt, actor=self.actor)
        return self.answer(pk)

    def cancel(self, request: Request, pk: UUID) -> Response:
        """Give up a draft, or call back what has been sent and nobody has received yet."""
        self.require_in_scope(pk)
        services.cancel_transfer(pk, actor=self.actor, **self.validated())
        return self.answer(pk)


def _with_lines(fields: dict[str, Any]) -> dict[str, Any]:
    if "lines" in fields:
        fields["lines"] = [services.TransferLineRequest(**line) for line in fields["lines"]]
    return fields


class InTransitView(ContractView):
    """What has left a branch and not reached another; it belongs to neither."""

    endpoints = {
        "get": Endpoint(Right.STOCK_READ, answer=shapes.InTransitSerializer, paged=True, query=shapes.InTransitQuery)
    }

    def get(self, request: Request) -> Response:
        return self.page(
            selectors.lines_in_transit(_branch_id(request), actor=self.actor),
            shapes.InTransitSerializer,
            default_ordering=("transfer__sent_at", "transfer", "position"),
            parameters=frozenset({"branchId"}),
        )


def _branch_id(request: Request) -> UUID | None:
    text = request.query_params.get("branchId")
    try:
        return UUID(text) if text is not None else None
    except ValueError:
        raise ValidationFailed.on("branchId", "invalid", "This is not a valid id.") from None
