"""The link of a booking: made anew and closed; and what who comes does by it, without a log-in: move it, cancel it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound
from apps.repairs import events, rules, selectors
from apps.repairs.enums import BookingStatus
from apps.repairs.models import Booking
from apps.repairs.services.bookings import cancel_held, change_held, hold_booking

WHO = "customer by link"


@transaction.atomic
def renew_booking_link(booking_id: UUID, *, actor: Actor) -> Booking:
    """A new link for the booking, open; every link before leads nowhere from now on. Raises ``NotFound``."""
    booking = hold_booking(booking_id, actor, Right.BOOKINGS_CHANGE)
    booking.link_number += 1
    booking.link_closed = False
    return _changed(booking, actor)


@transaction.atomic
def close_booking_link(booking_id: UUID, *, actor: Actor) -> Booking:
    """The booking's link leads nowhere until a new one is made. Closing it again changes nothing. Raises ``NotFound``."""
    booking = hold_booking(booking_id, actor, Right.BOOKINGS_CHANGE)
    if booking.link_closed:
        return booking
    booking.link_closed = True
    return _changed(booking, actor)


@transaction.atomic
def cancel_by_link(token: str, *, actor: Actor, reason: str = "") -> Booking:
    """Give the place free. Raises ``NotFound``; ``Conflict`` once it has begun, is cancelled or checked in."""
    return cancel_held(_held(token), reason, actor=_named(actor))


@transaction.atomic
def move_by_link(token: str, starts_at: datetime, *, actor: Actor) -> Booking:
    """Move a booking, for as long as it was. To where it is writes nothing.

    Raises what ``cancel_by_link`` does, and for a new time what ``make_booking`` does.
    """
    booking = _held(token)
    if not booking.branch.is_active:
        raise Conflict("The branch takes no bookings any more. Call the shop.")
    return change_held(booking, {"starts_at": starts_at}, actor=_named(actor))


def _held(token: str) -> Booking:
    """The booking behind a link as it is now, held until the commit, with which all is open."""
    rows = selectors.bookings_behind(token).select_related("branch").select_for_update(of=("self",))
    booking = rows.first()
    if booking is None:
        raise NotFound(selectors.NOWHERE)
    over = rules.why_over(BookingStatus(booking.status), booking.starts_at, timezone.now())
    if over:
        raise Conflict(over)
    return booking


def _named(actor: Actor) -> Actor:
    """Who has not logged in is told from other strangers; who has keeps their name."""
    return replace(actor, label=WHO) if actor.kind == "anonymous" else actor


def _changed(booking: Booking, actor: Actor) -> Booking:
    booking.save(update_fields=["link_number", "link_closed"])
    number, closed = booking.link_number, booking.link_closed
    audit.record(events.BookingLinkChanged(aggregate_id=booking.pk, number=number, closed=closed), actor=actor)
    return booking
