"""Filters of the lists of messages and templates."""

import django_filters

from apps.core.api.filters import ContractFilterSet, InstantFilter, LastInstantFilter
from apps.notifications.enums import Channel, MessageEvent, Status


class NotificationFilter(ContractFilterSet):
    customer_id = django_filters.UUIDFilter()
    repair_order_id = django_filters.UUIDFilter(field_name="order_id")
    branch_id = django_filters.UUIDFilter()
    status = django_filters.ChoiceFilter(choices=Status.choices)
    channel = django_filters.ChoiceFilter(choices=Channel.choices)
    event = django_filters.ChoiceFilter(choices=MessageEvent.choices)
    date_from = InstantFilter(field_name="created_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="created_at", lookup_expr="lte")


class TemplateFilter(ContractFilterSet):
    branch_id = django_filters.UUIDFilter()
    channel = django_filters.ChoiceFilter(choices=Channel.choices)
    event = django_filters.ChoiceFilter(choices=MessageEvent.choices)
