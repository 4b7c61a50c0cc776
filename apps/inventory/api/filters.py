"""Filters of the inventory's lists."""

from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet
from django_filters.utils import translate_validation

from apps.core.api.filters import ContractFilterSet, InstantFilter, LastInstantFilter, TruthFilter
from apps.inventory.enums import (
    CountStatus,
    MovementType,
    PurchaseStatus,
    ReservationStatus,
    SerialState,
    TransferStatus,
)
from apps.inventory.selectors import lines_at
from apps.inventory.selectors.items import ids_of_category_and_below
from apps.inventory.selectors.purchasing import purchases_with_line


class BranchFilter(ContractFilterSet):
    is_active = TruthFilter()


class CategoryFilter(ContractFilterSet):
    parent_id = django_filters.UUIDFilter()
    tree = TruthFilter(method="top", help_text="The top categories, each with its children.")

    def top(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset.filter(parent=None) if value else queryset


class ItemFilter(ContractFilterSet):
    category_id = django_filters.UUIDFilter(method="in_category")
    include_below = TruthFilter(method="as_it_is", help_text="With `categoryId`: in everything below it as well.")
    part_type_id = django_filters.UUIDFilter()
    device_model_id = django_filters.UUIDFilter(field_name="compatible_models")
    is_active = TruthFilter()

    def in_category(self, queryset: QuerySet, name: str, value: UUID) -> QuerySet:
        below = self.form.cleaned_data["includeBelow"]
        return queryset.filter(category__in=ids_of_category_and_below(value) if below else [value])

    def as_it_is(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset


class MovementFilter(ContractFilterSet):
    inventory_item_id = django_filters.UUIDFilter(field_name="item_id")
    branch_id = django_filters.UUIDFilter(method="touching")
    movement_type = django_filters.ChoiceFilter(choices=MovementType.choices)
    repair_order_id = django_filters.UUIDFilter()
    date_from = InstantFilter(field_name="created_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="created_at", lookup_expr="lte")

    def touching(self, queryset: QuerySet, name: str, value: object) -> QuerySet:
        return queryset.filter(Q(from_branch_id=value) | Q(to_branch_id=value))


class SerialFilter(ContractFilterSet):
    item_id = django_filters.UUIDFilter()
    branch_id = django_filters.UUIDFilter()
    state = django_filters.ChoiceFilter(choices=SerialState.choices)
    reservation_id = django_filters.UUIDFilter()


class ReservationFilter(ContractFilterSet):
    item_id = django_filters.UUIDFilter(field_name="level__item_id")
    branch_id = django_filters.UUIDFilter(field_name="level__branch_id")
    status = django_filters.ChoiceFilter(choices=ReservationStatus.choices)
    document_id = django_filters.UUIDFilter()


class TransferFilter(ContractFilterSet):
    status = django_filters.ChoiceFilter(choices=TransferStatus.choices)
    from_branch_id = django_filters.UUIDFilter()
    to_branch_id = django_filters.UUIDFilter()
    item_id = django_filters.UUIDFilter(field_name="lines__item_id")
    date_from = InstantFilter(field_name="created_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="created_at", lookup_expr="lte")


class CountFilter(ContractFilterSet):
    status = django_filters.ChoiceFilter(choices=CountStatus.choices)
    branch_id = django_filters.UUIDFilter()


class BlindLineFilter(ContractFilterSet):
    """For those who are not told what is expected."""

    counted = TruthFilter(method="at_stage")
    disturbed = TruthFilter(method="at_stage")

    def at_stage(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        found = lines_at(queryset, name)
        return found if value else queryset.exclude(pk__in=found.values("pk"))


class CountLineFilter(BlindLineFilter):
    differing = TruthFilter(method="at_stage")


class SupplierFilter(ContractFilterSet):
    is_active = TruthFilter()


class SupplierItemFilter(ContractFilterSet):
    supplier_id = django_filters.UUIDFilter()
    item_id = django_filters.UUIDFilter()
    is_preferred = TruthFilter()


class PurchaseOrderFilter(ContractFilterSet):
    status = django_filters.ChoiceFilter(choices=PurchaseStatus.choices)
    supplier_id = django_filters.UUIDFilter()
    branch_id = django_filters.UUIDFilter()
    item_id = django_filters.UUIDFilter(method="with_line")
    repair_order_id = django_filters.UUIDFilter(method="with_line")
    date_from = InstantFilter(field_name="created_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="created_at", lookup_expr="lte")

    def with_line(self, queryset: QuerySet, name: str, value: object) -> QuerySet:
        return purchases_with_line(queryset, **{name: value})


def narrowed(filterset: ContractFilterSet) -> QuerySet:
    """What the parameters leave of a list that is no resource of its own. Raises ``ValidationError`` as those do."""
    if not filterset.is_valid():
        raise translate_validation(filterset.errors)
    found: QuerySet = filterset.qs
    return found


class ReorderPointFilter(ContractFilterSet):
    item_id = django_filters.UUIDFilter(field_name="level__item_id")
    branch_id = django_filters.UUIDFilter(field_name="level__branch_id")
    level_id = django_filters.UUIDFilter()
