"""Proves the stock: every number is compared with the sum of what is behind it, and never mended."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.db import snapshot
from apps.inventory import events
from apps.inventory.enums import ReservationStatus
from apps.inventory.models import Reservation, StockLevel, StockMovement

Place = tuple[UUID, UUID]  # item id, branch id


@dataclass(frozen=True)
class Discrepancy:
    """A number that is not what is behind it: ``what`` is ``quantity`` or ``reserved``."""

    item_id: UUID
    branch_id: UUID
    what: str
    stored: int
    proven: int


def verify_stock() -> list[Discrepancy]:
    """Compare every level with the sum of its movements and of its live reservations; sums are made by the database.

    All of it is read from one snapshot, so that work which goes on meanwhile is not taken for a difference.
    """
    with snapshot():
        return _compare()


def _compare() -> list[Discrepancy]:
    levels = {(item, branch): (quantity, reserved) for item, branch, quantity, reserved in _levels()}
    proven_quantity, proven_reserved = _moved(), _promised()
    found = []
    for place in sorted(levels.keys() | proven_quantity.keys() | proven_reserved.keys()):
        quantity, reserved = levels.get(place, (0, 0))
        for what, stored, proven in (
            ("quantity", quantity, proven_quantity[place]),
            ("reserved", reserved, proven_reserved[place]),
        ):
            if stored != proven:
                found.append(Discrepancy(place[0], place[1], what, stored, proven))
    return found


@transaction.atomic
def report_discrepancies(found: Iterable[Discrepancy]) -> None:
    """Raise the alarm: an event for each difference."""
    actor = Actor.system("stock verification")
    for difference in found:
        event = events.StockMismatch(
            aggregate_id=difference.item_id,
            branch_id=difference.branch_id,
            what=difference.what,
            stored=difference.stored,
            proven=difference.proven,
        )
        audit.record(event, actor=actor)


def _levels() -> Any:
    return StockLevel.objects.values_list("item_id", "branch_id", "quantity", "reserved").iterator()


def _moved() -> "Counter[Place]":
    total: Counter[Place] = Counter()
    into = StockMovement.objects.filter(to_branch__isnull=False).order_by().values_list("item_id", "to_branch_id")
    out_of = StockMovement.objects.filter(from_branch__isnull=False).order_by().values_list("item_id", "from_branch_id")
    for item, branch, units in into.annotate(units=Sum("quantity")):
        total[item, branch] += units
    for item, branch, units in out_of.annotate(units=Sum("quantity")):
        total[item, branch] -= units
    return total


def _promised() -> "Counter[Place]":
    live = Reservation.objects.filter(status=ReservationStatus.LIVE).order_by()
    rows = live.values_list("level__item_id", "level__branch_id").annotate(units=Sum("quantity"))
    return Counter({(item, branch): units for item, branch, units in rows})
