"""Remarks on an order."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.repairs import events
from apps.repairs.models import OrderNote
from apps.repairs.services.locking import actor_columns, locked_for


@transaction.atomic
def add_note(
    order_id: UUID,
    text: str,
    visibility: str,
    *,
    actor: Actor,
    note_id: UUID | None = None,
    at: datetime | None = None,
) -> OrderNote:
    """Write a remark, for the shop or for the customer; ``at`` is the time of one that is entered later.

    Raises ``NotFound`` outside the actor's scope.
    """
    order = locked_for(actor, Right.ORDERS_NOTE, order_id)
    columns = {"text": text, "visibility": visibility, "created_at": at or timezone.now(), **actor_columns(actor)}
    note = OrderNote(id=note_id or new_id(), order=order, **columns)
    note.save(force_insert=True)
    order.save(update_fields=["updated_at"])
    audit.record(events.NoteAdded(aggregate_id=order.pk, note_id=note.pk, visibility=visibility), actor=actor)
    return note
