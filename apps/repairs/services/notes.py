"""Remarks on an order."""

from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.repairs import events
from apps.repairs.models import OrderNote
from apps.repairs.services.locking import actor_columns, locked


@transaction.atomic
def add_note(order_id: UUID, text: str, visibility: str, *, actor: Actor, note_id: UUID | None = None) -> OrderNote:
    """Write a remark, for the shop or for the customer. Raises ``NotFound``."""
    require(actor, Right.ORDERS_NOTE)
    order = locked(order_id)
    note = OrderNote(id=note_id or new_id(), order=order, text=text, visibility=visibility, **actor_columns(actor))
    note.save(force_insert=True)
    order.save(update_fields=["updated_at"])
    audit.record(events.NoteAdded(aggregate_id=order.pk, note_id=note.pk, visibility=visibility), actor=actor)
    return note
