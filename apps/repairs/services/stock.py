"""What lines ask of the stock: the calls down to the inventory, in the words of an order."""

from collections.abc import Collection, Iterable
from uuid import UUID

from apps.core.actor import Actor
from apps.inventory import services as inventory
from apps.repairs.enums import LINE_SOURCE, LineState
from apps.repairs.models import RepairLine, RepairOrder

SOURCE = LINE_SOURCE


def reserve(order: RepairOrder, lines: Iterable[RepairLine], *, actor: Actor) -> None:
    """Reserve the part of each line that needs one; the lines' states say what came of it. Does not save them."""
    needing = [line for line in lines if line.item_id is not None and line.state != LineState.ISSUED]
    held = inventory.reserve(SOURCE, [need_of(order, line) for line in needing], actor=actor)
    for line in needing:
        line.state = LineState.RESERVED if line.pk in held else LineState.BACKORDERED


def issue(order: RepairOrder, *, actor: Actor) -> None:
    """Take the reserved parts of an order out of stock, and mark their lines."""
    reserved = list(order.lines.filter(state=LineState.RESERVED).values_list("pk", flat=True))
    issued = inventory.issue(SOURCE, reserved, actor=actor)
    _mark(issued, LineState.ISSUED)


def release(order: RepairOrder, *, actor: Actor) -> None:
    """Give back what is reserved for an order; its lines are only planned then. What was issued stays issued."""
    lines = list(order.lines.filter(state__in=[LineState.RESERVED, LineState.BACKORDERED]))
    awaited = [place for line in lines for place in _awaited(order, line)]
    inventory.release(SOURCE, [line.pk for line in lines], actor=actor, awaited=awaited)
    _mark([line.pk for line in lines], LineState.PLANNED)


def reserve_again(order: RepairOrder, *, actor: Actor) -> None:
    """Reserve for an order that was given up and is taken up again."""
    lines = list(order.lines.filter(item__isnull=False).exclude(state=LineState.ISSUED))
    reserve(order, lines, actor=actor)
    for line in lines:
        line.save(update_fields=["state"])


def release_line(order: RepairOrder, line: RepairLine, *, actor: Actor, then: Collection[RepairLine] = ()) -> None:
    """Give back what is reserved for one line, or its place in the queue. ``then`` are lines that are reserved next."""
    if line.item_id is not None:
        also = [(other.item_id, order.branch_id) for other in then if other.item_id is not None]
        inventory.release(SOURCE, [line.pk], actor=actor, awaited=_awaited(order, line), also=also)


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
    )


def _awaited(order: RepairOrder, line: RepairLine) -> list[tuple[UUID, UUID]]:
    """Where the line stands in a queue, if it does."""
    if line.item_id is None or line.state != LineState.BACKORDERED:
        return []
    return [(line.item_id, order.branch_id)]


def _mark(line_ids: Iterable[UUID], state: LineState) -> None:
    for line in RepairLine.objects.filter(pk__in=list(line_ids)):
        line.state = state
        line.save(update_fields=["state"])
