"""Questions about bookings, and about the times at which there is still a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.core.exceptions import InUse, NotFound
from apps.inventory.models import Branch
from apps.inventory.selectors import branches_within, own_branch_ids
from apps.repairs import rules
from apps.repairs.models import Booking, BookingClosure, BookingHours


def bookings_visible_to(actor: Actor, right: Right = Right.BOOKINGS_READ) -> QuerySet[Booking]:
    """The bookings on which ``actor`` has ``right``: all, those at the own branches, or a customer's own."""
    match reach(actor, right):
        case Reach.ALL:
            return Booking.objects.all()
        case Reach.BRANCH:
            return Booking.objects.filter(branch_id__in=own_branch_ids(actor))
        case Reach.OWN if actor.id is not None:
            return Booking.objects.filter(customer__user_id=actor.id)
        case _:
            return Booking.objects.none()


def get_booking(booking_id: UUID, *, actor: Actor, right: Right = Right.BOOKINGS_READ) -> Booking:
    """Raises ``NotFound`` outside the actor's scope."""
    found = bookings_visible_to(actor, right).filter(pk=booking_id).first()
    if found is None:
        raise NotFound("There is no such booking.")
    return found


def branches_booked_by(actor: Actor, right: Right) -> QuerySet[Branch]:
    """The open branches whose bookings ``actor`` reads or makes: the own ones, and for a customer every one."""
    if reach(actor, right) is Reach.OWN:
        return Branch.objects.active()
    return branches_within(actor, right).filter(is_active=True)


def booking_week(branch: Branch) -> Mapping[int, rules.Hours]:
    """When a branch takes bookings, by weekday; the usual week where nothing has been laid down for it."""
    rows = BookingHours.objects.filter(branch=branch)
    own = {row.weekday: rules.Hours(row.opens, row.closes, row.capacity, row.slot_minutes) for row in rows}
    return own or rules.USUAL_WEEK


def booking_hours_within(actor: Actor) -> QuerySet[BookingHours]:
    """The rows of the branches that ``actor`` runs."""
    return BookingHours.objects.filter(branch__in=branches_within(actor, Right.BRANCHES_UPDATE))


def closure_on(branch: Branch, day: date) -> BookingClosure | None:
    """Why a branch takes no bookings on a day of its calendar, if it is closed then."""
    rows = BookingClosure.objects.filter(Q(branch=branch) | Q(branch=None), first_day__lte=day, last_day__gte=day)
    return rows.first()


def closures_within(actor: Actor) -> QuerySet[BookingClosure]:
    """The rows of the branches that ``actor`` runs; those that hold everywhere are for who runs them all."""
    if reach(actor, Right.BRANCHES_UPDATE) is Reach.ALL:
        return BookingClosure.objects.all()
    return BookingClosure.objects.filter(branch__in=branches_within(actor, Right.BRANCHES_UPDATE))


def bookings_during(closure: BookingClosure, now: datetime) -> list[Booking]:
    """Who is expected while the branch is closed, by the branch's own calendar."""
    # Days begin up to fourteen hours before those of UTC, and end up to twelve after them.
    first, last = (datetime.combine(day, time.min, UTC) for day in (closure.first_day, closure.last_day))
    coming = Booking.objects.still_to_come(now).filter(
        starts_at__gte=first - timedelta(days=1), starts_at__lt=last + timedelta(days=2)
    )
    if closure.branch_id is not None:
        coming = coming.filter(branch_id=closure.branch_id)
    rows = coming.select_related("branch").order_by("starts_at", "pk")
    return [
        row for row in rows if closure.first_day <= row.starts_at.astimezone(row.branch.zone).date() <= closure.last_day
    ]


def bookings_to_remind(now: datetime, ahead: timedelta) -> list[UUID]:
    """Those that begin within ``ahead`` and of which nobody was reminded since they are at that time."""
    coming = Booking.objects.still_to_come(now).filter(reminded_at=None, starts_at__lte=now + ahead)
    return list(coming.order_by("starts_at", "pk").values_list("pk", flat=True))


def taken_during(branch: Branch, span: rules.Span, besides: UUID | None = None) -> list[rules.Span]:
    """The bookings at a branch that may overlap ``span``; without the one that is being moved."""
    longest = timedelta(minutes=rules.LONGEST)
    held = Booking.objects.holding_a_place().filter(branch=branch, starts_at__lt=span.ends)
    times = held.filter(starts_at__gt=span.starts - longest).exclude(pk=besides).order_by()
    return [rules.span_of(*row) for row in times.values_list("starts_at", "duration_minutes")]


@dataclass(frozen=True)
class Availability:
    """What is left of a day at a branch, whose zone is named."""

    branch_id: UUID
    date: date
    timezone: str
    items: list[rules.Slot]


def availability(branch_id: UUID, day: date, *, actor: Actor, now: datetime) -> Availability:
    """The slots of a day on the branch's calendar that have not begun; none while it is closed.

    Raises ``NotFound`` for a branch whose bookings ``actor`` may not read.
    """
    branch = branches_booked_by(actor, Right.BOOKINGS_READ).filter(pk=branch_id).first()
    if branch is None:
        raise NotFound("There is no such branch.")
    return Availability(branch.pk, day, branch.timezone, slots_on(branch, day, now))


def slots_on(branch: Branch, day: date, now: datetime, moving: Booking | None = None) -> list[rules.Slot]:
    """The slots of a day that have not begun, none while the branch is closed; as a booking finds them that is moved."""
    hours = booking_week(branch).get(day.weekday())
    is_open = hours is not None and rules.is_soon(day, now.astimezone(branch.zone).date())
    if hours is None or not is_open or closure_on(branch, day) is not None:
        return []
    opening = rules.opening_on(day, hours, branch.zone)
    besides, minutes = (moving.pk, moving.duration_minutes) if moving else (None, None)
    return list(rules.slots_of(opening, hours, taken_during(branch, opening, besides), now, minutes))


def require_no_coming_bookings(customer_id: UUID) -> None:
    """Raises ``InUse`` while the shop expects the customer."""
    if Booking.objects.still_to_come(timezone.now()).filter(customer_id=customer_id).exists():
        raise InUse("This customer has a booking that is still to come; cancel it first.")
