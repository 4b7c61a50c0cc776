"""When an appointment can be: opening hours on the branch's wall clock, and places that are taken by what overlaps.

Times are instants in UTC: Python compares two times of one zone by the wall clock, which is wrong where clocks change.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from apps.core.exceptions import Conflict, FieldError, ValidationFailed
from apps.repairs.enums import BookingStatus
from apps.repairs.rules.links import proven, signed

SHORTEST, LONGEST = 5, 240  # minutes
MOST_AT_ONCE = 1000
FARTHEST = timedelta(days=366)
REMINDED_AHEAD = timedelta(hours=24)
_LINK = "apps.repairs.booking.v1"
_ID, _NUMBER = 16, 2  # bytes


@dataclass(frozen=True)
class Hours:
    """The hours of one weekday on the wall clock: ``capacity`` bookings at once, offered every ``slot_minutes``."""

    opens: time
    closes: time
    capacity: int
    slot_minutes: int


@dataclass(frozen=True)
class Span:
    """From one instant until just before another, in UTC."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Slot:
    """A time that is offered, and how many bookings still fit there."""

    starts_at: datetime
    ends_at: datetime
    free: int


@dataclass(frozen=True)
class Contact:
    """Whom the shop expects, where it has no record of the customer."""

    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    email: str = ""


NO_CONTACT = Contact()
USUAL_HOURS = Hours(time(9), time(18), capacity=2, slot_minutes=30)
USUAL_WEEK: Mapping[int, Hours] = dict.fromkeys(range(6), USUAL_HOURS)  # Monday is 0


def span_of(starts_at: datetime, minutes: int) -> Span:
    """So many minutes from then on."""
    starts = starts_at.astimezone(UTC)
    return Span(starts, starts + timedelta(minutes=minutes))


def opening_on(day: date, hours: Hours, zone: ZoneInfo) -> Span:
    """The instants at which a branch opens and closes that day; shorter or longer where clocks change meanwhile."""
    starts, ends = (datetime.combine(day, at, zone).astimezone(UTC) for at in (hours.opens, hours.closes))
    return Span(starts, ends)


def is_soon(day: date, today: date) -> bool:
    """Whether bookings are taken for a day of the branch: not for the past, and for about a year."""
    return today <= day <= today + FARTHEST


def require_soon(starts_at: datetime, now: datetime) -> None:
    """Raises ``ValidationFailed`` for a time that has passed or is more than a year away."""
    if starts_at <= now:
        raise ValidationFailed.on("startsAt", "in_past", "This time has passed.")
    if starts_at > now + FARTHEST:
        raise ValidationFailed.on("startsAt", "too_far", f"Bookings are taken for {FARTHEST.days} days ahead.")


def hours_for(span: Span, week: Mapping[int, Hours], zone: ZoneInfo) -> Hours:
    """The hours in which all of ``span`` lies; raises ``ValidationFailed`` outside of them."""
    day = span.starts.astimezone(zone).date()
    hours = week.get(day.weekday())
    if hours is not None:
        opening = opening_on(day, hours, zone)
        if opening.starts <= span.starts and span.ends <= opening.ends:
            return hours
    raise ValidationFailed.on("startsAt", "closed", "The branch is not open for bookings at this time.")


def require_no_closure(reason: str | None) -> None:
    """Raises ``ValidationFailed`` on a day on which the branch is closed for ``reason``."""
    if reason is not None:
        raise ValidationFailed.on("startsAt", "closed", f"The branch is closed on this day: {reason}")


def most_at_once(span: Span, taken: Iterable[Span]) -> int:
    """How many of ``taken`` run at the same moment within ``span``, at the busiest moment."""
    edges: list[tuple[datetime, int]] = []
    for other in taken:
        if other.starts < span.ends and span.starts < other.ends:
            edges += [(other.starts, 1), (other.ends, -1)]
    running = most = 0
    # At one instant an end (-1) sorts before a start: what follows takes the place of what went before.
    for _, change in sorted(edges):
        running += change
        most = max(most, running)
    return most


def require_place(span: Span, hours: Hours, taken: Iterable[Span]) -> None:
    """Raises ``Conflict`` where as many bookings as the branch can take run at some moment of ``span``."""
    if most_at_once(span, taken) >= hours.capacity:
        raise Conflict("The branch is fully booked at this time.")


def slots_of(
    opening: Span, hours: Hours, taken: Iterable[Span], now: datetime, minutes: int | None = None
) -> Iterator[Slot]:
    """What is offered on a day, full slots too (``free`` is 0 there); without what has begun.

    A slot is as long as the step from one to the next, or ``minutes``.
    """
    held, step = list(taken), timedelta(minutes=hours.slot_minutes)
    length = step if minutes is None else timedelta(minutes=minutes)
    starts = opening.starts
    while starts + length <= opening.ends:
        if starts > now:
            span = Span(starts, starts + length)
            yield Slot(span.starts, span.ends, max(0, hours.capacity - most_at_once(span, held)))
        starts += step


def booking_token(booking_id: UUID, keys: Sequence[str], number: int = 1) -> str:
    """The token of a booking's ``number``-th link, proven with the first of ``keys``; the first names no number."""
    return signed(booking_id.bytes + (number.to_bytes(_NUMBER, "big") if number > 1 else b""), _LINK, keys)


def read_booking_token(token: str, keys: Sequence[str]) -> tuple[UUID, int] | None:
    """The booking and the number that a token is for; ``None`` for one that none of ``keys`` has made."""
    said = proven(token, _ID, _LINK, keys) or proven(token, _ID + _NUMBER, _LINK, keys)
    return None if said is None else (UUID(bytes=said[:_ID]), int.from_bytes(said[_ID:], "big") or 1)


def booking_path(token: str) -> str:
    """Where the page of a booking is."""
    return f"/booking/{token}/"


def why_over(status: BookingStatus, starts_at: datetime, now: datetime) -> str:
    """Why a booking's link changes nothing any more, in words for who comes; empty while it does."""
    if status == BookingStatus.CANCELLED:
        return "This booking is cancelled."
    if status == BookingStatus.CHECKED_IN:
        return "The device has been brought in already."
    return "This booking has begun. Call the shop to change it." if starts_at <= now else ""


_CONTACT = {"first_name": "firstName", "last_name": "lastName", "phone": "phone", "email": "email"}


def require_contact(contact: Contact) -> None:
    """Raises ``ValidationFailed`` unless a name and a phone number are there."""
    missing = [name for name in ("first_name", "last_name", "phone") if not getattr(contact, name)]
    _refuse(missing, "required", "Give customerId, or who comes: firstName, lastName and phone.")


def require_no_contact(contact: Contact) -> None:
    """Raises ``ValidationFailed`` for anything said beside a customer whose record says it."""
    given = [name for name in _CONTACT if getattr(contact, name)]
    _refuse(given, "not_allowed", "The customer's record says who comes.")


def _refuse(names: list[str], code: str, message: str) -> None:
    if names:
        raise ValidationFailed(message, [FieldError(_CONTACT[name], code, message) for name in names])
