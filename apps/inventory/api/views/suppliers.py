"""Doors to suppliers and to what they sell."""

from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.rules import Right
from apps.audit.recorded import RecordedViewSet
from apps.core.api.endpoints import crud
from apps.inventory.api import filters
from apps.inventory.api.serializers import suppliers as shapes
from apps.inventory.models import Supplier, SupplierItem

_READ, _WRITE = Right.PURCHASES_READ, Right.PURCHASES_WRITE


class SupplierViewSet(RecordedViewSet):
    """Who sells us parts."""

    model = Supplier
    searchable = True
    ordering = {"createdAt": "created_at", "updatedAt": "updated_at", "name": "name"}
    default_ordering = ("name",)
    filterset_class = filters.SupplierFilter
    endpoints = crud(_READ, _WRITE, shapes.SupplierWriteSerializer, shapes.SupplierSerializer)

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(name__icontains=text) | Q(contact_name__icontains=text) | Q(account_number__icontains=text)
        )


class SupplierItemViewSet(RecordedViewSet):
    """What each supplier sells, under which number and at what cost."""

    model = SupplierItem
    ordering = {"createdAt": "created_at", "updatedAt": "updated_at", "unitCost": "unit_cost"}
    default_ordering = ("created_at",)
    filterset_class = filters.SupplierItemFilter
    endpoints = crud(_READ, _WRITE, shapes.SupplierItemWriteSerializer, shapes.SupplierItemSerializer)
