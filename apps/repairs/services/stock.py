"""What lines ask of the stock: the calls down to the inventory, in the words of an order."""

from collections.abc import Collection, Iterable
from uuid import UUID

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.inventory import services as inventory
from apps.repairs import events
from apps.repairs.enums import GIVEN_UP, LINE_SOURCE, WAITING, LineState
from apps.repairs.models import RepairLine, RepairOrder

SOURCE = LINE_SOURCE
_SETTLED = (LineState.ISSUED, *GIVEN_UP)


def reserve(order: RepairOrder, lines: Iterable[RepairLine], *, actor: Actor) -> None:
    """Reserve the part of each line that needs one; the lines' states say what came of it. Does not save them."""
    needing = [line for line in lines if line.item_id is not None and line.state not in _SETTLED]
    held = inventory.reserve(SOURCE, [need_of(order, line) for line in needing], actor=actor)
    for line in needing:
        line.state = LineState.RESERVED if line.pk in held else LineState.BACKORDERED
    tell_waiting(order, needing, actor=actor)


def tell_waiting(order: RepairOrder, lines: Iterable[RepairLine], *, actor: Actor) -> None:
    """Tell of those of the lines that wait that the queue for their part has changed."""
    for item_id in sorted({line.item_id for line in lines if line.state in WAITING and line.item_id}):
        event = events.WaitingChanged(aggregate_id=order.pk, item_id=item_id, branch_id=order.branch_id)
        audit.record(event, actor=actor)


def issue(order: RepairOrder, *, actor: Actor) -> None:
    """Take the reserved parts of an order out of stock, and mark their lines."""
    reserved = list(order.lines.filter(state=LineState.RESERVED).values_list("pk", flat=True))
    issued = inventory.issue(SOURCE, reserved, actor=actor)
    _mark(issued, LineState.ISSUED)


def release(order: RepairOrder, *, actor: Actor) -> None:
    """Give back what is reserved for an order; its lines are only planned then. What was issued stays issued."""
    lines = list(order.lines.filter(state__in=[LineState.RESERVED, *WAITING]))
    awaited = [place for line in lines for place in _awaited(order, line)]
    inventory.release(SOURCE, [line.pk for line in lines], actor=actor, awaited=awaited)
    tell_waiting(order, lines, actor=actor)
    _mark([line.pk for line in lines], LineState.PLANNED)


def reserve_again(order: RepairOrder, *, actor: Actor) -> None:
    """Reserve for an order that was given up and is taken up again."""
    lines = list(order.lines.filter(item__isnull=False).exclude(state__in=_SETTLED))
    reserve(order, lines, actor=actor)
    for line in lines:
        line.save(update_fields=["state"])


def release_line(order: RepairOrder, line: RepairLine, *, actor: Actor, then: Collection[RepairLine] = ()) -> None:
    """Give back what is reserved for one line, or its place in the queue. ``then`` are lines that are reserved next."""
    if line.item_id is not None:
        also = [(other.item_id, order.branch_id) for other in then if other.item_id is not None]
        inventory.release(SOURCE, [line.pk], actor=actor, awaited=_awaited(order, line), also=also)
        tell_waiting(order, [line], actor=actor)


def reduce_line(line: RepairLine, quantity: int, *, actor: Actor) -> None:
    """Keep ``quantity`` of the units that are reserved for a line, and give back the others."""
    inventory.reduce(SOURCE, line.pk, quantity, actor=actor)


def need_of(order: RepairOrder, line: RepairLine) -> inventory.Need:
    assert line.item_id is not None
    return inventory.Need(
        line.pk,
        line.item_id,
        order.branch_id,
        line.quantity,
        order.pk,
        order.order_number,
        since=order.created_at,
        promised=order.estimated_completion,
    )


def _awaited(order: RepairOrder, line: RepairLine) -> list[tuple[UUID, UUID]]:
    """Where the line stands in a queue, if it does."""
    if line.item_id is None or line.state not in WAITING:
        return []
    return [(line.item_id, order.branch_id)]


def _mark(line_ids: Iterable[UUID], state: LineState) -> None:
    for line in RepairLine.objects.filter(pk__in=list(line_ids)):
        line.state = state
        line.save(update_fields=["state"])
