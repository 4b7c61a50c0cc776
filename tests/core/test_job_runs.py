"""What is noted of each run of a job, and for how long it is kept."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from celery import shared_task
from django.conf import LazySettings
from django.db import OperationalError, connection

from apps.core import job_runs
from apps.core.ids import new_id
from apps.core.models import JobRun
from apps.core.tasks import purge_job_runs
from config.schedule import BEAT_SCHEDULE

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SEEN: list[list[tuple[str, str]]] = []
pytestmark = pytest.mark.django_db


def look() -> None:
    SEEN.append(list(JobRun.objects.values_list("name", "state")))


@shared_task(name="default.tests_looks")
def looks() -> None:
    look()


@shared_task(name="default.tests_quick")
def quick() -> str:
    return "done"


@shared_task(name="reports.tests_fails")
def fails() -> None:
    look()
    raise ConnectionResetError("ada@example.com hung up")


@shared_task(name="default.tests_faulty")
def faulty() -> None:
    raise ValueError("ada@example.com is no number")


@pytest.fixture(autouse=True)
def _listening() -> Iterator[None]:
    SEEN.clear()
    job_runs.connect()
    yield
    job_runs.disconnect()


def rows() -> list[tuple[object, ...]]:
    return list(JobRun.objects.values_list("name", "queue", "state", "error", "attempts").order_by("name"))


def run(state: str, started: datetime, lost_after: timedelta = timedelta(seconds=150)) -> JobRun:
    ended = started if state in {"succeeded", "failed"} else None
    return JobRun.objects.create(
        id=new_id(), name="x.y", queue="default", state=state, started_at=started, finished_at=ended,
        lost_at=started + lost_after,
    )  # fmt: skip


@time_machine.travel(NOON, tick=False)
def test_job_is_noted_as_running_and_then_as_succeeded() -> None:
    done = looks.apply()

    noted = JobRun.objects.get()
    assert SEEN == [[("default.tests_looks", "running")]]
    assert rows() == [("default.tests_looks", "default", "succeeded", "", 1)]
    assert (noted.pk, noted.started_at, noted.finished_at) == (UUID(done.id), NOON, NOON)


def test_tries_are_one_run_and_words_of_an_error_are_not_kept() -> None:
    fails.apply()

    assert SEEN == [[("reports.tests_fails", "running")], [("reports.tests_fails", "running")]]
    assert rows() == [("reports.tests_fails", "reports", "failed", "ConnectionResetError", 2)]


def test_fault_is_noted_at_its_first_try() -> None:
    faulty.apply()

    assert rows() == [("default.tests_faulty", "default", "failed", "ValueError", 1)]


def test_quiet_job_that_was_quick_costs_no_statement(settings: LazySettings, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):  # one at its begin and one at its end
        quick.apply()
    settings.QUIET_JOBS = {"default.tests_quick"}

    with django_assert_num_queries(0):
        quick.apply()

    assert len(rows()) == 1


def test_quiet_job_that_failed_or_took_long_is_noted(settings: LazySettings) -> None:
    settings.QUIET_JOBS = {"default.tests_slow", "default.tests_faulty"}
    with time_machine.travel(NOON, tick=False) as clock:

        @shared_task(name="default.tests_slow")
        def slow() -> None:
            look()
            clock.shift(timedelta(seconds=1))

        slow.apply()
        faulty.apply()

    assert SEEN == [[]]
    assert [row[2] for row in rows()] == ["failed", "succeeded"]
    assert JobRun.objects.get(state="succeeded").started_at == NOON


def test_run_whose_worker_died_is_lost_when_its_time_is_over() -> None:
    dead = run("running", NOON)
    run("succeeded", NOON)

    times = [NOON + timedelta(seconds=seconds) for seconds in (149, 150)]

    assert [list(JobRun.objects.alive(now)) for now in times] == [[dead], []]
    assert [list(JobRun.objects.lost(now)) for now in times] == [[], [dead]]


def test_successes_are_kept_for_a_day_and_anything_else_for_a_week() -> None:
    day, week, moment = timedelta(days=1), timedelta(days=7), timedelta(seconds=1)
    kept = {
        run("succeeded", NOON - day).pk,
        run("failed", NOON - day - moment).pk,
        run("failed", NOON - week).pk,
        run("running", NOON - week).pk,
    }
    run("succeeded", NOON - day - moment)
    run("failed", NOON - week - moment)
    run("running", NOON - week - moment)

    with time_machine.travel(NOON, tick=False):
        purge_job_runs()

    assert set(JobRun.objects.values_list("pk", flat=True)) == kept
    assert BEAT_SCHEDULE["core.purge_job_runs"]["schedule"] == 86400


@pytest.mark.django_db(transaction=True)
def test_job_whose_run_cannot_be_noted_is_done_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        if 'INTO "core_jobrun"' in sql:
            raise OperationalError("the table is away")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse), caplog.at_level(logging.WARNING, logger="apps.core.job_runs"):
        answer = quick.apply()

    assert (answer.state, answer.get(), rows()) == ("SUCCESS", "done", [])
    assert [record.getMessage() for record in caplog.records] == [
        "What became of default.tests_quick could not be noted."
    ] * 2
