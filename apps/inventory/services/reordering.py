"""Computing when to order each item again, and drafting the orders."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ReferenceMissing
from apps.inventory import events, selectors
from apps.inventory.models import Branch, PurchaseOrder, ReorderPoint, StockLevel, SupplierItem
from apps.inventory.rules import LARGEST_QUANTITY, costs
from apps.inventory.rules.demand import Forecasting, Peers, peers_of
from apps.inventory.rules.reordering import (
    CycleService,
    Kept,
    ReorderPlan,
    ShortageCost,
    Supply,
    expectation,
    plan_reorder,
)
from apps.inventory.services.purchasing.drafts import PurchaseLineRequest, PurchaseRequest, draft_purchase

WEEK = 7.0  # days
AT_ONCE = 500  # levels


def compute_reorder_points(*, actor: Actor, now: datetime) -> int:
    """Compute the reorder point of every level of every active branch from its usage; the number of levels.

    A branch is one transaction. Running it again at the same moment writes the same numbers.
    """
    return sum(_compute(branch, actor, now) for branch in Branch.objects.active().order_by("pk"))


@transaction.atomic
def _compute(branch: Branch, actor: Actor, now: datetime) -> int:
    usage = selectors.weekly_usage(branch, now)
    took, peers = selectors.lead_times(branch, now), peers_of(usage.values())
    levels = list(StockLevel.objects.filter(branch=branch).order_by("pk").values_list("pk", flat=True))
    # A part at a time, because a plan with its explanation takes much more room than the usage that it comes from.
    for first in range(0, len(levels), AT_ONCE):
        held = StockLevel.objects.select_related("item", "branch").in_bulk(levels[first : first + AT_ONCE])
        offers = selectors.preferred_offers([level.item_id for level in held.values()])
        points = []
        for level in held.values():
            offer = offers.get(level.item_id)
            supply = _supply(level, offer, took.get(offer.supplier_id) if offer else None)
            points.append(_point(level, _plan(level, usage.get(level.item_id, []), supply, peers), supply, now))
        _write(points)
    if levels:
        audit.record(events.ReorderPointsComputed(aggregate_id=branch.pk, levels=len(levels)), actor=actor)
    return len(levels)


def _write(points: Sequence[ReorderPoint]) -> None:
    ReorderPoint.objects.bulk_create(
        points,
        update_conflicts=True,
        unique_fields=["level"],
        update_fields=[
            "computed_at", "reorder_at", "order_quantity", "pack_size", "minimum_quantity", "basis", "explanation",
            "updated_at",
        ],
    )  # fmt: skip


def _plan(level: StockLevel, history: list[int], supply: Supply, peers: Peers | None) -> ReorderPlan:
    kept = Kept(level.item.reorder_level, level.item.reorder_quantity)
    return plan_reorder(expectation(history, Forecasting(), peers), supply, _target(), kept)


def _target() -> CycleService | ShortageCost:
    if settings.REORDER_SERVICE_LEVEL is not None:
        return CycleService(settings.REORDER_SERVICE_LEVEL)
    return ShortageCost(settings.REORDER_SHORTAGE_COST)


def _supply(level: StockLevel, offer: SupplierItem | None, took: tuple[float, float] | None) -> Supply:
    promised = settings.REORDER_LEAD_TIME_DAYS
    if offer is not None:
        promised = offer.supplier.lead_time_days if offer.lead_time_days is None else offer.lead_time_days
    mean, deviation = took or (float(promised), 0.0)
    return Supply(
        lead_time=mean / WEEK,
        lead_time_deviation=deviation / WEEK,
        unit_holding_cost=_unit_cost(level, offer) * settings.REORDER_HOLDING_RATE,
        order_cost=settings.REORDER_ORDER_COST,
        pack_size=offer.pack_size if offer else 1,
        minimum_order=offer.minimum_quantity if offer else 1,
        review_period=1 / WEEK,
    )


def _unit_cost(level: StockLevel, offer: SupplierItem | None) -> Decimal:
    average = costs.average(level.value_micros, level.quantity, level.last_cost_micros)
    if average:
        return average
    if offer is not None and offer.supplier.currency == level.branch.currency:
        return offer.unit_cost
    return level.item.cost_price if level.item.currency == level.branch.currency else Decimal(0)


def _point(level: StockLevel, plan: ReorderPlan, supply: Supply, now: datetime) -> ReorderPoint:
    return ReorderPoint(
        level=level,
        computed_at=now,
        reorder_at=min(plan.reorder_point, LARGEST_QUANTITY),
        order_quantity=min(plan.order_quantity, LARGEST_QUANTITY),
        pack_size=supply.pack_size,
        minimum_quantity=supply.minimum_order,
        basis=plan.basis.value,
        explanation=_told(asdict(plan)) | _told(asdict(supply)),
    )


def _told(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Plain JSON: amounts as text, and no more digits of a computed number than mean something."""
    return {name: _plain(value) for name, value in numbers.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


@transaction.atomic
def draft_proposals(
    branch_id: UUID,
    supplier_id: UUID,
    *,
    actor: Actor,
    item_ids: Collection[UUID] | None = None,
    exchange_rate: Decimal | None = None,
) -> PurchaseOrder:
    """Draft what is proposed to be ordered from a supplier for a branch, or of that only ``item_ids``.

    What is in drafts counts as ordered, so that a second call finds nothing. Raises ``Forbidden``, ``ReferenceMissing``
    for a foreign branch, and ``Conflict`` when nothing is proposed.
    """
    require(actor, Right.PURCHASES_WRITE)
    # Two who draft the same proposals at once would order them twice.
    held = selectors.branches_within(actor, Right.PURCHASES_WRITE).select_for_update(no_key=True)
    if held.filter(pk=branch_id, is_active=True).order_by().first() is None:
        raise ReferenceMissing.on("branchId", "branch among yours")
    proposed = selectors.reorder_proposals(branch_id, supplier_id=supplier_id, actor=actor)
    lines = [
        PurchaseLineRequest(one.level.item_id, one.quantity)
        for one in proposed
        if item_ids is None or one.level.item_id in item_ids
    ]
    if not lines:
        raise Conflict("Nothing is proposed to be ordered from this supplier.")
    return draft_purchase(PurchaseRequest(supplier_id, branch_id, lines, exchange_rate), actor=actor)
