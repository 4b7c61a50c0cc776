"""Time that people spend: one thing at once, corrected with a reason, and never two times over."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.exceptions import DomainError
from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder, Rework, WorkCorrection, WorkEntry
from apps.repairs.rules.work import Stretch, minutes, require_possible
from apps.repairs.services import assign, start_work, stop_work
from tests.conftest import Api
from tests.factories import line, member, order, stocked
from tests.racing import race
from tests.repairs.contract import WAY_TO, books, events_of, named

NOON = datetime.fromisoformat("2026-03-02T12:00:00+00:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def own(technician: Api, branch: Branch) -> RepairOrder:
    return order(branch, technician=technician.user)


def spent(found: RepairOrder, person: Any, began: datetime, ended: datetime | None) -> WorkEntry:
    return WorkEntry.objects.create(order=found, technician=person, started_at=began, stopped_at=ended)


def test_two_stretches_overlap_exactly_when_they_share_time() -> None:
    for start, length, begin, long in product(range(4), range(1, 4), range(4), range(1, 4)):
        one = Stretch(NOON + start * HOUR, NOON + (start + length) * HOUR)
        other = Stretch(NOON + begin * HOUR, NOON + (begin + long) * HOUR)
        shared = set(range(start, start + length)) & set(range(begin, begin + long))

        assert one.overlaps(other, NOON) is bool(shared)


@pytest.mark.parametrize(
    ("began", "ended", "code"),
    [(0, 1, "done"), (1, 0, "VALIDATION_ERROR"), (-22, 2, "done"), (-23, 2, "VALIDATION_ERROR"),
     (4, 6, "VALIDATION_ERROR"), (2, 4, "CONFLICT"), (1, 2, "done"), (4, 5, "CONFLICT")],
)  # fmt: skip
def test_times_that_cannot_be_are_refused(began: int, ended: int, code: str) -> None:
    others = [Stretch(NOON + 2 * HOUR, NOON + 3 * HOUR), Stretch(NOON + 4 * HOUR, None)]

    try:
        require_possible(Stretch(NOON + began * HOUR, NOON + ended * HOUR), others, NOON + 5 * HOUR)
        found = "done"
    except DomainError as refusal:
        found = refusal.code

    assert found == code


def test_minutes_are_counted_once_in_all_and_running_ones_until_now() -> None:
    half = [Stretch(NOON, NOON + timedelta(seconds=90)), Stretch(NOON, NOON + timedelta(seconds=30))]

    assert minutes(half, NOON) == 2
    assert minutes([Stretch(NOON, None)], NOON + timedelta(seconds=179)) == 2
    assert minutes([Stretch(NOON, None)], NOON - HOUR) == 0


def test_time_runs_from_start_to_stop_and_is_summed_by_person_and_line(technician: Api, own: RepairOrder) -> None:
    row = own.lines.get()
    now = timezone.now()
    spent(own, technician.user, now - 3 * HOUR, now - 2 * HOUR)

    started = technician.post(f"repairs/{own.pk}/work/start", {"lineId": str(row.pk)})
    again = technician.post(f"repairs/{own.pk}/work/start", {"lineId": str(row.pk)})
    stopped = technician.post(f"repairs/{own.pk}/work/stop")
    twice = technician.post(f"repairs/{own.pk}/work/stop")
    data = technician.get(f"repairs/{own.pk}/work").body["data"]

    assert [one.status_code for one in (started, again, stopped, twice)] == [200] * 4
    assert (started.body["data"]["entries"][1]["stoppedAt"], len(again.body["data"]["entries"])) == (None, 2)
    assert twice.body["data"]["entries"][1]["stoppedAt"] == stopped.body["data"]["entries"][1]["stoppedAt"] is not None
    assert (data["minutes"], data["byLine"]) == (60, [{"lineId": str(row.pk), "minutes": 0}])
    assert data["byTechnician"] == [{"technicianId": str(technician.user.pk), "minutes": 60}]
    assert len(events_of(own, "repairs.work_started")) == len(events_of(own, "repairs.work_stopped")) == 1


def test_nobody_works_on_two_things_at_once(technician: Api, branch: Branch, own: RepairOrder) -> None:
    other = order(branch, technician=technician.user)
    technician.post(f"repairs/{own.pk}/work/start")

    elsewhere = technician.post(f"repairs/{other.pk}/work/start")
    other_line = technician.post(f"repairs/{own.pk}/work/start", {"lineId": str(own.lines.get().pk)})

    assert (elsewhere.status_code, elsewhere.body["error"]) == (
        409, f"Your time runs on {own.order_number}: stop that first.",
    )  # fmt: skip
    assert other_line.status_code == 409
    assert WorkEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_starts_at_once_one_runs(branch: Branch) -> None:
    person = member("technician", branch)
    orders = [order(branch, technician=person) for _ in range(3)]
    callers = [Api(person) for _ in orders]

    answers = race(*[
        lambda api=api, found=found: api.post(f"repairs/{found.pk}/work/start")
        for api, found in zip(callers, orders, strict=True)
    ])  # fmt: skip

    assert sorted(getattr(answer, "status_code", answer) for answer in answers) == [200, 409, 409]
    assert WorkEntry.objects.filter(stopped_at=None).count() == 1


def test_who_gave_the_order_away_can_still_stop(technician: Api, own: RepairOrder) -> None:
    technician.post(f"repairs/{own.pk}/work/start")
    assign(own.pk, None, actor=Actor.system("test"))

    stopped = technician.post(f"repairs/{own.pk}/work/stop")

    assert (stopped.status_code, WorkEntry.objects.get().stopped_at is not None) == (200, True)
    assert technician.get(f"repairs/{own.pk}/work").status_code == 404


@pytest.mark.parametrize(("status", "to"), [("pending", "cancelled"), ("ready_pickup", "delivered")])
def test_what_ends_the_order_stops_the_time_that_runs(manager: Api, branch: Branch, status: str, to: str) -> None:
    found = order(branch, status=WAY_TO[status])
    manager.post(f"repairs/{found.pk}/work/start")

    moves = manager.get(f"repairs/{found.pk}/transitions").body["data"]["items"]
    manager.put(f"repairs/{found.pk}/status", {"status": to, "notes": "because"})

    assert "Time that still runs is stopped." in next(move for move in moves if move["to"] == to)["effects"]
    assert WorkEntry.objects.get().stopped_at is not None
    assert len(events_of(found, "repairs.work_stopped")) == 1
    assert manager.post(f"repairs/{found.pk}/work/start").status_code == 409


def test_a_time_is_corrected_with_a_reason_and_what_it_was_stays(technician: Api, own: RepairOrder) -> None:
    now = timezone.now()
    entry = spent(own, technician.user, now - 5 * HOUR, now - 2 * HOUR)
    body = {"stoppedAt": (now - 4 * HOUR).isoformat(), "reason": "forgot to stop"}

    answer = technician.patch(f"work-entries/{entry.pk}", body)

    assert (answer.status_code, answer.body["data"]["minutes"]) == (200, 60)
    assert answer.body["data"]["entries"][0]["isCorrected"] is True
    kept = WorkCorrection.objects.get()
    assert (kept.old_stopped_at, kept.new_stopped_at, kept.reason) == (
        now - 2 * HOUR, now - 4 * HOUR, "forgot to stop",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"stoppedAt": -4}, (400, [("reason", "required")])),
        ({"stoppedAt": 1, "reason": "x"}, (400, [("stoppedAt", "max_value")])),
        ({"startedAt": -1, "reason": "x"}, (400, [("stoppedAt", "min_value")])),
        ({"startedAt": -27, "reason": "x"}, (400, [("startedAt", "min_value")])),
        ({"stoppedAt": -0.5, "reason": "x"}, (409, [])),
    ],
)
def test_a_correction_that_cannot_be_changes_nothing(
    technician: Api, own: RepairOrder, body: dict[str, Any], refusal: tuple[int, list[tuple[str, str]]]
) -> None:
    now = timezone.now()
    entry = spent(own, technician.user, now - 5 * HOUR, now - 2 * HOUR)
    spent(own, technician.user, now - HOUR, None)
    before = list(WorkEntry.objects.order_by("pk").values())
    sent = {name: value if name == "reason" else (now + value * HOUR).isoformat() for name, value in body.items()}

    answer = technician.patch(f"work-entries/{entry.pk}", sent)

    assert (answer.status_code, named(answer)) == refusal
    assert (list(WorkEntry.objects.order_by("pk").values()), WorkCorrection.objects.count()) == (before, 0)


def test_only_the_own_time_and_managers_may_correct(branch: Branch, other_branch: Branch, manager: Api) -> None:
    people = [member("technician", branch) for _ in range(2)]
    entry = spent(order(branch, technician=people[0]), people[0], NOON, NOON + HOUR)
    body = {"startedAt": (NOON - HOUR).isoformat(), "reason": "began earlier"}
    callers = [Api(people[1]), Api(member("manager", other_branch)), manager]

    codes = [api.patch(f"work-entries/{entry.pk}", body).status_code for api in callers]

    assert codes == [404, 404, 200]


def test_a_running_time_is_not_corrected_without_an_end(technician: Api, own: RepairOrder) -> None:
    entry = start_work(own.pk, actor=Actor.user(technician.user))

    answer = technician.patch(f"work-entries/{entry.pk}", {"reason": "x"})

    assert (answer.status_code, named(answer)) == (400, [("stoppedAt", "required")])
    stop_work(own.pk, actor=Actor.user(technician.user))


@pytest.mark.parametrize("status", ["completed", "ready_pickup"])
def test_work_that_is_done_again_is_noted_with_whose_it_was(manager: Api, branch: Branch, status: str) -> None:
    person, part = member("technician", branch), stocked(1, branch)
    found = order(branch, status=WAY_TO[status], lines=[line(part), line()], technician=person)
    row = found.lines.first()

    body = {"status": "in_progress", "notes": "touch is dead", "lineIds": [str(row.pk)]}
    answer = manager.put(f"repairs/{found.pk}/status", body)
    manager.put(f"repairs/{found.pk}/status", {"status": "completed"})
    manager.put(f"repairs/{found.pk}/status", {"status": "in_progress", "notes": "again"})
    rows = manager.get(f"repairs/{found.pk}/reworks").body["data"]["items"]

    assert answer.status_code == 200
    assert [(one["technicianId"], one["inventoryItemId"], one["lineId"], one["reason"]) for one in rows] == [
        (str(person.pk), str(part.pk), str(row.pk), "touch is dead"),
        (str(person.pk), None, None, "again"),
    ]
    assert len(events_of(found, "repairs.rework_noted")) == 2


def test_an_order_that_was_given_up_is_no_rework(manager: Api, branch: Branch) -> None:
    found = order(branch, status="cancelled>ready_pickup")

    manager.put(f"repairs/{found.pk}/status", {"status": "in_progress", "notes": "changed their mind"})

    assert Rework.objects.count() == 0


@pytest.mark.parametrize(
    ("status", "to", "code"),
    [("pending", "in_progress", "not_allowed"), ("completed", "in_progress", "does_not_exist")],
)
def test_lines_that_do_not_go_with_the_move_change_nothing(
    manager: Api, branch: Branch, status: str, to: str, code: str
) -> None:
    found, other = order(branch, status=WAY_TO[status]), order(branch)
    before = books()

    body = {"status": to, "notes": "because", "lineIds": [str(other.lines.get().pk)]}
    answer = manager.put(f"repairs/{found.pk}/status", body)

    assert (answer.status_code, named(answer)) == (400, [("lineIds", code)])
    assert (books(), Rework.objects.count()) == (before, 0)
