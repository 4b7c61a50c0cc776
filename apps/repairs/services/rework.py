"""Work that has to be done again."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import ValidationFailed
from apps.core.ids import new_id
from apps.repairs import events
from apps.repairs.models import RepairLine, RepairOrder, Rework
from apps.repairs.services.locking import actor_columns


def note_rework(order: RepairOrder, reason: str, line_ids: Collection[UUID], *, actor: Actor, at: datetime) -> None:
    """Whose work on an order, which is locked, is done again and why: one row, or one for each line that is named.

    Rows of one moment are one rework: that is how reports count them.

    Raises ``ValidationFailed`` for a line of another order.
    """
    lines: list[RepairLine | None] = [*order.lines.filter(pk__in=line_ids)]
    if len(lines) != len(set(line_ids)):
        raise ValidationFailed.on("lineIds", "does_not_exist", "This order has no such line.")
    for line in lines or [None]:
        row = Rework(
            id=new_id(),
            order=order,
            technician_id=order.technician_id,
            item_id=line.item_id if line else None,
            line_id_then=line.pk if line else None,
            reason=reason,
            created_at=at,
            **actor_columns(actor),
        )
        row.save(force_insert=True)
        event = events.ReworkNoted(
            aggregate_id=order.pk,
            rework_id=row.pk,
            technician_id=row.technician_id,
            item_id=row.item_id,
            line_id=row.line_id_then,
            reason=reason,
        )
        audit.record(event, actor=actor)
