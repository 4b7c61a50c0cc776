"""Filters of the catalogue's lists."""

from datetime import date
from uuid import UUID

import django_filters
from django import forms
from django.db.models import QuerySet

from apps.catalog import selectors
from apps.catalog.enums import DeviceType, NoticeLevel, PartQuality
from apps.catalog.models import ModelNotice
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


class NoticeFilter(ActiveFilter):
    device_model_id = django_filters.UUIDFilter(method="about", help_text="On the model, or on its brand.")
    brand_id = django_filters.UUIDFilter()
    level = django_filters.ChoiceFilter(choices=NoticeLevel.choices)
    shown_on = django_filters.DateFilter(method="shown", help_text="Active and valid on that day.")

    def about(self, queryset: QuerySet[ModelNotice], name: str, value: UUID) -> QuerySet[ModelNotice]:
        return selectors.notices_about(queryset, value)

    def shown(self, queryset: QuerySet[ModelNotice], name: str, value: date) -> QuerySet[ModelNotice]:
        return queryset.shown_on(value)  # type: ignore[attr-defined,no-any-return]
