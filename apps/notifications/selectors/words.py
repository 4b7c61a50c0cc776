"""What is known when something is told to a customer, as texts in their own language and by the clock of the branch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings

from apps.accounts.models import Customer
from apps.inventory.models import Branch
from apps.notifications.enums import MessageEvent
from apps.repairs import rules as repairs
from apps.repairs.models import Booking, RepairOrder
from apps.repairs.rules.documents.words import Words, words_for
from apps.repairs.selectors import booking_token, tracking_token
from apps.repairs.selectors.customer_page import shop_of

Texts = Mapping[str, str | None]


@dataclass(frozen=True)
class Told:
    """Something that a customer is to be told, and the words for it; what there is none of is ``None``."""

    event: MessageEvent
    customer: Customer
    branch: Branch
    words: Texts = field(default_factory=dict)
    order: RepairOrder | None = None


def told_of_order(order: RepairOrder, event: MessageEvent, **more: str | None) -> Told:
    """``order`` with its customer, branch and device model; ``more`` are the words that only this event has."""
    said = words_for(order.customer.locale, order.branch.timezone)
    owed = repairs.balance(order.charged)
    words = _of_people(order.customer, order.branch) | {
        "device": str(order.device_model),
        "order_number": order.order_number,
        "link": _order_link(order.pk, order.tracking_number, order.tracking_closed),
        "total": said.money(order.total, order.currency),
        "balance": said.money(owed, order.currency) if owed > 0 else None,
        "promised": _minute(said, order.estimated_completion),
    }
    return Told(event, order.customer, order.branch, words | more, order)


def told_of_booking(booking: Booking, customer: Customer, event: MessageEvent) -> Told:
    """``booking`` with its branch and device model."""
    said = words_for(customer.locale, booking.branch.timezone)
    words = _of_people(customer, booking.branch) | {
        "device": str(booking.device_model) if booking.device_model else None,
        "link": _booking_link(booking),
        "starts_at": _minute(said, booking.starts_at),
    }
    return Told(event, customer, booking.branch, words)


def _of_people(customer: Customer, branch: Branch) -> dict[str, str | None]:
    shop = shop_of(branch)
    hours = ", ".join(f"{day.day[:3]} {day.opens:%H:%M}–{day.closes:%H:%M}" for day in shop.hours)
    return {
        "first_name": customer.first_name,
        "name": str(customer),
        "shop": branch.name,
        "shop_phone": branch.phone_number or None,
        "shop_address": ", ".join(filter(None, (branch.address, branch.city))) or None,
        "shop_hours": hours or None,
    }


def _order_link(order_id: UUID, number: int, closed: bool) -> str | None:
    token = tracking_token(order_id, number, closed)
    return settings.PUBLIC_URL + repairs.tracking_path(token) if token else None


def _booking_link(booking: Booking) -> str | None:
    token = booking_token(booking.pk, booking.link_number, booking.link_closed)
    return settings.PUBLIC_URL + repairs.booking_path(token) if token else None


def _minute(said: Words, moment: datetime | None) -> str | None:
    return said.minute(moment) if moment else None
