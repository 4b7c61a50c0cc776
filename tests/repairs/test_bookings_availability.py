"""GET /bookings/availability: what is left of a day on the branch's calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.inventory.models import Branch
from apps.repairs.models import BookingHours
from apps.repairs.services import cancel_booking
from tests.accounts.conftest import outcome
from tests.admin.office import Office
from tests.conftest import Api
from tests.factories import BranchFactory, booking, member
from tests.repairs.contract import SYSTEM, named

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 27, 10, 0, tzinfo=UTC)  # a Friday; clocks in Berlin change on the Sunday
NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"
SATURDAY, MONDAY = "2026-03-28", "2026-03-30"


@pytest.fixture(autouse=True)
def _on_friday_at_ten() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def berlin(db: None) -> Branch:
    return BranchFactory(timezone="Europe/Berlin")


def asked(api: Api, branch: Branch, day: str) -> dict[str, Any]:
    answer = api.get(f"bookings/availability?branchId={branch.pk}&date={day}")
    assert answer.status_code == 200, answer.body
    data: dict[str, Any] = answer.body["data"]
    return data


def free(api: Api, branch: Branch, day: str) -> dict[str, int]:
    """How many fit, by the hour and minute in UTC."""
    return {slot["startsAt"][11:16]: slot["free"] for slot in asked(api, branch, day)["items"]}


def test_a_day_is_answered_in_the_zone_of_the_branch(admin: Api, berlin: Branch) -> None:
    saturday, monday = asked(admin, berlin, SATURDAY), asked(admin, berlin, MONDAY)

    assert {name: monday[name] for name in ("branchId", "date", "timezone")} == {
        "branchId": str(berlin.pk), "date": MONDAY, "timezone": "Europe/Berlin"
    }  # fmt: skip
    assert (len(saturday["items"]), len(monday["items"])) == (18, 18)
    assert saturday["items"][0] == {
        "startsAt": "2026-03-28T08:00:00.000000Z", "endsAt": "2026-03-28T08:30:00.000000Z", "free": 2
    }  # fmt: skip
    assert monday["items"][0]["startsAt"] == "2026-03-30T07:00:00.000000Z"
    assert monday["items"][-1]["endsAt"] == "2026-03-30T16:00:00.000000Z"


def test_a_day_on_which_the_clocks_change_is_an_hour_shorter(admin: Api, berlin: Branch) -> None:
    BookingHours.objects.create(branch=berlin, weekday=6, opens=time(1), closes=time(5), slot_minutes=60, capacity=1)

    found = free(admin, berlin, "2026-03-29")

    assert found == {"00:00": 1, "01:00": 1, "02:00": 1}


def test_bookings_take_places_from_every_slot_that_they_touch(admin: Api, branch: Branch) -> None:
    at_ten = datetime(2026, 3, 30, 10, 0, tzinfo=UTC)
    for minutes, lasts in ((15, 30), (30, 30), (45, 60)):
        booking(branch, starts_at=at_ten + timedelta(minutes=minutes), duration_minutes=lasts)
    cancelled = booking(branch, starts_at=at_ten)
    cancel_booking(cancelled.pk, actor=SYSTEM)

    found = free(admin, branch, MONDAY)

    slots = ("09:30", "10:00", "10:30", "11:00", "11:30", "12:00")
    assert [found[slot] for slot in slots] == [2, 1, 0, 1, 1, 2]


@pytest.mark.exhaustive
def test_what_is_offered_can_be_booked_and_nothing_else(seller: Api, branch: Branch) -> None:
    booking(branch, starts_at=datetime(2026, 3, 30, 10, 10, tzinfo=UTC), duration_minutes=45)
    booking(branch, starts_at=datetime(2026, 3, 30, 10, 45, tzinfo=UTC), duration_minutes=15)
    guest = {"firstName": "Kim", "lastName": "Ng", "phone": "+447700900123"}

    for slot in asked(seller, branch, MONDAY)["items"]:
        body = {"branchId": str(branch.pk), "startsAt": slot["startsAt"], "durationMinutes": 30, **guest}
        answers = [seller.post("bookings", body).status_code for _ in range(slot["free"] + 1)]
        assert answers == [201] * slot["free"] + [409]

    assert set(free(seller, branch, MONDAY).values()) == {0}


def test_of_today_there_is_what_has_not_begun(admin: Api, branch: Branch) -> None:
    assert next(iter(free(admin, branch, "2026-03-27"))) == "10:30"


@pytest.mark.parametrize(
    "day", ["2026-03-26", "2026-03-29", "2027-03-30", "0001-01-01", "9999-12-31"], ids=lambda day: f"on {day}"
)
def test_a_day_without_bookings_to_be_had_is_empty(admin: Api, berlin: Branch, day: str) -> None:
    assert asked(admin, berlin, day)["items"] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [("branchId", "required"), ("date", "required")]),
        ("date=2026-03-30", [("branchId", "required")]),
        ("branchId=x&date=2026-02-30", [("branchId", "invalid"), ("date", "invalid")]),
        (f"branchId={NOBODY}&date=2026-03-30&minutes=5", [("minutes", "unknown_parameter")]),
        (f"branchId={NOBODY}&date=2026-03-30&date=2026-03-31", [("date", "repeated")]),
    ],
)
def test_a_wrong_question_is_refused(admin: Api, query: str, found: list[tuple[str, str]]) -> None:
    answer = admin.get(f"bookings/availability?{query}")

    assert (outcome(answer), named(answer)) == ((400, "VALIDATION_ERROR"), found)


def test_staff_ask_about_their_branches_and_customers_about_those_that_are_open(
    technician: Api, customer: Api, branch: Branch, other_branch: Branch
) -> None:
    closed = BranchFactory(is_active=False)
    missing = (404, "NOT_FOUND")

    def statuses(api: Api) -> list[tuple[int, str]]:
        paths = [f"bookings/availability?branchId={one.pk}&date={MONDAY}" for one in (branch, other_branch, closed)]
        return [outcome(api.get(path)) for path in paths]

    assert statuses(technician) == [(200, ""), missing, missing]
    assert statuses(customer) == [(200, ""), (200, ""), missing]


def test_a_full_day_takes_as_many_queries_as_an_empty_one(admin: Api, branch: Branch) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked_for:
            asked(admin, branch, MONDAY)
        return len(asked_for)

    queries()  # the session is marked as seen once a while
    empty = queries()
    for number in range(6):
        booking(branch, starts_at=datetime(2026, 3, 30, 10 + number, 0, tzinfo=UTC))

    assert (empty, queries()) == (5, 5)


@pytest.mark.exhaustive
def test_hours_are_laid_down_in_the_back_office(admin: Api, branch: Branch) -> None:
    chief = Office(member("manager", branch))
    fields = {"branch": branch.pk, "weekday": 0, "opens": "08:00", "closes": "10:00", "capacity": 3, "slot_minutes": 60}

    refused = chief.add(BookingHours, **{**fields, "closes": "08:00"})
    before = BookingHours.objects.count()
    added = chief.add(BookingHours, **fields)

    assert (refused.status_code, before, added.status_code) == (200, 0, 302)
    assert "A branch opens before it closes." in refused.content.decode()
    assert free(admin, branch, MONDAY) == {"08:00": 3, "09:00": 3}
    assert free(admin, branch, SATURDAY) == {}
