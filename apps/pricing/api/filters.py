"""Filters of the price list and of the rules that make prices."""

import django_filters
from django.db.models import QuerySet

from apps.catalog.enums import DeviceType, PartQuality
from apps.core.api.filters import ContractFilterSet, InstantFilter, LastInstantFilter, TruthFilter
from apps.pricing.enums import PriceSource
from apps.pricing.models import PriceQuerySet


class PriceFilter(ContractFilterSet):
    device_model_id = django_filters.UUIDFilter()
    repair_type_id = django_filters.UUIDFilter()
    part_type_id = django_filters.UUIDFilter()
    part_quality = django_filters.ChoiceFilter(choices=PartQuality.choices)
    brand_id = django_filters.UUIDFilter(field_name="device_model__brand_id")
    branch_id = django_filters.UUIDFilter()
    has_branch = TruthFilter(field_name="branch", lookup_expr="isnull", exclude=True)
    is_estimated = TruthFilter()
    valid_on = django_filters.DateFilter(method="valid")
    # The next two are for staff.
    source = django_filters.ChoiceFilter(choices=PriceSource.choices)
    has_cost = TruthFilter(field_name="cost", lookup_expr="isnull", exclude=True)

    def valid(self, queryset: PriceQuerySet, name: str, value: object) -> QuerySet:
        return queryset.valid_on(value)  # type: ignore[arg-type]


class EstimateRecordFilter(ContractFilterSet):
    settled = TruthFilter(field_name="settled_at", lookup_expr="isnull", exclude=True)
    repair_type_id = django_filters.UUIDFilter()
    device_model_id = django_filters.UUIDFilter()
    branch_id = django_filters.UUIDFilter()
    source_id = django_filters.UUIDFilter()
    date_from = InstantFilter(field_name="created_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="created_at", lookup_expr="lte")


class RuleFilter(ContractFilterSet):
    """By what a rule names."""

    repair_type_id = django_filters.UUIDFilter()
    brand_id = django_filters.UUIDFilter()
    device_type = django_filters.ChoiceFilter(choices=DeviceType.choices)
    part_quality = django_filters.ChoiceFilter(choices=PartQuality.choices)
    is_active = TruthFilter()


class BranchRuleFilter(RuleFilter):
    branch_id = django_filters.UUIDFilter()


class MarginRuleFilter(RuleFilter):
    part_type_id = django_filters.UUIDFilter()
