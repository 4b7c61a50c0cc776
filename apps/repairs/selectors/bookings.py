"""Questions about bookings, and about the times at which there is still a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.core.exceptions import InUse, NotFound
from apps.inventory.models import Branch
from apps.inventory.selectors import branches_within, own_branch_ids
from apps.repairs import rules
from apps.repairs.models import Booking, BookingHours


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
    hours = booking_week(branch).get(day.weekday())
    slots: list[rules.Slot] = []
    if hours is not None and rules.is_soon(day, now.astimezone(branch.zone).date()):
        opening = rules.opening_on(day, hours, branch.zone)
        slots = list(rules.slots_of(opening, hours, taken_during(branch, opening), now))
    return Availability(branch.pk, day, branch.timezone, slots)


def require_no_coming_bookings(customer_id: UUID) -> None:
    """Raises ``InUse`` while the shop expects the customer."""
    if Booking.objects.still_to_come(timezone.now()).filter(customer_id=customer_id).exists():
        raise InUse("This customer has a booking that is still to come; cancel it first.")
