"""Doors to items and their categories."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.audit.recorded import RecordedViewSet
from apps.core.api.endpoints import Endpoint, Shape, crud
from apps.core.api.pagination import Ranked
from apps.core.api.preconditions import with_tag
from apps.core.api.rows import reader_for
from apps.core.api.views import ContractView
from apps.inventory import selectors, services
from apps.inventory.api import filters, serializers
from apps.inventory.api.serializers.items import CountedCategorySerializer
from apps.inventory.api.views.branches import NAMED
from apps.inventory.models import Category, Item
from apps.inventory.models.items import ItemQuerySet
from apps.inventory.selectors.items import item_counts


class CategoryViewSet(RecordedViewSet):
    """The tree of items; ``tree=true`` answers the top categories with their ``children`` all the way down."""

    model = Category
    searchable = True
    ordering = NAMED
    default_ordering = ("name",)
    filterset_class = filters.CategoryFilter
    endpoints = crud(
        Right.ITEMS_READ, Right.ITEMS_WRITE, serializers.CategoryWriteSerializer, CountedCategorySerializer
    )

    def shape(self) -> Shape:
        return serializers.CategorySerializer  # what is counted is added to its rows

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any] | Ranked:
        return queryset.filter(name__icontains=text)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request)
        rows = answer.data["items"]
        if request.query_params.get("tree", "").lower() in {"true", "1"}:
            rows = _with_children(rows)
        _count_items(rows)
        return answer

    def update(self, request: Request, pk: UUID) -> Response:
        with services.rearranging():
            return super().update(request, pk)

    def _read(self, pk: UUID) -> dict[str, Any]:
        row = super()._read(pk)
        _count_items([row])
        return row


def _with_children(tops: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give every category its ``children``, from one read of the whole tree; all that are hung there."""
    below: dict[str | None, list[dict[str, Any]]] = {}
    for row in reader_for(serializers.CategorySerializer, Category).read(selectors.categories_by_name()):
        below.setdefault(row["parentId"], []).append(row)
    waiting, hung = list(tops), []
    while waiting:
        row = waiting.pop()
        hung.append(row)
        row["children"] = below.get(row["id"], [])
        waiting.extend(row["children"])
    return hung


def _count_items(rows: list[dict[str, Any]]) -> None:
    """Say of each category how many items it holds, from two reads for all of them."""
    counts = item_counts() if rows else {}
    for row in rows:
        row["itemCount"], row["itemCountBelow"] = counts.get(UUID(row["id"]), (0, 0))


class ItemViewSet(RecordedViewSet):
    """Parts and articles."""

    model = Item
    searchable = True
    ordering = NAMED | {"sku": "sku", "unitPrice": "unit_price"}
    default_ordering = ("name",)
    filterset_class = filters.ItemFilter
    endpoints = crud(Right.ITEMS_READ, Right.ITEMS_WRITE, serializers.ItemWriteSerializer, serializers.ItemSerializer)

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any] | Ranked:
        """Whose code was typed comes first, then whose name begins so; unless another order is asked for."""
        assert isinstance(queryset, ItemQuerySet)
        found = queryset.found_by(text)
        if "ordering" in self.request.query_params:
            return found
        parts, walks = queryset.ranked_by(text), queryset.ranked_by(text, one_by_one=True)
        return Ranked(found, queryset.rank_by(text), parts, walks, ["search_name"])

    def update(self, request: Request, pk: UUID) -> Response:
        if isinstance(request.data, dict) and "tracksSerials" in request.data:
            with services.holding_stock_of(pk, tracked=request.data["tracksSerials"]):
                return super().update(request, pk)
        return super().update(request, pk)


class ScanView(ContractView):
    """The item with this barcode or SKU."""

    endpoints = {"get": Endpoint(Right.ITEMS_READ, answer=serializers.ItemSerializer)}

    def get(self, request: Request, code: str) -> Response:
        found = reader_for(serializers.ItemSerializer, Item).read(selectors.items_with_code(code))
        return with_tag(request, Response(found[0]))
