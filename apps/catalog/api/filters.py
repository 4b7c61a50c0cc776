"""Filters of the catalogue's lists."""

import django_filters

from apps.catalog.enums import DeviceType, PartQuality
from apps.core.api.filters import ContractFilterSet


class ActiveFilter(ContractFilterSet):
    is_active = django_filters.BooleanFilter()


class DeviceModelFilter(ActiveFilter):
    brand_id = django_filters.UUIDFilter()
    device_type = django_filters.ChoiceFilter(choices=DeviceType.choices)
    release_year = django_filters.NumberFilter(max_value=9999)
    tier_level = django_filters.NumberFilter(max_value=9)


class PartTypeFilter(ActiveFilter):
    quality = django_filters.ChoiceFilter(choices=PartQuality.choices)
