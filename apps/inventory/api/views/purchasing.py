"""Doors to purchase orders."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.filters import refuse_unknown
from apps.core.api.rows import reader_for
from apps.core.api.views import ContractView, ResourceViewSet
from apps.inventory import selectors
from apps.inventory.api import filters
from apps.inventory.api.serializers import purchasing as shapes
from apps.inventory.models import PurchaseOrder, PurchaseReceipt
from apps.inventory.services import purchasing

_READ, _WRITE, _ORDER = Right.PURCHASES_READ, Right.PURCHASES_WRITE, shapes.PurchaseOrderSerializer
# What a PUT that leaves them out takes away.
_LEFT_OUT: dict[str, Any] = {"exchange_rate": None, "supplier_reference": "", "expected_on": None, "notes": ""}


class PurchaseOrderViewSet(ResourceViewSet):
    """What branches buy. Only a draft can be changed or deleted; what has been ordered is received or cancelled."""

    model = PurchaseOrder
    searchable = True
    scoped_by_role = True
    ordering = {"createdAt": "created_at", "updatedAt": "updated_at", "number": "number", "expectedOn": "expected_on"}
    filterset_class = filters.PurchaseOrderFilter
    endpoints = {
        "list": Endpoint(_READ, answer=_ORDER, paged=True),
        "retrieve": Endpoint(_READ, answer=_ORDER),
        "create": Endpoint(_WRITE, shapes.PurchaseWriteSerializer, _ORDER, 201),
        "update": Endpoint(_WRITE, shapes.PurchaseWriteSerializer, _ORDER),
        "partial_update": Endpoint(_WRITE, shapes.PurchaseWriteSerializer, _ORDER),
        "destroy": Endpoint(_WRITE, status=204),
        "order": Endpoint(_WRITE, shapes.OrderingSerializer, _ORDER),
        "receive": Endpoint(_WRITE, shapes.PurchaseReceiptWriteSerializer, shapes.PurchaseReceiptSerializer, 201),
        "cancel": Endpoint(_WRITE, shapes.CancellingSerializer, _ORDER),
        "receipts": Endpoint(_READ, answer=shapes.PurchaseReceiptSerializer, paged=True),
        "reverse": Endpoint(_WRITE, shapes.ReversingSerializer, shapes.PurchaseReceiptSerializer),
    }

    def records(self) -> QuerySet[PurchaseOrder]:
        return selectors.purchases_visible_to(self.actor)

    def create(self, request: Request) -> Response:
        fields = _with_lines(self.validated())
        order = purchasing.draft_purchase(purchasing.PurchaseRequest(**fields), actor=self.actor)
        return self.answer(order.pk, status=201)

    def update(self, request: Request, pk: UUID) -> Response:
        fields = _with_lines(self.validated(current=self.current(pk)))
        left_out = {} if request.method == "PATCH" else _LEFT_OUT
        purchasing.edit_purchase(pk, left_out | fields, actor=self.actor)
        return self.answer(pk)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        return self.update(request, pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        purchasing.discard_purchase(pk, actor=self.actor)
        return Response(status=204)

    def order(self, request: Request, pk: UUID) -> Response:
        self.require_in_scope(pk)
        purchasing.order_purchase(pk, actor=self.actor, **self.validated())
        return self.answer(pk)

    def cancel(self, request: Request, pk: UUID) -> Response:
        self.require_in_scope(pk)
        purchasing.cancel_purchase(pk, actor=self.actor, **self.validated())
        return self.answer(pk)

    def receive(self, request: Request, pk: UUID) -> Response:
        self.require_in_scope(pk)
        fields = self.validated()
        lines = [purchasing.ReceivedLine(**line) for line in fields.pop("lines")]
        receipt = purchasing.receive_purchase(pk, purchasing.ReceiptRequest(lines=lines, **fields), actor=self.actor)
        return _receipt(receipt, status=201)

    def receipts(self, request: Request, pk: UUID) -> Response:
        order = selectors.get_purchase(pk, actor=self.actor)
        return self.page(selectors.receipts_of(order), shapes.PurchaseReceiptSerializer)

    def reverse(self, request: Request, pk: UUID, receipt_id: UUID) -> Response:
        self.require_in_scope(pk)
        return _receipt(purchasing.reverse_receipt(pk, receipt_id, actor=self.actor, **self.validated()))


def _with_lines(fields: dict[str, Any]) -> dict[str, Any]:
    if "lines" in fields:
        fields["lines"] = [purchasing.PurchaseLineRequest(**line) for line in fields["lines"]]
    return fields


def _receipt(receipt: PurchaseReceipt, status: int = 200) -> Response:
    found = reader_for(shapes.PurchaseReceiptSerializer, PurchaseReceipt).read_ids([receipt.pk])
    return Response(found[0], status=status)


class PurchaseNeedsView(ContractView):
    """What repair orders wait for at a branch; a POST drafts what is not on its way, one order for each supplier."""

    endpoints = {
        "get": Endpoint(_READ, answer=shapes.NeedsSerializer, query=shapes.NeedsQuery),
        "post": Endpoint(_WRITE, shapes.NeedsWriteSerializer, shapes.DraftedSerializer, 201),
    }

    def get(self, request: Request) -> Response:
        refuse_unknown(request.query_params, {"branchId"})
        query = shapes.NeedsQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        branch_id = query.validated_data["branch_id"]
        found = {"branch_id": branch_id, "items": selectors.purchase_needs(branch_id, actor=self.actor)}
        return Response(shapes.NeedsSerializer(found).data)

    def post(self, request: Request) -> Response:
        drafts = purchasing.draft_from_needs(actor=self.actor, **self.validated())
        rows = reader_for(_ORDER, PurchaseOrder).read_ids([draft.pk for draft in drafts])
        return Response({"items": rows}, status=201)
