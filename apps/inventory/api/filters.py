"""Filters of the inventory's lists."""

import django_filters
from django.db.models import Q, QuerySet

from apps.core.api.filters import ContractFilterSet, InstantFilter, LastInstantFilter, TruthFilter
from apps.inventory.enums import MovementType


class BranchFilter(ContractFilterSet):
    is_active = TruthFilter()


class CategoryFilter(ContractFilterSet):
    parent_id = django_filters.UUIDFilter()
    tree = TruthFilter(method="top", help_text="The top categories, each with its children.")

    def top(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset.filter(parent=None) if value else queryset


class ItemFilter(ContractFilterSet):
    category_id = django_filters.UUIDFilter()
    part_type_id = django_filters.UUIDFilter()
    device_model_id = django_filters.UUIDFilter(field_name="compatible_models")
    is_active = TruthFilter()


class MovementFilter(ContractFilterSet):
    inventory_item_id = django_filters.UUIDFilter(field_name="item_id")
    branch_id = django_filters.UUIDFilter(method="touching")
    movement_type = django_filters.ChoiceFilter(choices=MovementType.choices)
    repair_order_id = django_filters.UUIDFilter()
    date_from = InstantFilter(field_name="created_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="created_at", lookup_expr="lte")

    def touching(self, queryset: QuerySet, name: str, value: object) -> QuerySet:
        return queryset.filter(Q(from_branch_id=value) | Q(to_branch_id=value))
