"""Lines that wait for their part: what is on order for them, and who gets it when it arrives."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.inventory import services as inventory
from apps.inventory.rules.queues import turn, uncovered
from apps.inventory.selectors import covered_by_purchases
from apps.repairs import events
from apps.repairs.enums import WAITING, LineState
from apps.repairs.models import RepairLine, RepairOrder
from apps.repairs.models.orders import OPEN
from apps.repairs.services.locking import locked_many
from apps.repairs.services.stock import SOURCE, need_of


@transaction.atomic
def fill_backorders(item_id: UUID, branch_id: UUID, *, actor: Actor) -> int:
    """Reserve what has become available for the lines that wait for it, the oldest promise first; the number filled.

    A line that needs more than there is waits on, and does not keep a smaller one from its part. Running it again fills
    only what is still unfilled.
    """
    orders, lines = _queue(item_id, branch_id)
    held = inventory.reserve(SOURCE, [need_of(orders[line.order_id], line) for line in lines], actor=actor)
    filled = [line for line in lines if line.pk in held]
    for line in filled:
        order = orders[line.order_id]
        _become(line, order, LineState.RESERVED)
        event = events.BackorderFilled(
            aggregate_id=order.pk, line_id=line.pk, item_id=item_id, technician_id=order.technician_id
        )
        audit.record(event, actor=actor)
    _cover(orders, [line for line in lines if line.pk not in held], (item_id, branch_id), actor)
    return len(filled)


@transaction.atomic
def cover_backorders(item_id: UUID, branch_id: UUID, *, actor: Actor) -> int:
    """Mark which of the lines that wait get their part from what is on order, the oldest promise first.

    The number of lines that have changed: running it again changes none.
    """
    orders, lines = _queue(item_id, branch_id)
    return _cover(orders, lines, (item_id, branch_id), actor)


def _queue(item_id: UUID, branch_id: UUID) -> tuple[dict[UUID, RepairOrder], list[RepairLine]]:
    """Who waits there, in the order in which they are served; their orders are locked."""
    waiting = RepairLine.objects.filter(
        item_id=item_id, state__in=WAITING, order__branch_id=branch_id, order__status__in=OPEN
    )
    # All orders are locked before any stock: everybody takes these locks in that sequence.
    orders = locked_many(waiting.values_list("order_id", flat=True))

    def place(line: RepairLine) -> tuple[object, ...]:
        order = orders[line.order_id]
        return (*turn(order.estimated_completion, order.created_at, order.pk), line.position)

    return orders, sorted(waiting.filter(order_id__in=orders), key=place)


def _cover(orders: dict[UUID, RepairOrder], lines: Sequence[RepairLine], place: tuple[UUID, UUID], actor: Actor) -> int:
    if not lines:
        return 0
    coming = covered_by_purchases(*place)
    left_open = uncovered(coming, [line.quantity for line in lines])
    changed = 0
    for line, missing in zip(lines, left_open, strict=True):
        state = LineState.BACKORDERED if missing else LineState.ON_ORDER
        if line.state == state:
            continue
        changed += 1
        order = orders[line.order_id]
        _become(line, order, state)
        event = events.BackorderCovered(
            aggregate_id=order.pk, line_id=line.pk, item_id=place[0], is_on_order=state is LineState.ON_ORDER
        )
        audit.record(event, actor=actor)
    return changed


def _become(line: RepairLine, order: RepairOrder, state: LineState) -> None:
    line.state = state
    line.save(update_fields=["state"])
    order.save(update_fields=["updated_at"])
