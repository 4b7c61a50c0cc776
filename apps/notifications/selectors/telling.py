"""Which events a customer is told of, and in which words."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.notifications import rules
from apps.notifications.enums import MessageEvent
from apps.notifications.selectors.words import Told, told_of_booking, told_of_order
from apps.repairs import events as repairs
from apps.repairs.enums import OrderStatus, PaymentKind
from apps.repairs.models import Booking, RepairOrder
from apps.repairs.rules.documents.words import Words, words_for
from apps.repairs.selectors import orders_visible_to


def told_by(event: Event) -> Told | None:
    """What a customer is told of ``event``; ``None`` where nobody is to be told."""
    return _TOLD[event.type](event)


def told_of_status(order: RepairOrder, status: OrderStatus) -> Told | None:
    """What the customer would be told of a move to ``status``."""
    event = rules.OF_STATUS.get(status)
    return told_of_order(order, event) if event is not None else None


def order_to_tell(order_id: UUID) -> RepairOrder:
    """An order with everything that its messages name."""
    found: RepairOrder = RepairOrder.objects.select_related("customer", "branch", "device_model__brand").get(
        pk=order_id
    )
    return found


def order_by_number(number: str, *, actor: Actor) -> RepairOrder | None:
    """The same by its number, within the actor's scope."""
    found = orders_visible_to(actor).filter(order_number__iexact=number.strip()).values_list("pk", flat=True).first()
    return None if found is None else order_to_tell(found)


def _taken_in(event: Event) -> Told | None:
    return (
        told_of_order(order_to_tell(event.aggregate_id), MessageEvent.REPAIR_CREATED)
        if event.payload["notify"]
        else None
    )


def _status(event: Event) -> Told | None:
    status = OrderStatus(event.payload["new_status"])
    if not event.payload["notify"] or status not in rules.OF_STATUS:
        return None
    return told_of_status(order_to_tell(event.aggregate_id), status)


def _delayed(event: Event) -> Told | None:
    order = order_to_tell(event.aggregate_id)
    promised = _said(order).minute(datetime.fromisoformat(event.payload["promised_at"]))
    return told_of_order(order, MessageEvent.REPAIR_DELAYED, promised=promised)


def _unclaimed(event: Event) -> Told | None:
    """Who still owes is reminded of that with the device."""
    order = order_to_tell(event.aggregate_id)
    since = _said(order).day_of(datetime.fromisoformat(event.payload["ready_since"]))
    told = told_of_order(order, MessageEvent.PICKUP_REMINDER, ready_since=since)
    if told.words["balance"] is None:
        return told
    return told_of_order(order, MessageEvent.PAYMENT_REMINDER, ready_since=since)


def _payment(event: Event) -> Told | None:
    # Events that were written before there was this word are to be told.
    if event.payload["kind"] == PaymentKind.REFUND or not event.payload.get("notify", True):
        return None
    order = order_to_tell(event.aggregate_id)
    amount = _said(order).money(Decimal(event.payload["amount"]), event.payload["currency"])
    return told_of_order(order, MessageEvent.PAYMENT_RECEIVED, amount=amount)


def _quote(event: Event) -> Told | None:
    if not event.payload["notify"]:
        return None
    order = order_to_tell(event.aggregate_id)
    said = _said(order)
    quote = order.quotes.get(pk=event.payload["quote_id"])
    return told_of_order(
        order,
        MessageEvent.QUOTE_SENT,
        total=said.money(Decimal(event.payload["total"]), event.payload["currency"]),
        valid_until=said.minute(datetime.fromisoformat(event.payload["valid_until"])),
        message=quote.message or None,
    )


def _booking(event: Event) -> Told | None:
    found = Booking.objects.select_related("branch", "customer", "device_model__brand").get(pk=event.aggregate_id)
    if found.customer is None:  # a name and a number that somebody has noted
        return None
    return told_of_booking(found, found.customer, MessageEvent.BOOKING_REMINDER)


def _said(order: RepairOrder) -> Words:
    return words_for(order.customer.locale, order.branch.timezone)


_TOLD: Mapping[str, Callable[[Event], Told | None]] = {
    repairs.OrderCreated.event_type: _taken_in,
    repairs.StatusChanged.event_type: _status,
    repairs.RepairDelayed.event_type: _delayed,
    repairs.PickupReminderDue.event_type: _unclaimed,
    repairs.PaymentTaken.event_type: _payment,
    repairs.QuoteSent.event_type: _quote,
    repairs.BookingReminderDue.event_type: _booking,
}
