"""The one way in which an order's status changes."""

from datetime import datetime
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict
from apps.repairs import events, rules, selectors
from apps.repairs.enums import OrderStatus
from apps.repairs.models import DeviceSecret, RepairLine, RepairOrder, StatusHistory
from apps.repairs.services import stock
from apps.repairs.services.locking import actor_columns, locked_for


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
) -> RepairOrder:
    """Move an order to another status, with everything that goes with it: stock, warranty, history and the event.

    ``expected`` refuses with ``Conflict`` when the order is no longer where the caller saw it; ``at`` is the time of a
    change that happened before it was entered. Raises ``NotFound`` outside the actor's scope, and what
    ``rules.require_transition`` raises.
    """
    order = locked_for(actor, Right.ORDERS_STATUS, order_id)
    if expected is not None and order.status != expected:
        raise Conflict(f"The order is {OrderStatus(order.status).label} by now.")
    situation = selectors.situation_of(order)
    rules.require_transition(situation, to, actor, note)
    moment = at or timezone.now()
    old = OrderStatus(order.status)
    order.status = to
    _apply(order, situation, to, moment, actor)
    order.save(update_fields=["status", "unrepaired", "completed_at", "delivered_at"])
    write_history(order, old, note, actor=actor, at=moment)
    event = events.StatusChanged(
        aggregate_id=order.pk,
        order_number=order.order_number,
        old_status=old.value,
        new_status=to.value,
        notes=note,
        notify=notify,
    )
    audit.record(event, actor=actor)
    return order


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
    elif to == OrderStatus.DELIVERED:
        order.delivered_at = at
        _hand_over(order, at)
    elif to in {OrderStatus.PENDING, OrderStatus.IN_PROGRESS}:
        _take_up_again(order, situation, actor)


def _take_up_again(order: RepairOrder, situation: rules.Situation, actor: Actor) -> None:
    order.completed_at = None
    if situation.unrepaired:
        order.unrepaired = False
        stock.reserve_again(order, actor=actor)


def _hand_over(order: RepairOrder, at: datetime) -> None:
    DeviceSecret.objects.filter(order=order).delete()
    if order.unrepaired:
        return
    today = at.astimezone(order.branch.zone).date()
    for line in RepairLine.objects.filter(order=order, warranty_months__gt=0):
        line.warranty_until = today + relativedelta(months=line.warranty_months)
        line.save(update_fields=["warranty_until"])
