"""Promises, limits of time and devices that nobody fetches."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

import pytest
from django.utils import timezone

from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder, StatusLimit, WorkshopSettings
from apps.repairs.rules.due import Limit, due, narrowest
from apps.repairs.services import edit_order, remind_unclaimed, tell_delays
from tests.conftest import Api
from tests.factories import order
from tests.racing import race
from tests.repairs.contract import STATUSES, SYSTEM, WAY_TO, events_of

NOW = datetime.fromisoformat("2026-03-02T12:00:00+00:00")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OPEN = {"pending", "awaiting_approval", "in_progress", "waiting_parts"}


@pytest.mark.django_db
def test_the_narrowest_limit_holds(branch: Branch, other_branch: Branch) -> None:
    rows = [Limit(None, "", 1), Limit(None, "urgent", 2), Limit(branch.pk, "", 3), Limit(branch.pk, "urgent", 4)]
    known = {
        (branch.pk, "urgent"): 4, (branch.pk, "normal"): 3, (other_branch.pk, "urgent"): 2,
        (other_branch.pk, "normal"): 1,
    }  # fmt: skip

    assert {key: narrowest(rows, *key) for key in known} == known
    assert narrowest(rows[:3], branch.pk, "urgent") == 3
    assert narrowest([Limit(other_branch.pk, "", 9)], branch.pk, "normal") is None


def test_an_order_is_overdue_when_either_time_has_passed() -> None:
    for status, promise, hours in product(STATUSES, [None, -1, 1], [None, 1, 3]):
        found = due(status, NOW - 2 * HOUR, None if promise is None else NOW + promise * HOUR, hours)

        late = (promise == -1 and status in OPEN) or hours == 1
        assert found.is_overdue(NOW) is late, (status, promise, hours)


def test_the_interface_tells_when_an_order_is_due(manager: Api, branch: Branch) -> None:
    promise = (timezone.now() + 5 * HOUR).replace(microsecond=0)
    found = order(branch, estimated_completion=promise)
    StatusLimit.objects.create(status="pending", hours=2)
    RepairOrder.objects.filter(pk=found.pk).update(status_since=promise - 8 * HOUR)

    data = manager.get(f"repairs/{found.pk}/due").body["data"]

    assert datetime.fromisoformat(data["promisedAt"]) == promise
    assert datetime.fromisoformat(data["dueAt"]) == datetime.fromisoformat(data["limitAt"]) == promise - 6 * HOUR
    assert (data["limitHours"], data["isOverdue"]) == (2, True)


@pytest.mark.parametrize(
    ("minutes", "status", "told"),
    [(-60, "pending", 1), (59, "in_progress", 1), (61, "pending", 0), (-60, "completed", 0), (-60, "cancelled", 0)],
)
def test_a_promise_that_is_missed_is_told_once(branch: Branch, minutes: int, status: str, told: int) -> None:
    promise = NOW + timedelta(minutes=minutes)
    found = order(branch, status=WAY_TO[status], estimated_completion=promise)

    runs = [tell_delays(actor=SYSTEM, now=NOW) for _ in range(2)]

    assert runs == [told, 0]
    assert len(events_of(found, "repairs.repair_delayed")) == told


def test_a_new_promise_is_told_of_anew(branch: Branch) -> None:
    found = order(branch, estimated_completion=NOW)
    tell_delays(actor=SYSTEM, now=NOW)

    edit_order(found.pk, {"estimated_completion": NOW + DAY}, actor=SYSTEM)

    assert [tell_delays(actor=SYSTEM, now=NOW + days * DAY) for days in (0, 1, 2)] == [0, 1, 0]


def _ready(branch: Branch, days: int) -> RepairOrder:
    found = order(branch, status=WAY_TO["ready_pickup"])
    RepairOrder.objects.filter(pk=found.pk).update(status_since=timezone.now() - days * DAY)
    return found


def test_unclaimed_is_what_was_ready_for_longer_than_the_branch_waits(
    admin: Api, branch: Branch, other_branch: Branch
) -> None:
    WorkshopSettings.objects.create(branch=other_branch, unclaimed_after_days=3)
    usual, usual_late = _ready(branch, 29), _ready(branch, 30)
    own, own_late = _ready(other_branch, 2), _ready(other_branch, 3)
    order(branch)

    found = {one["id"] for one in admin.get("repairs?unclaimed=true").body["data"]["items"]}
    others = {one["id"] for one in admin.get("repairs?unclaimed=false").body["data"]["items"]}

    assert found == {str(usual_late.pk), str(own_late.pk)}
    assert {str(usual.pk), str(own.pk)} < others
    assert not found & others


def test_who_does_not_come_is_reminded_every_so_many_days(branch: Branch) -> None:
    WorkshopSettings.objects.create(branch=branch, unclaimed_after_days=10, reminder_every_days=4)
    found, now = _ready(branch, 9), timezone.now()

    sent = [remind_unclaimed(actor=SYSTEM, now=now + day * DAY) for day in range(10)]

    assert sent == [0, 1, 0, 0, 0, 1, 0, 0, 0, 1]
    assert len(events_of(found, "repairs.pickup_reminder_due")) == 3


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_tell_once(branch: Branch) -> None:
    late, left = order(branch, estimated_completion=NOW), _ready(branch, 40)
    now = timezone.now()

    told = race(*[lambda: tell_delays(actor=SYSTEM, now=NOW) for _ in range(3)])
    reminded = race(*[lambda: remind_unclaimed(actor=SYSTEM, now=now) for _ in range(3)])

    assert (sorted(told), sorted(reminded)) == ([0, 0, 1], [0, 0, 1])
    assert len(events_of(late, "repairs.repair_delayed")) == len(events_of(left, "repairs.pickup_reminder_due")) == 1
