"""The one way in which an order's status changes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ValidationFailed
from apps.repairs import events, rules, selectors
from apps.repairs.enums import OrderStatus
from apps.repairs.models import DeviceSecret, RepairOrder, StatusHistory
from apps.repairs.services import invoices, stock
from apps.repairs.services.locking import actor_columns, locked_for
from apps.repairs.services.rework import note_rework
from apps.repairs.services.warranties import give_warranties
from apps.repairs.services.work import stop_all


@dataclass(frozen=True)
class Particulars:
    """What may be said with a move: how it ended, where it ends the work, and which lines have to be done again, where
    it takes up what was done.
    """

    outcome: str = ""
    line_ids: Collection[UUID] = ()


NONE = Particulars()
_MOVED = ["status", "status_since", "unrepaired", "return_fee", "outcome", "completed_at", "delivered_at"]


@transaction.atomic
def change_status(
    order_id: UUID,
    to: OrderStatus,
    *,
    actor: Actor,
    note: str = "",
    expected: OrderStatus | None = None,
    notify: bool = True,
    at: datetime | None = None,
    said: Particulars = NONE,
) -> RepairOrder:
    """Move an order to another status, with everything that goes with it: stock, warranty, history and the event.

    ``expected`` refuses with ``Conflict`` when the order is no longer where the caller saw it; ``at`` is the time of a
    change that happened before it was entered. Raises ``NotFound`` outside the actor's scope, what
    ``rules.require_transition`` raises, and ``ValidationFailed`` for particulars that do not go with the move.
    """
    order = locked_for(actor, Right.ORDERS_STATUS, order_id)
    _require_expected(order, expected)
    situation = selectors.situation_of(order)
    rules.require_transition(situation, to, actor, note)
    _require_fitting(said, situation, to)
    moment, old = at or timezone.now(), OrderStatus(order.status)
    if rules.is_rework(situation, to):
        note_rework(order, note, said.line_ids, actor=actor, at=moment)
    order.status, order.status_since = to, moment
    order.return_fee = rules.return_fee_after(situation, to)
    _apply(order, situation, to, moment, actor)
    end_with(order, said.outcome or rules.outcome_of_move(situation, to), actor=actor)
    order.save(update_fields=_MOVED)
    write_history(order, old, note, actor=actor, at=moment)
    audit.record(_changed(order, old, note, notify=notify), actor=actor)
    if rules.is_invoiced_by(situation, to):
        invoices.issue([order], actor=actor, at=moment)
    return order


def _changed(order: RepairOrder, old: OrderStatus, note: str, *, notify: bool) -> events.StatusChanged:
    return events.StatusChanged(
        aggregate_id=order.pk,
        order_number=order.order_number,
        old_status=old.value,
        new_status=OrderStatus(order.status).value,
        notes=note,
        notify=notify,
    )


def _require_expected(order: RepairOrder, expected: OrderStatus | None) -> None:
    if expected is not None and order.status != expected:
        raise Conflict(f"The order is {OrderStatus(order.status).label} by now.")


def _require_fitting(said: Particulars, situation: rules.Situation, to: OrderStatus) -> None:
    if said.outcome:
        rules.require_fitting(said.outcome, to, unrepaired=situation.unrepaired)
    if said.line_ids and not rules.is_rework(situation, to):
        raise ValidationFailed.on("lineIds", "not_allowed", "Lines are named when what was done is done again.")


def end_with(order: RepairOrder, outcome: str, *, actor: Actor) -> None:
    """Set the outcome of an order that is locked, and tell. Does not save it; what is as it was tells nothing."""
    if order.outcome != outcome:
        old, order.outcome = order.outcome, outcome
        audit.record(events.OutcomeChanged(aggregate_id=order.pk, old=old, new=outcome), actor=actor)


def write_history(order: RepairOrder, old: OrderStatus | None, note: str, *, actor: Actor, at: datetime) -> None:
    """One row of the status history. Runs in the caller's transaction."""
    StatusHistory.objects.create(
        order=order, old_status=old, new_status=order.status, notes=note, created_at=at, **actor_columns(actor)
    )


def _apply(order: RepairOrder, situation: rules.Situation, to: OrderStatus, at: datetime, actor: Actor) -> None:
    """The effects of arriving at a status; ``rules.transitions`` describes the same ones before they happen."""
    if to == OrderStatus.COMPLETED:
        order.completed_at = at
        stock.issue(order, actor=actor)
    elif to == OrderStatus.CANCELLED:
        order.unrepaired = True
        stock.release(order, actor=actor)
        stop_all(order, at, actor=actor)
    elif to == OrderStatus.DELIVERED:
        _hand_over(order, at, actor)
    elif to in {OrderStatus.PENDING, OrderStatus.IN_PROGRESS}:
        _take_up_again(order, situation, actor)


def _take_up_again(order: RepairOrder, situation: rules.Situation, actor: Actor) -> None:
    order.completed_at = None
    if situation.unrepaired:
        order.unrepaired = False
        stock.reserve_again(order, actor=actor)


def _hand_over(order: RepairOrder, at: datetime, actor: Actor) -> None:
    order.delivered_at = at
    DeviceSecret.objects.filter(order=order).delete()
    stop_all(order, at, actor=actor)
    give_warranties(order, at, actor=actor)
