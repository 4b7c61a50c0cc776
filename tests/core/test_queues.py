"""Which queue a job waits in, and how often it is tried."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app, shared_task
from celery.exceptions import Retry
from django.db import OperationalError

from apps.core.queues import QUEUES, policy_of, queue_of
from apps.core.working import Job

TRIED: list[str] = []


@shared_task(name="reports.tests_away")
def away() -> None:
    TRIED.append("away")
    raise OperationalError


@shared_task(name="notifications.tests_away_once")
def away_once() -> str:
    TRIED.append("once")
    if len(TRIED) == 1:
        raise ConnectionResetError
    return "done"


@shared_task(name="sync.tests_faulty")
def faulty() -> None:
    TRIED.append("faulty")
    raise ValueError


@pytest.fixture(autouse=True)
def _untried() -> Iterator[None]:
    TRIED.clear()
    yield
    TRIED.clear()


def waits(queue: str, chance: float) -> list[float]:
    policy = policy_of(queue)
    found = [policy.wait_after(tried, chance) for tried in range(1, 9)]
    return [wait for wait in found if wait is not None]


def test_each_queue_waits_as_its_policy_says() -> None:
    assert {queue: waits(queue, 0) for queue in QUEUES} == {
        "notifications": [2.0, 4.0],
        "sync": [5.0, 10.0, 20.0, 40.0],
        "reports": [10.0],
        "default": [2.0, 4.0],
    }


def test_only_messages_and_small_jobs_are_spread_and_never_earlier() -> None:
    assert {queue: waits(queue, 1.0) for queue in QUEUES} == {
        "notifications": [3.0, 6.0],
        "sync": [5.0, 10.0, 20.0, 40.0],
        "reports": [10.0],
        "default": [3.0, 6.0],
    }


@pytest.mark.parametrize(
    ("name", "queue"),
    [
        ("notifications.send", "notifications"),
        ("reports.make", "reports"),
        ("sync.pull", "sync"),
        ("webhooks.deliver", "sync"),
        ("audit.deliver", "default"),
        ("reportsmanship.make", "default"),
    ],
)
def test_name_says_the_queue_to_us_and_to_celery(name: str, queue: str) -> None:
    routed: Any = current_app.amqp.router.route({}, name)  # type: ignore[attr-defined]

    assert (queue_of(name), routed["queue"].name) == (queue, queue)


def test_workers_take_from_every_queue() -> None:
    assert set(current_app.amqp.queues.consume_from) == set(QUEUES)  # type: ignore[attr-defined]


def test_every_job_is_tried_by_its_policy() -> None:
    current_app.loader.import_default_modules()
    ours = [task for name, task in current_app.tasks.items() if not name.startswith("celery.")]

    assert len(ours) > 20
    assert [task.name for task in ours if not isinstance(task, Job)] == []


def test_job_that_met_a_passing_trouble_is_done_at_the_second_try() -> None:
    answer = away_once.apply()

    assert (answer.state, answer.get(), TRIED) == ("SUCCESS", "done", ["once", "once"])


def test_job_fails_with_its_own_error_after_the_last_try() -> None:
    answer = away.apply()

    assert (answer.state, type(answer.result), TRIED) == ("FAILURE", OperationalError, ["away", "away"])


def test_fault_is_not_tried_again() -> None:
    answer = faulty.apply()

    assert (answer.state, type(answer.result), TRIED) == ("FAILURE", ValueError, ["faulty"])


def test_job_called_as_a_function_raises_what_happened() -> None:
    with pytest.raises(OperationalError):
        away()

    assert TRIED == ["away"]


def test_second_try_is_sent_to_the_same_queue_after_the_wait() -> None:
    away.push_request(
        id="1", retries=0, called_directly=False, delivery_info={"exchange": "", "routing_key": "reports"}
    )
    try:
        with pytest.raises(Retry) as retry:
            away.__call__()
        again = retry.value.sig
        routed: Any = current_app.amqp.router.route(dict(again.options), again.task)  # type: ignore[attr-defined]
    finally:
        away.pop_request()

    assert (again.options["countdown"], again.options["retries"], routed["queue"].name) == (10.0, 1, "reports")
