"""What a branch has used of its items, and how long its suppliers take."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from statistics import fmean, stdev
from uuid import UUID

from django.db.models import Min, Sum
from django.db.models.functions import TruncDate

from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, PurchaseOrder, StockMovement
from apps.inventory.rules.usage import MOST_WEEKS, weekly

LEAST_DELIVERIES = 3  # fewer say less than what the supplier promises
RECENT_ORDERS = timedelta(days=730)


def weekly_usage(branch: Branch, now: datetime) -> dict[UUID, list[int]]:
    """For each item that came to a branch, the units used in each full week until now, in the branch's own days.

    Handed out and not reversed; what came back is taken off. Three statements, however many items there are.
    """
    today = now.astimezone(branch.zone).date()
    since = now - timedelta(days=7 * MOST_WEEKS + 7)
    recent = StockMovement.objects.filter(created_at__gte=since, reverses=None, reversed_by=None).order_by()
    used: dict[UUID, dict[date, int]] = defaultdict(dict)
    out = recent.filter(from_branch=branch, movement_type=MovementType.OUT)
    days = out.annotate(day=TruncDate("created_at", tzinfo=branch.zone)).values_list("item_id", "day")
    for item_id, day, units in days.annotate(units=Sum("quantity")):
        used[item_id][day] = units
    back = recent.filter(to_branch=branch, movement_type=MovementType.RETURN).values_list("item_id")
    returned = dict(back.annotate(units=Sum("quantity")))
    came = StockMovement.objects.filter(to_branch=branch).order_by().values_list("item_id")
    return {
        item_id: weekly(used[item_id], returned.get(item_id, 0), first.astimezone(branch.zone).date(), today)
        for item_id, first in came.annotate(first=Min("created_at"))
    }


def lead_times(branch: Branch, now: datetime) -> dict[UUID, tuple[float, float]]:
    """For each supplier with enough deliveries, days from ordering to the first delivery: mean and standard deviation."""
    orders = PurchaseOrder.objects.filter(branch=branch, ordered_at__gte=now - RECENT_ORDERS, receipts__isnull=False)
    took: dict[UUID, list[float]] = defaultdict(list)
    each = orders.order_by().annotate(first=Min("receipts__created_at"))
    for supplier_id, ordered_at, received_at in each.values_list("supplier_id", "ordered_at", "first"):
        took[supplier_id].append((received_at - ordered_at).total_seconds() / 86_400)
    return {
        supplier_id: (fmean(days), stdev(days)) for supplier_id, days in took.items() if len(days) >= LEAST_DELIVERIES
    }
