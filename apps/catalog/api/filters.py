"""Filters of the catalogue's lists."""

import django_filters
from django import forms

from apps.catalog.enums import DeviceType, PartQuality
from apps.core.api.filters import ContractFilterSet, TruthFilter


class WholeNumberFilter(django_filters.NumberFilter):
    """A whole number. The decimal that a number filter reads can be one of a million digits."""

    field_class = forms.IntegerField  # type: ignore[assignment]


class ActiveFilter(ContractFilterSet):
    is_active = TruthFilter()


class DeviceModelFilter(ActiveFilter):
    brand_id = django_filters.UUIDFilter()
    device_type = django_filters.ChoiceFilter(choices=DeviceType.choices)
    release_year = WholeNumberFilter(min_value=0, max_value=9999)
    tier_level = WholeNumberFilter(min_value=0, max_value=9)


class PartTypeFilter(ActiveFilter):
    quality = django_filters.ChoiceFilter(choices=PartQuality.choices)
