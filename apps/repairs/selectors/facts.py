"""What hangs on orders and decides their next moves, read for many at once."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from apps.repairs.enums import ChecklistStage
from apps.repairs.models import Checklist, DeviceSecret, InvoicedOrder, Quote, RepairOrder, WorkshopSettings


@dataclass(frozen=True)
class Facts:
    """``invoiced`` says that it stands on an invoice that holds; ``declined`` is of the newest quote, as is
    ``quote``, its status, empty without one.

    ``running`` are people whose time runs on the order, ``passed`` is what the last quality checklist said since the
    work was completed.
    """

    has_password: bool
    invoiced: bool
    declined: bool
    quote: str
    running: int
    quality_required: bool
    passed: bool | None


def facts_of(order_ids: Collection[UUID]) -> dict[UUID, Facts]:
    """In one statement."""
    mine = {"order": OuterRef("pk")}
    newest = Quote.objects.filter(**mine).order_by("-version")
    checks = Checklist.objects.filter(
        **mine, stage=ChecklistStage.QUALITY, created_at__gte=OuterRef("completed_at")
    ).order_by("-created_at", "-id")
    required = WorkshopSettings.objects.filter(branch=OuterRef("branch"), quality_check_required=True)
    orders = RepairOrder.objects.filter(pk__in=order_ids).order_by()
    rows = orders.annotate(
        secret=Exists(DeviceSecret.objects.filter(**mine)),
        on_invoice=Exists(InvoicedOrder.objects.filter(**mine)),
        agreed=Subquery(newest.values("decision__approved")[:1]),
        quote=Subquery(newest.values("status")[:1]),
        running=Count("work_entries", filter=Q(work_entries__stopped_at=None)),
        required=Exists(required),
        passed=Subquery(checks.values("passed")[:1]),
    ).values_list("pk", "secret", "on_invoice", "agreed", "quote", "running", "required", "passed")
    return {
        pk: Facts(secret, invoiced, agreed is False, quote or "", running, required, passed)
        for pk, secret, invoiced, agreed, quote, running, required, passed in rows
    }
