"""What who comes does by the booking's link, without a log-in: move it, cancel it, until its time has come."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound
from apps.repairs import rules, selectors
from apps.repairs.enums import BookingStatus
from apps.repairs.models import Booking
from apps.repairs.services.bookings import cancel_held, change_held

WHO = "customer by link"


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
