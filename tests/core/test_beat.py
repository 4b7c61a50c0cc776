"""Beat started twice: one leads, and another takes over when it stops or dies."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import Celery
from django.db import OperationalError, connection

from apps.core.beat import LeadingScheduler, last_beat
from apps.core.models import BeatLease

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EACH = timedelta(seconds=5)
pytestmark = pytest.mark.django_db(transaction=True)


class Started(LeadingScheduler):
    """Lists what it would send; its clock is the one that the tests turn."""

    monotonic = staticmethod(time.time)

    def apply_async(self, entry: Any, *args: Any, **kwargs: Any) -> None:
        self.sent = [*getattr(self, "sent", []), entry.name]


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as travelled:
        yield travelled


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Started]]:
    """Starts one more beat, on the same file as the others."""
    app = Celery("beats", broker="memory://", set_as_current=False)
    app.conf.beat_schedule = {
        "sweep": {"task": "sweep", "schedule": 10.0},
        "nightly": {"task": "n", "schedule": 86400.0},
    }
    started: list[Started] = []

    def one() -> Started:
        started.append(Started(app, schedule_filename=str(tmp_path / "beat")))
        return started[-1]

    yield one
    for scheduler in started:
        scheduler.close()


def pass_time(clock: Any, seconds: float, *schedulers: Started) -> None:
    """Let each tick as Celery does: until it wants to wait, and again five seconds later."""
    for _ in range(int(seconds / EACH.total_seconds())):
        clock.shift(EACH)
        for scheduler in schedulers:
            while scheduler.tick() == 0:
                pass


def sent(scheduler: Started) -> list[str]:
    return getattr(scheduler, "sent", [])


def test_of_two_only_the_first_starts_jobs(clock: Any, start: Callable[[], Started]) -> None:
    first, second = start(), start()

    pass_time(clock, 60, first, second)

    assert (sent(first), sent(second)) == (["sweep"] * 5, [])
    assert BeatLease.objects.get().owner == first.owner
    assert last_beat() == NOON + timedelta(seconds=60)


def test_when_the_leader_dies_the_other_has_taken_over_within_half_a_minute(
    clock: Any, start: Callable[[], Started]
) -> None:
    first, second = start(), start()
    pass_time(clock, 30, first, second)
    before = len(sent(first))
    first._store.close()  # as the death of its process does; the lease stays

    pass_time(clock, 15, second)
    early = list(sent(second))
    pass_time(clock, 15, second)

    assert (before, early) == (2, [])
    assert sent(second)
    assert set(sent(second)) == {"sweep"}  # the nightly job is not due again: the file says when it was started
    assert BeatLease.objects.get().owner == second.owner
    first._store = None


def test_leader_that_comes_back_too_late_starts_nothing(clock: Any, start: Callable[[], Started]) -> None:
    first, second = start(), start()
    pass_time(clock, 30, first)
    first._step_down()  # another opens the file: as if the first had one of its own
    first._leads = True
    pass_time(clock, 30, second)
    before = list(sent(first))

    pass_time(clock, 30, first, second)

    assert sent(first) == before
    assert BeatLease.objects.get().owner == second.owner


def test_leader_that_is_stopped_hands_over_at_once(clock: Any, start: Callable[[], Started]) -> None:
    first, second = start(), start()
    pass_time(clock, 30, first, second)
    assert last_beat() is not None

    first.close()
    stopped = last_beat()
    pass_time(clock, 5, second)

    assert stopped is None
    assert BeatLease.objects.get().owner == second.owner


def test_closing_one_that_does_not_lead_leaves_the_leader_alone(clock: Any, start: Callable[[], Started]) -> None:
    first, second = start(), start()
    pass_time(clock, 10, first, second)

    second.close()

    assert BeatLease.objects.get().owner == first.owner


def test_without_a_database_nobody_leads_and_with_it_the_same_goes_on(clock: Any, start: Callable[[], Started]) -> None:
    def refuse(*args: Any) -> None:
        raise OperationalError("away")

    first = start()
    pass_time(clock, 30, first)
    before = len(sent(first))
    with connection.execute_wrapper(refuse):
        pass_time(clock, 30, first)
    meanwhile = len(sent(first)) - before

    pass_time(clock, 30, first)

    assert (meanwhile, len(sent(first)) > before) == (0, True)
