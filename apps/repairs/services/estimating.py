"""What lines tell the price list of the estimates that they have taken: the calls down, in the words of an order."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from apps.core.actor import Actor
from apps.pricing import services as pricing
from apps.pricing.rules import Interval
from apps.repairs.models import RepairLine, RepairOrder

SOURCE = RepairLine._meta.label_lower


def keep(order: RepairOrder, lines: Iterable[RepairLine], *, actor: Actor) -> None:
    """Have the estimates kept that lines have taken as their price. Nothing is asked of the database without one."""
    taken = [_taken(order, line) for line in lines if line.estimate is not None]
    if taken:
        pricing.keep_estimates(SOURCE, taken, actor=actor)


def settle(line: RepairLine, *, actor: Actor) -> None:
    """Somebody has set the price of a line that was an estimate until now."""
    pricing.settle_estimates(SOURCE, {line.pk: line.unit_price}, actor=actor)


def _taken(order: RepairOrder, line: RepairLine) -> pricing.TakenEstimate:
    kept: Any = line.estimate
    return pricing.TakenEstimate(
        source_id=line.pk,
        device_model_id=order.device_model_id,
        repair_type_id=line.repair_type_id,
        part_type_id=line.part_type_id,
        part_quality=line.part_type.quality if line.part_type else "",
        interval=Interval(*(Decimal(kept[name]) for name in ("price", "low", "high"))),
        currency=order.currency,
        confidence_score=Decimal(str(kept["confidenceScore"])),
        method=kept["method"],
        version=kept["version"],
        branch_id=order.branch_id,
    )
