"""Doors to branches, items and stock."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Role
from apps.accounts.rules import Right
from apps.audit.recorded import RecordedViewSet
from apps.core.api.endpoints import Endpoint, Shape, crud
from apps.core.api.preconditions import with_tag
from apps.core.api.rows import reader_for
from apps.core.api.views import ContractView, ResourceViewSet
from apps.core.exceptions import ValidationFailed
from apps.inventory import selectors, services
from apps.inventory.api import filters, serializers
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Category, Item, StockLevel, StockMovement

_NAMED = {"createdAt": "created_at", "updatedAt": "updated_at", "name": "name"}


class BranchViewSet(RecordedViewSet):
    """The shops."""

    model = Branch
    searchable = True
    ordering = _NAMED | {"code": "code"}
    default_ordering = ("name",)
    filterset_class = filters.BranchFilter
    endpoints = crud(
        Right.BRANCHES_READ, Right.BRANCHES_UPDATE, serializers.BranchWriteSerializer, serializers.BranchSerializer
    ) | {
        "create": Endpoint(Right.BRANCHES_CREATE, serializers.BranchWriteSerializer, serializers.BranchSerializer, 201),
        "destroy": Endpoint(Right.BRANCHES_CREATE, status=204),
    }

    def records(self) -> QuerySet[Branch]:
        if self.action in {"update", "partial_update"}:
            return selectors.branches_within(self.actor, Right.BRANCHES_UPDATE)
        return selectors.branches_visible_to(self.actor)

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return queryset.filter(Q(name__icontains=text) | Q(code__icontains=text) | Q(city__icontains=text))

    def shape(self) -> Shape:
        is_customer = self.actor.role == Role.CUSTOMER
        return serializers.PublicBranchSerializer if is_customer else serializers.BranchSerializer


class CategoryViewSet(RecordedViewSet):
    """The tree of items; ``tree=true`` answers the top categories with their ``children`` all the way down."""

    model = Category
    searchable = True
    ordering = _NAMED
    default_ordering = ("name",)
    filterset_class = filters.CategoryFilter
    endpoints = crud(
        Right.ITEMS_READ, Right.ITEMS_WRITE, serializers.CategoryWriteSerializer, serializers.CategorySerializer
    )

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return queryset.filter(name__icontains=text)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request)
        if request.query_params.get("tree", "").lower() in {"true", "1"}:
            _hang_children(answer.data["items"])
        return answer

    def update(self, request: Request, pk: UUID) -> Response:
        with services.rearranging():
            return super().update(request, pk)


def _hang_children(tops: list[dict[str, Any]]) -> None:
    """Give every category its ``children``, from one read of the whole tree."""
    below: dict[str | None, list[dict[str, Any]]] = {}
    for row in reader_for(serializers.CategorySerializer, Category).read(selectors.categories_by_name()):
        below.setdefault(row["parentId"], []).append(row)
    waiting = list(tops)
    while waiting:
        row = waiting.pop()
        row["children"] = below.get(row["id"], [])
        waiting.extend(row["children"])


class ItemViewSet(RecordedViewSet):
    """Parts and articles."""

    model = Item
    searchable = True
    ordering = _NAMED | {"sku": "sku", "unitPrice": "unit_price"}
    default_ordering = ("name",)
    filterset_class = filters.ItemFilter
    endpoints = crud(Right.ITEMS_READ, Right.ITEMS_WRITE, serializers.ItemWriteSerializer, serializers.ItemSerializer)


class ScanView(ContractView):
    """The item with this barcode or SKU."""

    endpoints = {"get": Endpoint(Right.ITEMS_READ, answer=serializers.ItemSerializer)}

    def get(self, request: Request, code: str) -> Response:
        found = reader_for(serializers.ItemSerializer, Item).read(selectors.items_with_code(code))
        return with_tag(request, Response(found[0]))


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
    }

    def records(self) -> QuerySet[StockMovement]:
        return selectors.movements_visible_to(self.actor)

    def create(self, request: Request) -> Response:
        fields = self.validated()
        wanted = services.MovementRequest(**fields | {"movement_type": MovementType(fields["movement_type"])})
        movement = services.record_movement(wanted, actor=self.actor)
        return self.answer(movement.pk, status=201)


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

    endpoints = {"get": Endpoint(Right.STOCK_READ, answer=serializers.ExplanationSerializer)}

    def get(self, request: Request, pk: UUID) -> Response:
        explanation = selectors.explain(pk, actor=self.actor)
        return with_tag(request, Response(serializers.ExplanationSerializer(explanation).data))
