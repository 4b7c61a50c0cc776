"""Filters of the order list."""

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from apps.core.api.filters import ContractFilterSet, InstantFilter, LastInstantFilter, TruthFilter
from apps.repairs.enums import OrderStatus, Priority
from apps.repairs.models.orders import RepairOrderQuerySet


class OrderFilter(ContractFilterSet):
    status = django_filters.ChoiceFilter(choices=OrderStatus.choices)
    priority = django_filters.ChoiceFilter(choices=Priority.choices)
    customer_id = django_filters.UUIDFilter()
    assigned_technician_id = django_filters.UUIDFilter(field_name="technician_id")
    branch_id = django_filters.UUIDFilter()
    device_model_id = django_filters.UUIDFilter()
    date_from = InstantFilter(field_name="created_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="created_at", lookup_expr="lte")
    overdue = TruthFilter(method="past_promise")

    def past_promise(self, queryset: RepairOrderQuerySet, name: str, value: bool) -> QuerySet:
        overdue = queryset.overdue(timezone.now())
        return overdue if value else queryset.exclude(pk__in=overdue.values("pk"))
