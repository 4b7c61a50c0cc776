"""Waking the workers: after the commit, and without ever failing what has been done."""

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery, current_app
from django.db import transaction
from kombu import Connection

from apps.core import jobs
from apps.core.breaker import Breaker
from config.settings.base import REDIS_TRANSPORT
from tests.conftest import Api
from tests.factories import member, order

NAME = "tests.nothing"


@pytest.fixture(autouse=True)
def _closed_breaker() -> Iterator[None]:
    jobs._broker.reset()
    yield
    jobs._broker.reset()


@pytest.fixture
def queue() -> Iterator[Any]:
    """The messages that wait at the broker."""
    with Connection(current_app.conf.broker_url, transport_options=current_app.conf.broker_transport_options) as broker:
        waiting = broker.SimpleQueue(current_app.conf.task_default_queue)
        waiting.clear()
        yield waiting
        waiting.clear()
        waiting.close()


def waiting_tasks(queue: Any) -> list[tuple[str, Any]]:
    found = []
    while True:
        try:
            message = queue.get(block=False)
        except queue.Empty:
            return found
        found.append((message.headers["task"], message.payload[0]))
        message.ack()


@pytest.fixture
def _broken_broker() -> Iterator[None]:
    """A Celery application whose broker refuses every connection."""
    ours = current_app._get_current_object()
    down = Celery("down", broker="redis://127.0.0.1:1/0", set_as_current=False)
    down.conf.broker_transport_options = REDIS_TRANSPORT
    down.set_current()
    yield
    ours.set_current()


@pytest.mark.django_db(transaction=True)
def test_job_is_sent_after_the_commit_and_not_before(queue: Any) -> None:
    with transaction.atomic():
        jobs.enqueue(NAME, "id", 3)
        assert waiting_tasks(queue) == []

    assert waiting_tasks(queue) == [(NAME, ["id", 3])]


@pytest.mark.django_db(transaction=True)
def test_job_is_sent_to_the_queue_of_its_name(queue: Any) -> None:
    with Connection(current_app.conf.broker_url, transport_options=current_app.conf.broker_transport_options) as broker:
        messages = broker.SimpleQueue("notifications")
        messages.clear()

        jobs.enqueue("notifications.nothing", 1)

        assert waiting_tasks(messages) == [("notifications.nothing", [1])]
        assert waiting_tasks(queue) == []
        messages.close()


@pytest.mark.django_db(transaction=True)
def test_job_of_work_that_was_undone_is_never_sent(queue: Any) -> None:
    def fail() -> None:
        with transaction.atomic():
            jobs.enqueue(NAME)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert waiting_tasks(queue) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_broken_broker")
def test_broker_that_is_down_fails_no_request(caplog: pytest.LogCaptureFixture) -> None:
    admin = Api(member("admin", None))
    taken_in = order()
    caplog.clear()
    jobs._broker.reset()

    with caplog.at_level(logging.WARNING, logger="apps.core.jobs"):
        started = time.monotonic()
        answer = admin.put(f"repairs/{taken_in.pk}/status", {"status": "in_progress"})

    assert time.monotonic() - started < 2
    assert answer.status_code == 200
    assert jobs._broker.is_open
    taken_in.refresh_from_db()
    assert taken_in.status == "in_progress"
    assert any("The broker did not take" in record.message for record in caplog.records)


def test_open_breaker_sends_nothing(queue: Any) -> None:
    jobs._broker.trip()

    jobs._send(NAME, ())

    assert waiting_tasks(queue) == []


def test_breaker_opens_with_a_failure_and_closes_when_reset() -> None:
    breaker = Breaker(rest=60.0)
    states = [breaker.is_open]

    breaker.trip()
    states.append(breaker.is_open)
    breaker.reset()
    states.append(breaker.is_open)

    assert states == [False, True, False]


def test_breaker_closes_by_itself_after_its_rest() -> None:
    breaker = Breaker(rest=0.0)

    breaker.trip()

    assert not breaker.is_open
