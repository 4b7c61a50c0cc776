"""Lines that wait for their part, and get it when it arrives."""

from uuid import UUID

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.inventory import services as inventory
from apps.repairs import events
from apps.repairs.enums import LineState
from apps.repairs.models import RepairLine
from apps.repairs.models.orders import OPEN
from apps.repairs.services.locking import locked_many
from apps.repairs.services.stock import SOURCE, need_of


@transaction.atomic
def fill_backorders(item_id: UUID, branch_id: UUID, *, actor: Actor) -> int:
    """Reserve what has become available for the lines that wait for it, the oldest order first; the number filled.

    A line that needs more than there is waits on, and does not keep a smaller one from its part. Running it again fills
    only what is still unfilled.
    """
    waiting = RepairLine.objects.filter(
        item_id=item_id, state=LineState.BACKORDERED, order__branch_id=branch_id, order__status__in=OPEN
    )
    # All orders are locked before any stock: everybody takes these locks in that sequence.
    orders = locked_many(waiting.values_list("order_id", flat=True))
    lines = sorted(
        waiting.filter(order_id__in=orders),
        key=lambda line: (orders[line.order_id].created_at, line.order_id, line.position),
    )
    held = inventory.reserve(SOURCE, [need_of(orders[line.order_id], line) for line in lines], actor=actor)
    filled = [line for line in lines if line.pk in held]
    for line in filled:
        order = orders[line.order_id]
        line.state = LineState.RESERVED
        line.save(update_fields=["state"])
        order.save(update_fields=["updated_at"])
        event = events.BackorderFilled(
            aggregate_id=order.pk, line_id=line.pk, item_id=item_id, technician_id=order.technician_id
        )
        audit.record(event, actor=actor)
    return len(filled)
