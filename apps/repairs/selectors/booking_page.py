"""What a booking's link tells: the appointment and the times it could be moved to, and nothing of who comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from apps.core.exceptions import NotFound
from apps.repairs import rules
from apps.repairs.enums import BookingStatus
from apps.repairs.models import Booking
from apps.repairs.selectors.bookings import slots_on
from apps.repairs.selectors.customer_page import Shop, shop_of
from apps.repairs.selectors.tracking import NOWHERE


@dataclass(frozen=True)
class LinkedBooking:
    """A booking, and what is free on ``date``; ``why_over`` says why nothing can be changed any more."""

    status: str
    why_over: str
    starts_at: datetime
    ends_at: datetime
    duration_minutes: int
    device: str
    shop: Shop
    day_before: date | None
    day_after: date | None
    slots: Sequence[rules.Slot]
    date: date

    @property
    def can_change(self) -> bool:
        return not self.why_over

    @property
    def elsewhen(self) -> list[rules.Slot]:
        """The free slots that are not the booking's own time."""
        return [slot for slot in self.slots if slot.free and slot.starts_at != self.starts_at]


def booking_token(booking_id: UUID, number: int = 1, closed: bool = False) -> str | None:
    """The token of a booking's present link; ``None`` while it is closed. Asks nothing of the database."""
    return None if closed else rules.booking_token(booking_id, settings.FIELD_KEYS, number)


def bookings_behind(token: str) -> QuerySet[Booking]:
    """The one booking whose present link has this token, or none."""
    read = rules.read_booking_token(token, settings.FIELD_KEYS)
    found: QuerySet[Booking] = Booking.objects.none()
    if read is not None:
        found = Booking.objects.filter(pk=read[0], link_number=read[1], link_closed=False)
    return found


def get_linked(token: str) -> Booking:
    """The booking behind a link, with what its page names. Raises ``NotFound``, alike for every token that is none."""
    booking = bookings_behind(token).select_related("branch", "device_model__brand").first()
    if booking is None:
        raise NotFound(NOWHERE)
    return booking


def linked_booking(booking: Booking, now: datetime, day: date | None = None) -> LinkedBooking:
    """What the link of ``booking`` shows, with the slots of ``day`` or of its own. Four statements at most."""
    branch, span = booking.branch, booking.span
    shown = day or span.starts.astimezone(branch.zone).date()
    over = rules.why_over(BookingStatus(booking.status), booking.starts_at, now)
    before, after = _neighbours(shown, now.astimezone(branch.zone).date())
    return LinkedBooking(
        status=booking.status,
        why_over=over,
        starts_at=span.starts,
        ends_at=span.ends,
        duration_minutes=booking.duration_minutes,
        device=str(booking.device_model or ""),
        shop=shop_of(branch),
        date=shown,
        day_before=before,
        day_after=after,
        slots=[] if over or not branch.is_active else slots_on(branch, shown, now, booking),
    )


def _neighbours(day: date, today: date) -> list[date | None]:
    if not rules.is_soon(day, today):
        return [None, None]
    days = [day + timedelta(days=step) for step in (-1, 1)]
    return [other if rules.is_soon(other, today) else None for other in days]
