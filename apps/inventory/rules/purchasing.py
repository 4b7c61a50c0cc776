"""Arithmetic of buying: what is still to come, what it costs, and how much is ordered at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.core import money
from apps.core.exceptions import ValidationFailed
from apps.inventory.enums import PurchaseStatus
from apps.inventory.rules import costs

MOST_LINES = 200


@dataclass(frozen=True)
class LineState:
    """How many units of a line are ordered, have come, and will not come."""

    quantity: int
    received: int
    cancelled: int

    @property
    def outstanding(self) -> int:
        return self.quantity - self.received - self.cancelled


def status_of(lines: Iterable[LineState]) -> PurchaseStatus:
    """The status of an order that has been sent to its supplier, from its lines."""
    states = list(lines)
    has_come = any(line.received for line in states)
    if any(line.outstanding for line in states):
        return PurchaseStatus.PARTLY_RECEIVED if has_come else PurchaseStatus.ORDERED
    return PurchaseStatus.RECEIVED if has_come else PurchaseStatus.CANCELLED


def check_amounts(quantity: int, unit_cost: Decimal, exchange_rate: Decimal, currency: str, *, prefix: str) -> None:
    """Raise ``ValidationFailed`` for a cost that is no amount of ``currency``, or is too large in either currency."""
    if unit_cost < 0 or not money.fits(unit_cost, currency):
        raise ValidationFailed.on(f"{prefix}unitCost", "invalid", f"This is not an amount of {currency}.")
    if max(unit_cost, unit_cost * exchange_rate) * quantity > money.LARGEST:
        raise ValidationFailed.on(f"{prefix}unitCost", "max_value", "This amount is too large.")


def landed(units: int, unit_cost: Decimal, exchange_rate: Decimal) -> int:
    """What ``units`` are worth in millionths of the branch's currency; rounded once, not for each unit."""
    return costs.micros(units * unit_cost * exchange_rate)


def order_quantity(needed: int, pack_size: int, minimum: int) -> int:
    """How many units to order so that at least ``needed`` come: whole packs, and no fewer than the supplier sells."""
    wanted = max(needed, minimum)
    return -(-wanted // pack_size) * pack_size
