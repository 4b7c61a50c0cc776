"""Telling in time: of promises that will be missed, and of devices that nobody fetches."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.repairs import events, selectors
from apps.repairs.models import RepairOrder

AT_ONCE = 500


def tell_delays(*, actor: Actor, now: datetime) -> int:
    """Tell of each promise that is missed, or will be within the hour, once; the number told of."""
    return sum(_tell_delay(pk, actor, now) for pk in _ids(selectors.delayed(now)))


def remind_unclaimed(*, actor: Actor, now: datetime) -> int:
    """Tell of devices that have been ready for too long that their customers are to be reminded; the number.

    Not again before the branch's days between reminders have passed, however often this runs.
    """
    return sum(_remind(pk, actor, now) for pk in _ids(selectors.to_remind_of(now)))


@transaction.atomic
def _tell_delay(order_id: UUID, actor: Actor, now: datetime) -> int:
    order = _still(selectors.delayed(now), order_id)
    if order is None or order.estimated_completion is None:
        return 0
    order.delay_told_for = order.estimated_completion
    order.save(update_fields=["delay_told_for"])
    event = events.RepairDelayed(
        aggregate_id=order.pk, order_number=order.order_number, promised_at=order.estimated_completion
    )
    audit.record(event, actor=actor)
    return 1


@transaction.atomic
def _remind(order_id: UUID, actor: Actor, now: datetime) -> int:
    order = _still(selectors.to_remind_of(now), order_id)
    if order is None:
        return 0
    order.reminded_at = now
    order.save(update_fields=["reminded_at"])
    event = events.PickupReminderDue(
        aggregate_id=order.pk, order_number=order.order_number, ready_since=order.status_since
    )
    audit.record(event, actor=actor)
    return 1


def _ids(orders: QuerySet[RepairOrder]) -> list[UUID]:
    return list(orders.values_list("pk", flat=True)[:AT_ONCE])


def _still(orders: QuerySet[RepairOrder], order_id: UUID) -> RepairOrder | None:
    """The order, locked, if it is still among them: of two jobs at once the second finds it told of."""
    held = RepairOrder.objects.select_for_update(of=("self",)).get(pk=order_id)
    return held if orders.filter(pk=order_id).exists() else None
