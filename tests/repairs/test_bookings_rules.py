"""Opening hours, slots and places, on paper: also on the days on which the clocks change."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from apps.core.exceptions import Conflict, ValidationFailed
from apps.repairs.rules import bookings as rules
from apps.repairs.rules.bookings import USUAL_WEEK, Contact, Hours, Span

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
MONDAY = date(2026, 3, 23)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
EARLIER = datetime(2026, 1, 1, tzinfo=UTC)
ROUND_THE_CLOCK = Hours(time(0), time(23, 59), 2, 60)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


def span(hour: int, minute: int = 0, minutes: int = 30) -> Span:
    return rules.span_of(at(hour, minute), minutes)


@pytest.mark.parametrize(
    ("taken", "most"),
    [
        ([], 0),
        ([span(10)], 1),
        ([span(9, 30)], 0),
        ([span(10, 30)], 0),
        ([span(9, 45)], 1),
        ([span(10, 29)], 1),
        ([span(9, 0, 240)], 1),
        ([span(10), span(10)], 2),
        ([span(9, 40), span(10, 10)], 1),
        ([span(9, 41), span(10, 10)], 2),
        ([span(10, 0, 15), span(10, 15, 15)], 1),
        ([span(10, 0, 16), span(10, 15, 15)], 2),
    ],
)
def test_what_runs_at_the_same_moment_is_counted_and_not_what_only_touches(taken: list[Span], most: int) -> None:
    assert rules.most_at_once(span(10), taken) == most


def test_the_busiest_moment_is_found_whatever_overlaps() -> None:
    chance = random.Random(5)
    for _ in range(200):
        taken = [span(9, chance.randrange(60), chance.randrange(5, 120)) for _ in range(chance.randrange(8))]
        wanted = span(9, chance.randrange(60), chance.randrange(5, 90))
        minutes = int((wanted.ends - wanted.starts) / timedelta(minutes=1))
        moments = [wanted.starts + timedelta(minutes=number) for number in range(minutes)]

        counted = max(sum(one.starts <= moment < one.ends for one in taken) for moment in moments)

        assert rules.most_at_once(wanted, taken) == counted


@pytest.mark.parametrize(("running", "fits"), [(0, True), (1, True), (2, False), (3, False)])
def test_the_capacity_of_the_hours_is_the_most_that_run_at_once(running: int, fits: bool) -> None:
    taken = [span(10)] * running

    if fits:
        rules.require_place(span(10, 15), rules.USUAL_HOURS, taken)
    else:
        with pytest.raises(Conflict):
            rules.require_place(span(10, 15), rules.USUAL_HOURS, taken)


@pytest.mark.parametrize(
    ("wanted", "is_open"),
    [
        (span(9), True),
        (span(8, 59), False),
        (span(17, 30), True),
        (span(17, 31), False),
        (span(18), False),
        (span(14, 0, 240), True),
        (span(14, 1, 240), False),
        (rules.span_of(at(10, day=MONDAY + timedelta(days=5)), 30), True),
        (rules.span_of(at(10, day=MONDAY + timedelta(days=6)), 30), False),
    ],
)
def test_all_of_a_booking_lies_within_the_usual_hours(wanted: Span, is_open: bool) -> None:
    if is_open:
        assert rules.hours_for(wanted, USUAL_WEEK, UTC_ZONE) == Hours(time(9), time(18), 2, 30)
    else:
        with pytest.raises(ValidationFailed) as refused:
            rules.hours_for(wanted, USUAL_WEEK, UTC_ZONE)
        assert [(detail.field, detail.code) for detail in refused.value.details] == [("startsAt", "closed")]


def test_hours_are_those_of_the_day_that_it_is_at_the_branch() -> None:
    """Monday at 00:30 UTC is Sunday evening in New York and Monday morning in Tokyo."""
    week = {6: ROUND_THE_CLOCK}

    assert rules.hours_for(span(0, 30), week, ZoneInfo("America/New_York")) == ROUND_THE_CLOCK
    with pytest.raises(ValidationFailed):
        rules.hours_for(span(0, 30), week, ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    ("day", "opens"),
    [(date(2026, 3, 28), 8), (SPRING, 7), (date(2026, 10, 24), 7), (AUTUMN, 8)],
)
def test_a_branch_opens_at_nine_on_its_wall_clock_before_and_after_the_clocks_change(day: date, opens: int) -> None:
    opening = rules.opening_on(day, rules.USUAL_HOURS, BERLIN)

    assert opening == Span(at(opens, day=day), at(opens + 9, day=day))


@pytest.mark.parametrize(("day", "slots"), [(MONDAY, 23), (SPRING, 22), (AUTUMN, 24)])
def test_a_day_on_which_the_clocks_change_has_as_many_hours_as_it_has(day: date, slots: int) -> None:
    opening = rules.opening_on(day, ROUND_THE_CLOCK, BERLIN)

    found = list(rules.slots_of(opening, ROUND_THE_CLOCK, [], EARLIER))

    assert len({slot.starts_at for slot in found}) == slots
    assert {slot.ends_at - slot.starts_at for slot in found} == {timedelta(hours=1)}
    assert all(later.starts_at == earlier.ends_at for earlier, later in pairwise(found))


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    first, second = (rules.span_of(datetime(2026, 10, 25, 2, 0, tzinfo=BERLIN, fold=fold), 60) for fold in (0, 1))

    assert (first.ends, second.starts) == (at(1, day=AUTUMN), at(1, day=AUTUMN))
    assert rules.most_at_once(second, [first]) == 0


def test_slots_say_how_many_still_fit_and_leave_out_what_has_begun() -> None:
    hours = Hours(time(9), time(11, 45), 2, 30)
    taken = [span(10), span(10, 15), span(11, 0, 5)]

    found = list(rules.slots_of(rules.opening_on(MONDAY, hours, UTC_ZONE), hours, taken, at(9)))

    assert [(slot.starts_at, slot.free) for slot in found] == [
        (at(9, 30), 2), (at(10), 0), (at(10, 30), 1), (at(11), 1)
    ]  # fmt: skip


def test_a_slot_with_more_bookings_than_it_takes_now_is_just_full() -> None:
    hours = Hours(time(9), time(10), 1, 60)

    found = list(rules.slots_of(rules.opening_on(MONDAY, hours, UTC_ZONE), hours, [span(9)] * 3, EARLIER))

    assert [slot.free for slot in found] == [0]


@pytest.mark.parametrize(
    ("starts", "code"),
    [
        (at(9), "in_past"),
        (at(10), "in_past"),
        (at(10) + rules.FARTHEST + timedelta(microseconds=1), "too_far"),
        (datetime.max.replace(tzinfo=UTC), "too_far"),
        (datetime.min.replace(tzinfo=UTC), "in_past"),
    ],
)
def test_what_has_passed_and_what_is_far_off_is_refused(starts: datetime, code: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        rules.require_soon(starts, at(10))

    assert [(detail.field, detail.code) for detail in refused.value.details] == [("startsAt", code)]


def test_any_moment_of_the_next_year_is_soon() -> None:
    rules.require_soon(at(10) + timedelta(microseconds=1), at(10))
    rules.require_soon(at(10) + rules.FARTHEST, at(10))


def test_a_contact_is_a_name_and_a_number_and_stands_for_no_customer() -> None:
    rules.require_contact(Contact("Kim", "Ng", "+447700900123"))
    rules.require_no_contact(Contact())
    with pytest.raises(ValidationFailed) as missing:
        rules.require_contact(Contact(last_name="Ng", email="kim@mail.example"))
    with pytest.raises(ValidationFailed) as needless:
        rules.require_no_contact(Contact(last_name="Ng", email="kim@mail.example"))

    assert [(detail.field, detail.code) for detail in missing.value.details] == [
        ("firstName", "required"), ("phone", "required")
    ]  # fmt: skip
    assert [(detail.field, detail.code) for detail in needless.value.details] == [
        ("lastName", "not_allowed"), ("email", "not_allowed")
    ]  # fmt: skip
