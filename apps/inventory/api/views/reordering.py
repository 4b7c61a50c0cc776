"""Doors to when and what to order."""

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.filters import refuse_unknown
from apps.core.api.rows import reader_for
from apps.core.api.views import ContractView, ResourceViewSet
from apps.inventory import selectors, services
from apps.inventory.api import filters
from apps.inventory.api.serializers import reordering as shapes
from apps.inventory.api.serializers.purchasing import PurchaseOrderSerializer
from apps.inventory.models import PurchaseOrder, ReorderPoint


class ReorderPointViewSet(ResourceViewSet):
    """When each item is to be ordered again, as its usage says, and why."""

    model = ReorderPoint
    ordering = {"createdAt": "created_at", "computedAt": "computed_at"}
    filterset_class = filters.ReorderPointFilter
    endpoints = {
        "list": Endpoint(Right.PURCHASES_READ, answer=shapes.ReorderPointSerializer, paged=True),
        "retrieve": Endpoint(Right.PURCHASES_READ, answer=shapes.ReorderPointSerializer),
    }

    def records(self) -> QuerySet[ReorderPoint]:
        return selectors.reorder_points_visible_to(self.actor)


class ReorderProposalsView(ContractView):
    """What a branch is to order, by supplier; a POST drafts the order of one supplier."""

    endpoints = {
        "get": Endpoint(Right.PURCHASES_READ, answer=shapes.ProposalsSerializer, query=shapes.ProposalsQuery),
        "post": Endpoint(Right.PURCHASES_WRITE, shapes.ProposalsWriteSerializer, PurchaseOrderSerializer, 201),
    }

    def get(self, request: Request) -> Response:
        refuse_unknown(request.query_params, {"branchId", "supplierId"})
        query = shapes.ProposalsQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        found = selectors.reorder_proposals(asked["branch_id"], supplier_id=asked.get("supplier_id"), actor=self.actor)
        return Response(shapes.ProposalsSerializer({"branch_id": asked["branch_id"], "items": found}).data)

    def post(self, request: Request) -> Response:
        draft = services.draft_proposals(**self.validated(), actor=self.actor)
        return Response(reader_for(PurchaseOrderSerializer, PurchaseOrder).read_ids([draft.pk])[0], status=201)
