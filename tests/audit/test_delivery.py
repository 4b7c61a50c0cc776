"""Deliveries reach their subscribers: once, again after a failure, and never lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from apps.audit import tasks
from apps.audit.enums import DeliveryStatus
from apps.audit.models import Delivery, Event
from apps.audit.registry import subscribe
from apps.audit.rules import ATTEMPTS, LEASE
from apps.audit.services import deliver, retry, sweep
from apps.audit.services.delivery import _claim, _handle, _postpone
from apps.core.ids import new_id
from tests.audit.conftest import SYSTEM, delivery, forgive, heard, tell
from tests.probe.events import Told

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def test_deliver_runs_the_handler_and_marks_it_done() -> None:
    with at(NOW):
        event = tell()
        done = deliver([str(delivery(event).pk)])

    row = delivery(event)
    assert (done, heard(event)) == (1, ["first"])
    assert (row.status, row.attempts, row.done_at) == (DeliveryStatus.DONE, 1, NOW)
    assert (row.lease_owner, row.lease_until, row.last_error) == (None, None, "")


def test_deliver_again_has_no_effect() -> None:
    event = tell()
    deliver([delivery(event).pk])

    again = deliver([delivery(event).pk, delivery(event).pk])

    assert (again, heard(event), delivery(event).attempts) == (0, ["first"], 1)


def test_deliver_of_an_unknown_id_does_nothing() -> None:
    assert deliver([new_id()]) == 0


def test_the_tasks_deliver_and_sweep_by_their_names() -> None:
    woken, lost = tell(), tell()

    tasks.deliver.apply(args=[[str(delivery(woken).pk)]])
    woken_only = (heard(woken), heard(lost))
    tasks.sweep.apply()

    assert (tasks.deliver.name, tasks.sweep.name) == ("audit.deliver", "audit.sweep")
    assert woken_only == (["first"], [])
    assert (heard(woken), heard(lost)) == (["first", "second"], ["first", "second"])


def test_a_failing_handler_leaves_no_effect_and_waits_between_one_and_three_seconds() -> None:
    with at(NOW):
        event = tell("fails")
        done = deliver([delivery(event).pk])

    row = delivery(event)
    assert (done, heard(event)) == (0, [])
    assert (row.status, row.attempts, row.lease_owner, row.lease_until) == (DeliveryStatus.PENDING, 1, None, None)
    assert timedelta(seconds=1) <= row.next_attempt_at - NOW <= timedelta(seconds=3)
    assert row.last_error == "RuntimeError: not today"  # and without the NUL, which PostgreSQL refuses


def test_a_failing_handler_does_not_hold_up_the_others() -> None:
    failing, calm = tell("fails"), tell()

    done = sweep()

    assert done == 3
    assert (heard(failing), heard(calm)) == (["second"], ["first", "second"])


def test_a_postponed_delivery_is_taken_up_when_its_time_has_come() -> None:
    with at(NOW):
        event = tell("fails")
        deliver([delivery(event).pk])
        forgive(event)
    due = delivery(event).next_attempt_at

    with at(due - timedelta(microseconds=1)):
        early = deliver([delivery(event).pk])
    with at(due):
        in_time = deliver([delivery(event).pk])

    assert (early, in_time) == (0, 1)
    assert (heard(event), delivery(event).attempts, delivery(event).last_error) == (["first"], 2, "")


def _fail_until_dead(event: object) -> None:
    row = delivery(event)
    while row.status == DeliveryStatus.PENDING:
        with at(row.next_attempt_at):
            deliver([row.pk])
        row = delivery(event)


def test_a_delivery_that_always_fails_becomes_a_dead_letter_after_the_last_attempt() -> None:
    event = tell("fails")
    _fail_until_dead(event)

    with at(datetime(2036, 1, 1, tzinfo=UTC)):
        deliver([delivery(event).pk])
        sweep()

    row = delivery(event)
    assert (row.status, row.attempts, row.lease_owner) == (DeliveryStatus.DEAD, ATTEMPTS, None)
    assert heard(event) == ["second"]
    assert list(Delivery.objects.dead()) == [row]


def test_retry_revives_a_dead_letter_with_all_its_attempts() -> None:
    event = tell("fails")
    _fail_until_dead(event)
    forgive(event)

    with at(NOW):
        was_dead = retry(delivery(event), actor=SYSTEM)
        revived = delivery(event)
        done = deliver([revived.pk])

    assert was_dead
    told = Event.objects.get(type="audit.delivery.retried")
    assert (told.aggregate_id, told.payload) == (revived.pk, {"changes": {"status": ["dead", "pending"]}})
    assert (revived.status, revived.attempts, revived.next_attempt_at) == (DeliveryStatus.PENDING, 0, NOW)
    assert (done, heard(event), delivery(event).status) == (1, ["first"], DeliveryStatus.DONE)


@pytest.mark.parametrize("mood", ["calm", "fails"])
def test_retry_leaves_what_is_not_dead_as_it_is(mood: str) -> None:
    event = tell(mood)
    deliver([delivery(event).pk])
    before = Delivery.objects.values().get(pk=delivery(event).pk)

    was_dead = retry(delivery(event), actor=SYSTEM)

    assert not was_dead
    assert not Event.objects.filter(type="audit.delivery.retried").exists()
    assert Delivery.objects.values().get(pk=delivery(event).pk) == before


def test_sweep_takes_what_no_wake_up_reached_oldest_first() -> None:
    with at(NOW):
        second = tell()
    with at(NOW - timedelta(hours=1)):
        first = tell()

    with at(NOW):
        done = sweep(limit=2)

    assert (done, heard(first), heard(second)) == (2, ["first", "second"], [])


def test_a_worker_killed_between_claim_and_effect_loses_nothing() -> None:
    with at(NOW):
        event = tell()
        _claim(delivery(event).pk, NOW)

    with at(NOW + LEASE):
        while_leased = deliver([delivery(event).pk])
    with at(NOW + LEASE + timedelta(microseconds=1)):
        sweep()

    assert while_leased == 0
    assert (heard(event), delivery(event).status, delivery(event).attempts) == (
        ["first", "second"], DeliveryStatus.DONE, 2
    )  # fmt: skip


def test_a_worker_killed_in_the_effect_leaves_none_of_it_and_another_takes_it_up() -> None:
    with at(NOW):
        event = tell("dies")
        with pytest.raises(SystemExit):
            deliver([delivery(event).pk])
        killed = (heard(event), delivery(event).status, delivery(event).lease_until)
        forgive(event)

    with at(NOW + LEASE + timedelta(seconds=1)):
        sweep()

    assert killed == ([], DeliveryStatus.PENDING, NOW + LEASE)
    assert (heard(event), delivery(event).status) == (["first", "second"], DeliveryStatus.DONE)


def test_a_delivery_that_kills_its_worker_each_time_becomes_a_dead_letter() -> None:
    moment = NOW
    with at(moment):
        event = tell("dies")
    for _ in range(ATTEMPTS):
        moment += LEASE + timedelta(seconds=1)
        with at(moment), pytest.raises(SystemExit):
            deliver([delivery(event).pk])

    with at(moment + LEASE + timedelta(seconds=1)):
        woken = deliver([delivery(event).pk])
        sweep()

    row = delivery(event)
    assert (woken, heard(event)) == (0, ["second"])
    assert (row.status, row.attempts, row.lease_owner) == (DeliveryStatus.DEAD, ATTEMPTS, None)
    assert row.last_error == "The worker died at each attempt."


def test_a_worker_whose_lease_went_to_another_writes_nothing() -> None:
    event = tell()
    pk, other = delivery(event).pk, new_id()
    lease = _claim(pk, datetime.now(UTC))
    assert lease is not None
    Delivery.objects.filter(pk=pk).update(lease_owner=other)
    before = Delivery.objects.values().get(pk=pk)

    handled = _handle(pk, lease)
    _postpone(pk, lease, RuntimeError("too late"))

    assert (handled, heard(event)) == (False, [])
    assert Delivery.objects.values().get(pk=pk) == before


def test_a_subscriber_that_the_code_no_longer_has_does_not_stop_the_sweeper() -> None:
    with at(NOW):
        event = tell()
        Delivery.objects.filter(pk=delivery(event).pk).update(subscriber="probe.gone")
        done = sweep()

    row = delivery(event, "probe.gone")
    assert (done, heard(event)) == (1, ["second"])
    assert (row.status, row.attempts) == (DeliveryStatus.PENDING, 1)
    assert row.last_error == "LookupError: No subscriber is named 'probe.gone'."


def test_a_subscriber_that_comes_later_hears_what_happens_from_then_on(
    subscribe_late: Callable[[str], None],
) -> None:
    before = tell()
    subscribe_late("probe.late_ear")
    after = tell()

    done = sweep()

    assert done == 5
    assert Delivery.objects.filter(subscriber="probe.late_ear").values_list("event_id", "status").get() == (
        after.pk, DeliveryStatus.DONE
    )  # fmt: skip
    assert before.deliveries.count() == 2


def test_two_subscribers_cannot_have_one_name() -> None:
    with pytest.raises(ValueError, match=r"already a subscriber named 'probe\.first_ear'"):
        subscribe("probe.first_ear", Told)(lambda event: None)
