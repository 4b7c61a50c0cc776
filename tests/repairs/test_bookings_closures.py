"""Days on which a branch is closed, days on which the clocks change, and being reminded once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.exceptions import ValidationFailed
from apps.inventory.models import Branch
from apps.repairs.enums import Weekday
from apps.repairs.models import Booking, BookingClosure, BookingHours
from apps.repairs.selectors import availability, bookings_during
from apps.repairs.services import cancel_booking, change_booking, remind_bookings
from tests.admin.office import Office, address
from tests.factories import BranchFactory, a_monday, booking, member

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
DUE = "repairs.booking_reminder_due"


def _closed(branch: Branch | None, first: date, last: date | None = None) -> BookingClosure:
    return BookingClosure.objects.create(branch=branch, first_day=first, last_day=last or first, reason="Holiday")


def _slots(branch: Branch, day: date) -> list[Any]:
    now = datetime.combine(day - timedelta(days=2), datetime.min.time(), UTC)
    return availability(branch.pk, day, actor=SYSTEM, now=now).items


@pytest.mark.parametrize("everywhere", [True, False])
def test_a_closed_branch_offers_nothing_and_takes_nothing(branch: Branch, *, everywhere: bool) -> None:
    moved = booking(branch, starts_at=a_monday() + timedelta(days=1))
    _closed(None if everywhere else branch, a_monday().date())

    with pytest.raises(ValidationFailed) as made:
        booking(branch)
    with pytest.raises(ValidationFailed) as changed:
        change_booking(moved.pk, {"starts_at": a_monday()}, actor=SYSTEM)

    assert _slots(branch, a_monday().date()) == []
    assert len(_slots(branch, a_monday().date() + timedelta(days=1))) == 18
    assert [refusal.value.details[0].code for refusal in (made, changed)] == ["closed", "closed"]
    assert Booking.objects.get().starts_at == moved.starts_at


def test_a_closure_holds_for_its_branch_and_its_days_alone(branch: Branch, other_branch: Branch) -> None:
    _closed(other_branch, a_monday().date())
    _closed(branch, a_monday().date() - timedelta(days=7), a_monday().date() - timedelta(days=1))

    assert booking(branch).status == "booked"


def test_the_days_of_a_closure_are_those_of_the_branch() -> None:
    far_east = BranchFactory(timezone="Pacific/Auckland")
    starts_at = a_monday(22) - timedelta(days=1)  # on Monday morning over there
    made = booking(far_east, starts_at=starts_at)

    assert bookings_during(_closed(far_east, a_monday().date()), made.created_at) == [made]
    assert bookings_during(_closed(far_east, starts_at.date()), made.created_at) == []


def test_who_closes_over_bookings_is_told_of_them_and_they_stay(branch: Branch) -> None:
    made = booking(branch)
    chief = Office(member("manager", branch))
    day = a_monday().date().isoformat()

    fields = {"branch": str(branch.pk), "first_day": day, "last_day": day, "reason": "Move"}
    chief.post(address(BookingClosure, "add"), **fields)
    answer = chief.list(BookingClosure)

    made.refresh_from_db()
    assert "There are 1 bookings on these days" in answer.content.decode()
    assert made.status == "booked"


def test_a_manager_cannot_close_every_branch(branch: Branch) -> None:
    chief = Office(member("manager", branch))
    day = a_monday().date().isoformat()

    chief.post(address(BookingClosure, "add"), branch="", first_day=day, last_day=day, reason="All")

    assert BookingClosure.objects.count() == 0


@pytest.mark.parametrize(
    ("zone", "day", "first", "last", "slots"),
    [
        # Clocks go on from 02:00 to 03:00, and back from 03:00 to 02:00; in New York an hour later in the day.
        ("Europe/Berlin", date(2027, 3, 28), "23:00", "21:30", 46),
        ("Europe/Berlin", date(2027, 10, 31), "22:00", "22:30", 50),
        ("America/New_York", date(2027, 3, 14), "05:00", "03:30", 46),
        ("America/New_York", date(2027, 11, 7), "04:00", "04:30", 50),
    ],
)
def test_a_day_on_which_clocks_change_has_the_hours_that_it_has(
    zone: str, day: date, first: str, last: str, slots: int
) -> None:
    branch = BranchFactory(timezone=zone)
    BookingHours.objects.create(branch=branch, weekday=Weekday.SUNDAY, opens="00:00", closes="23:59:59")

    found = _slots(branch, day)

    starts = [slot.starts_at for slot in found]
    assert len(set(starts)) == len(starts)
    assert {later - earlier for earlier, later in pairwise(starts)} == {timedelta(minutes=30)}
    # The last half hour ends a second after the branch has closed.
    assert (f"{starts[0]:%H:%M}", f"{starts[-1] + timedelta(minutes=30):%H:%M}", len(found) + 1) == (first, last, slots)


def test_who_comes_is_reminded_once_a_day_before(branch: Branch) -> None:
    made = booking(branch)
    early, due = made.starts_at - timedelta(hours=24, minutes=1), made.starts_at - timedelta(hours=24)

    reminded = [remind_bookings(moment, actor=SYSTEM) for moment in (early, due, due + timedelta(minutes=5))]

    assert reminded == [0, 1, 0]
    [event] = Event.objects.filter(type=DUE)
    assert event.aggregate_id == made.pk


def test_a_moved_booking_is_reminded_of_anew_and_a_cancelled_one_never(branch: Branch) -> None:
    moved, cancelled = booking(branch), booking(branch)
    cancel_booking(cancelled.pk, actor=SYSTEM)
    assert remind_bookings(moved.starts_at - timedelta(hours=2), actor=SYSTEM) == 1

    later = moved.starts_at + timedelta(days=2)
    change_booking(moved.pk, {"starts_at": later}, actor=SYSTEM)

    assert remind_bookings(moved.starts_at - timedelta(hours=1), actor=SYSTEM) == 0
    assert remind_bookings(later - timedelta(hours=1), actor=SYSTEM) == 1


def test_what_has_begun_is_not_reminded_of(branch: Branch) -> None:
    made = booking(branch)

    with time_machine.travel(made.starts_at + timedelta(minutes=1), tick=False):
        assert remind_bookings(made.starts_at + timedelta(minutes=1), actor=SYSTEM) == 0
