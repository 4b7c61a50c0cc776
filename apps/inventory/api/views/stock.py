"""Doors to stock levels and movements."""

from uuid import UUID

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.preconditions import with_tag
from apps.core.api.views import ContractView, ResourceViewSet
from apps.core.exceptions import ValidationFailed
from apps.inventory import selectors, services
from apps.inventory.api import filters, serializers
from apps.inventory.enums import MovementType
from apps.inventory.models import StockLevel, StockMovement


class MovementViewSet(ResourceViewSet):
    """Stock movements. They are never changed and never deleted."""

    model = StockMovement
    ordering = {"createdAt": "created_at"}
    filterset_class = filters.MovementFilter
    endpoints = {
        "list": Endpoint(Right.STOCK_READ, answer=serializers.MovementSerializer, paged=True),
        "retrieve": Endpoint(Right.STOCK_READ, answer=serializers.MovementSerializer),
        "create": Endpoint(
            Right.STOCK_RECORD, serializers.MovementWriteSerializer, serializers.MovementSerializer, 201
        ),
        "reverse": Endpoint(Right.STOCK_MANAGE, serializers.ReversalSerializer, serializers.MovementSerializer, 201),
    }

    def records(self) -> QuerySet[StockMovement]:
        return selectors.movements_visible_to(self.actor)

    def create(self, request: Request) -> Response:
        fields = self.validated()
        wanted = services.MovementRequest(**fields | {"movement_type": MovementType(fields["movement_type"])})
        movement = services.record_movement(wanted, actor=self.actor)
        return self.answer(movement.pk, status=201)

    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: UUID) -> Response:
        """Undo a movement by its opposite, once."""
        given = self.validated()
        opposite = services.reverse_movement(pk, given["notes"], actor=self.actor, new=given.get("id"))
        return self.answer(opposite.pk, status=201)


class StockLevelView(ContractView):
    """What all lists of stock levels share."""

    endpoints = {"get": Endpoint(Right.STOCK_READ, answer=serializers.StockLevelSerializer, paged=True)}

    def levels(self, queryset: QuerySet[StockLevel], parameters: frozenset[str] = frozenset()) -> Response:
        return self.page(
            queryset,
            serializers.StockLevelSerializer,
            default_ordering=("item__name", "branch__name"),
            parameters=parameters,
        )


class BranchLevelsView(StockLevelView):
    """What a branch holds."""

    def get(self, request: Request, branch_id: UUID) -> Response:
        return self.levels(selectors.levels_of_branch(branch_id, actor=self.actor))


class ItemLevelsView(StockLevelView):
    """Where an item lies."""

    def get(self, request: Request, item_id: UUID) -> Response:
        return self.levels(selectors.levels_of_item(item_id, actor=self.actor))


class LowStockView(StockLevelView):
    """What is available at or below its reorder level."""

    endpoints = {
        "get": Endpoint(
            Right.STOCK_READ, answer=serializers.StockLevelSerializer, paged=True, query=serializers.LowStockQuery
        )
    }

    def get(self, request: Request) -> Response:
        text = request.query_params.get("branchId")
        if text is None:
            return self.levels(selectors.low_levels(actor=self.actor))
        try:
            branch_id = UUID(text)
        except ValueError:
            raise ValidationFailed.on("branchId", "invalid", "This is not a valid id.") from None
        return self.levels(selectors.low_levels(branch_id, actor=self.actor), frozenset({"branchId"}))


class ExplainView(ContractView):
    """Every movement and reservation behind a stock level."""

    endpoints = {
        "get": Endpoint(Right.STOCK_READ, answer=serializers.ExplanationSerializer, query=serializers.ExplainQuery)
    }

    def get(self, request: Request, pk: UUID) -> Response:
        asked = serializers.ExplainQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        explanation = selectors.explain(pk, actor=self.actor, before=asked.validated_data.get("before"))
        return with_tag(request, Response(serializers.ExplanationSerializer(explanation).data))


class StockValueView(ContractView):
    """What the stock is worth."""

    endpoints = {
        "get": Endpoint(Right.STOCK_MANAGE, answer=serializers.StockValueSerializer, query=serializers.StockValueQuery)
    }

    def get(self, request: Request) -> Response:
        asked = serializers.StockValueQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        found = selectors.stock_value(asked.validated_data.get("branch_id"), actor=self.actor)
        return Response(serializers.StockValueSerializer({"branches": found}).data)
