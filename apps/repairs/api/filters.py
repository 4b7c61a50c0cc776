"""Filters of the lists of orders, payments and bookings."""

from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from apps.catalog.enums import DeviceType
from apps.core.api.filters import ContractFilterSet, InstantFilter, LastInstantFilter, TruthFilter
from apps.repairs import selectors
from apps.repairs.enums import (
    BookingStatus,
    ChecklistStage,
    InvoiceKind,
    OrderStatus,
    Outcome,
    PaymentKind,
    PaymentMethod,
    Priority,
)
from apps.repairs.models.invoices import InvoiceQuerySet
from apps.repairs.models.orders import OPEN, RepairOrderQuerySet
from apps.repairs.selectors import templates_for_device


class OrderFilter(ContractFilterSet):
    status = django_filters.ChoiceFilter(choices=OrderStatus.choices)
    priority = django_filters.ChoiceFilter(choices=Priority.choices)
    outcome = django_filters.ChoiceFilter(choices=Outcome.choices)
    customer_id = django_filters.UUIDFilter()
    assigned_technician_id = django_filters.UUIDFilter(field_name="technician_id")
    branch_id = django_filters.UUIDFilter()
    device_model_id = django_filters.UUIDFilter()
    date_from = InstantFilter(field_name="created_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="created_at", lookup_expr="lte")
    delivered_from = InstantFilter(field_name="delivered_at", lookup_expr="gte")
    delivered_to = LastInstantFilter(field_name="delivered_at", lookup_expr="lte")
    due_from = InstantFilter(field_name="estimated_completion", lookup_expr="gte")
    due_to = LastInstantFilter(field_name="estimated_completion", lookup_expr="lte")
    open = TruthFilter(method="being_worked_on", help_text="Whether the work is still to be done.")
    overdue = TruthFilter(method="past_promise")
    owing = TruthFilter(method="not_paid", help_text="Whether something is owed for what is done.")
    unclaimed = TruthFilter(
        method="not_fetched", help_text="Whether it has been ready for longer than the branch waits."
    )

    def being_worked_on(self, queryset: RepairOrderQuerySet, name: str, value: bool) -> QuerySet:
        return queryset.filter(status__in=OPEN) if value else queryset.exclude(status__in=OPEN)

    def not_paid(self, queryset: RepairOrderQuerySet, name: str, value: bool) -> QuerySet:
        owing = queryset.owing()
        return owing if value else queryset.exclude(pk__in=owing.values("pk"))

    def past_promise(self, queryset: RepairOrderQuerySet, name: str, value: bool) -> QuerySet:
        overdue = queryset.overdue(timezone.now())
        return overdue if value else queryset.exclude(pk__in=overdue.values("pk"))

    def not_fetched(self, queryset: RepairOrderQuerySet, name: str, value: bool) -> QuerySet:
        found = selectors.unclaimed(timezone.now())
        return queryset.filter(found) if value else queryset.exclude(found)


class DropOffFilter(ContractFilterSet):
    branch_id = django_filters.UUIDFilter()
    customer_id = django_filters.UUIDFilter()


class TemplateFilter(ContractFilterSet):
    stage = django_filters.ChoiceFilter(choices=ChecklistStage.choices)
    device_type = django_filters.ChoiceFilter(choices=DeviceType.choices, method="for_device")

    def for_device(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return templates_for_device(queryset, value)


class PaymentFilter(ContractFilterSet):
    kind = django_filters.ChoiceFilter(choices=PaymentKind.choices)
    method = django_filters.ChoiceFilter(choices=PaymentMethod.choices)
    date_from = InstantFilter(field_name="created_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="created_at", lookup_expr="lte")


class InvoiceFilter(ContractFilterSet):
    branch_id = django_filters.UUIDFilter()
    customer_id = django_filters.UUIDFilter(method="over_orders_of")
    corrects_id = django_filters.UUIDFilter()
    kind = django_filters.ChoiceFilter(choices=InvoiceKind.choices)
    date_from = django_filters.DateFilter(field_name="issued_on", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="issued_on", lookup_expr="lte")

    def over_orders_of(self, queryset: InvoiceQuerySet, name: str, value: UUID) -> QuerySet:
        return queryset.over_orders_of(value)


class BookingFilter(ContractFilterSet):
    branch_id = django_filters.UUIDFilter()
    customer_id = django_filters.UUIDFilter()
    status = django_filters.ChoiceFilter(choices=BookingStatus.choices)
    date_from = InstantFilter(field_name="starts_at", lookup_expr="gte")
    date_to = LastInstantFilter(field_name="starts_at", lookup_expr="lte")
