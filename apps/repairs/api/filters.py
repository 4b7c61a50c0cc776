"""Filters of the lists of orders, payments and bookings."""

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from apps.core.api.filters import ContractFilterSet, InstantFilter, LastInstantFilter, TruthFilter
from apps.repairs.enums import BookingStatus, OrderStatus, PaymentKind, PaymentMethod, Priority
from apps.repairs.models.orders import OPEN, RepairOrderQuerySet


class OrderFilter(ContractFilterSet):
    status = django_filters.ChoiceFilter(choices=OrderStatus.choices)
    priority = django_filters.ChoiceFilter(choices=Priority.choices)
    customer_id = django_filters.UUIDFilter()
    assigned_technician_id = django_filters.UUIDFilter(field_name="technician_id")
    branch_id = django_filters.UUIDFilter()
    device_model_id = django_filters.UUIDFilter()
    date_from = InstantFilter(field_name="created_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="created_at", lookup_expr="lte")
    due_from = InstantFilter(field_name="estimated_completion", lookup_expr="gte")
    due_to = LastInstantFilter(field_name="estimated_completion", lookup_expr="lte")
    open = TruthFilter(method="being_worked_on", help_text="Whether the work is still to be done.")
    overdue = TruthFilter(method="past_promise")

    def being_worked_on(self, queryset: RepairOrderQuerySet, name: str, value: bool) -> QuerySet:
        return queryset.filter(status__in=OPEN) if value else queryset.exclude(status__in=OPEN)

    def past_promise(self, queryset: RepairOrderQuerySet, name: str, value: bool) -> QuerySet:
        overdue = queryset.overdue(timezone.now())
        return overdue if value else queryset.exclude(pk__in=overdue.values("pk"))


class PaymentFilter(ContractFilterSet):
    kind = django_filters.ChoiceFilter(choices=PaymentKind.choices)
    method = django_filters.ChoiceFilter(choices=PaymentMethod.choices)
    date_from = InstantFilter(field_name="created_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="created_at", lookup_expr="lte")


class BookingFilter(ContractFilterSet):
    branch_id = django_filters.UUIDFilter()
    customer_id = django_filters.UUIDFilter()
    status = django_filters.ChoiceFilter(choices=BookingStatus.choices)
    date_from = InstantFilter(field_name="starts_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="starts_at", lookup_expr="lte")
