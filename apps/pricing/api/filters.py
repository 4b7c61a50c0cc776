"""Filters of the price list."""

import django_filters
from django.db.models import QuerySet

from apps.catalog.enums import PartQuality
from apps.core.api.filters import ContractFilterSet, TruthFilter
from apps.pricing.models import PriceQuerySet


class PriceFilter(ContractFilterSet):
    device_model_id = django_filters.UUIDFilter()
    repair_type_id = django_filters.UUIDFilter()
    part_type_id = django_filters.UUIDFilter()
    part_quality = django_filters.ChoiceFilter(choices=PartQuality.choices)
    brand_id = django_filters.UUIDFilter(field_name="device_model__brand_id")
    is_estimated = TruthFilter()
    valid_on = django_filters.DateFilter(method="valid")

    def valid(self, queryset: PriceQuerySet, name: str, value: object) -> QuerySet:
        return queryset.valid_on(value)  # type: ignore[arg-type]
