"""Time that people spend on orders: started, stopped, and corrected with a reason."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, Forbidden, NotFound, ValidationFailed
from apps.core.ids import new_id
from apps.repairs import events, selectors
from apps.repairs.enums import OrderStatus
from apps.repairs.models import RepairOrder, WorkCorrection, WorkEntry
from apps.repairs.models.orders import CLOSED
from apps.repairs.rules.work import Stretch, require_possible
from apps.repairs.services.locking import actor_columns, locked, locked_for


@transaction.atomic
def start_work(order_id: UUID, line_id: UUID | None = None, *, actor: Actor) -> WorkEntry:
    """The actor's time runs on an order, or on one line of it, from now on. What runs there already goes on.

    Raises ``NotFound`` outside the actor's scope, ``Conflict`` for an order that is closed, and while their time runs on
    something else, which it names.
    """
    technician_id = _hold_person(actor)
    order = locked_for(actor, Right.WORK_RECORD, order_id)
    line = selectors.get_line(order, line_id) if line_id else None
    if order.status in CLOSED:
        raise Conflict(f"An order that is {OrderStatus(order.status).label} is not worked on.")
    running = WorkEntry.objects.select_related("order").filter(technician_id=technician_id, stopped_at=None).first()
    if running is not None:
        if (running.order_id, running.line_id) == (order_id, line_id):
            return running
        raise Conflict(f"Your time runs on {running.order.order_number}: stop that first.")
    entry = WorkEntry(id=new_id(), order=order, line=line, technician_id=technician_id, started_at=timezone.now())
    entry.save(force_insert=True)
    _touch(order)
    event = events.WorkStarted(
        aggregate_id=order.pk, entry_id=entry.pk, technician_id=technician_id, line_id=line_id or None
    )
    audit.record(event, actor=actor)
    return entry


@transaction.atomic
def stop_work(order_id: UUID, *, actor: Actor) -> WorkEntry:
    """The actor's time on an order ends now; who has stopped already gets the same answer again.

    Also on an order that has been given to somebody else meanwhile. Raises ``NotFound`` for an order on which they have
    never worked and that is outside their scope, ``Conflict`` if it is within.
    """
    require(actor, Right.WORK_RECORD)
    mine = WorkEntry.objects.filter(order_id=order_id, technician_id=actor.id)
    if not mine.exists():
        selectors.get_order(order_id, actor=actor, right=Right.WORK_RECORD)
        raise Conflict("You have not worked on this order.")
    order = locked(order_id)
    entry = mine.filter(stopped_at=None).first()
    if entry is None:
        return mine.latest("started_at", "id")
    _stop(order, [entry], timezone.now(), actor)
    return entry


def stop_all(order: RepairOrder, at: datetime, *, actor: Actor) -> None:
    """Whoever's time runs on an order that is locked, it ends."""
    _stop(order, list(WorkEntry.objects.filter(order=order, stopped_at=None)), at, actor)


@transaction.atomic
def correct_work(
    entry_id: UUID, reason: str, *, actor: Actor, started_at: datetime | None = None, stopped_at: datetime | None = None
) -> WorkEntry:
    """Say when somebody really worked, and why that was wrong; what it was stays on record.

    Technicians correct their own time, managers everybody's on their orders. Raises ``NotFound`` for other entries,
    ``ValidationFailed`` for times that cannot be, and ``Conflict`` for an overlap.
    """
    require(actor, Right.WORK_RECORD)
    found = selectors.entries_correctable_by(actor).filter(pk=entry_id).values_list("technician_id", "order_id").first()
    if found is None:
        raise NotFound("There is no such entry.")
    User.objects.select_for_update(no_key=True).get(pk=found[0])
    order = locked(found[1])
    entry = WorkEntry.objects.get(pk=entry_id)
    wanted = Stretch(started_at or entry.started_at, stopped_at or entry.stopped_at)
    if wanted.stopped_at is None:
        raise ValidationFailed.on("stoppedAt", "required", "This time still runs: say when it ended.")
    others = selectors.entries_around(entry, wanted)
    stretches = [Stretch(*times) for times in others.values_list("started_at", "stopped_at")]
    require_possible(wanted, stretches, timezone.now())
    _keep(entry, wanted, reason, actor)
    entry.started_at, entry.stopped_at = wanted.started_at, wanted.stopped_at
    entry.save(update_fields=["started_at", "stopped_at"])
    _touch(order)
    event = events.WorkCorrected(
        aggregate_id=order.pk,
        entry_id=entry.pk,
        technician_id=entry.technician_id,
        started_at=entry.started_at,
        stopped_at=wanted.stopped_at,
        reason=reason,
    )
    audit.record(event, actor=actor)
    return entry


def _keep(entry: WorkEntry, wanted: Stretch, reason: str, actor: Actor) -> None:
    """The row that says what the times of an entry were, and become."""
    assert wanted.stopped_at is not None
    correction = WorkCorrection(
        entry=entry,
        old_started_at=entry.started_at,
        old_stopped_at=entry.stopped_at,
        new_started_at=wanted.started_at,
        new_stopped_at=wanted.stopped_at,
        reason=reason,
        **actor_columns(actor),
    )
    correction.save(force_insert=True)


def _hold_person(actor: Actor) -> UUID:
    """Locks who works, before the order: two starts at once find each other's time."""
    require(actor, Right.WORK_RECORD)
    if actor.id is None or actor.role == Role.CUSTOMER:
        raise Forbidden("Only people spend time.")
    User.objects.select_for_update(no_key=True).get(pk=actor.id)
    return actor.id


def _stop(order: RepairOrder, entries: list[WorkEntry], at: datetime, actor: Actor) -> None:
    for entry in entries:
        # An order that is entered later may be closed before its time began to run.
        entry.stopped_at = max(at, entry.started_at)
        entry.save(update_fields=["stopped_at"])
        event = events.WorkStopped(
            aggregate_id=order.pk,
            entry_id=entry.pk,
            technician_id=entry.technician_id,
            stopped_at=entry.stopped_at,
        )
        audit.record(event, actor=actor)
    if entries:
        _touch(order)


def _touch(order: RepairOrder) -> None:
    order.save(update_fields=["updated_at"])
