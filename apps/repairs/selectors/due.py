"""Questions about promises, limits of time, and devices that nobody fetches."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from apps.repairs.enums import OrderStatus
from apps.repairs.models import RepairOrder, StatusLimit, WorkshopSettings
from apps.repairs.models.orders import OPEN
from apps.repairs.rules.due import WARNED_BEFORE, Due, Limit, due, narrowest


def due_of(order: RepairOrder) -> Due:
    """When an order is due, by its promise and by how long it may stay in its status. One statement."""
    rows = StatusLimit.objects.filter(status=order.status).values_list("branch_id", "priority", "hours")
    hours = narrowest([Limit(*row) for row in rows], order.branch_id, order.priority)
    return due(order.status, order.status_since, order.estimated_completion, hours)


def unclaimed(now: datetime) -> Q:
    """Ready for pick-up for longer than the branch waits."""
    return Q(status=OrderStatus.READY_PICKUP) & _before("status_since", "unclaimed_after_days", now)


def to_remind_of(now: datetime) -> QuerySet[RepairOrder]:
    """Unclaimed orders whose customers were not asked lately to fetch them."""
    lately = ~_before("reminded_at", "reminder_every_days", now) & Q(reminded_at__isnull=False)
    return RepairOrder.objects.filter(unclaimed(now)).exclude(lately).order_by("status_since", "pk")


def delayed(now: datetime) -> QuerySet[RepairOrder]:
    """Orders whose promise is, or is going to be, missed, and of which that was not told for this promise."""
    late = RepairOrder.objects.filter(status__in=OPEN, estimated_completion__lte=now + WARNED_BEFORE)
    untold = Q(delay_told_for=None) | ~Q(delay_told_for=F("estimated_completion"))
    return late.filter(untold).order_by("estimated_completion", "pk")


def _before(column: str, setting: str, now: datetime) -> Q:
    """Whether a moment is so many days ago as the branch has set, or as is usual."""
    usual: int = getattr(WorkshopSettings(), setting)
    own: dict[UUID, int] = dict(WorkshopSettings.objects.values_list("branch_id", setting))
    found = Q(**{f"{column}__lte": now - timedelta(days=usual)}) & ~Q(branch_id__in=list(own))
    for branch_id, days in own.items():
        found |= Q(**{"branch_id": branch_id, f"{column}__lte": now - timedelta(days=days)})
    return found
