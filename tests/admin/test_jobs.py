"""The page of the jobs: what waits, what runs, what failed, and whether beat does."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery import Celery, current_app
from django.utils import timezone

from apps.audit.models import Delivery, Event
from apps.core.ids import new_id
from apps.core.models import BeatLease, JobRun
from apps.notifications.models import Notification
from config.settings.base import REDIS_TRANSPORT
from tests.admin.office import Office, text
from tests.factories.world import World

HOUR = timedelta(hours=1)


def run(name: str, state: str, ago: timedelta, error: str = "") -> JobRun:
    began = timezone.now() - ago
    return JobRun.objects.create(
        id=new_id(), name=name, queue="default", state=state, started_at=began,
        finished_at=began if state in {"failed", "succeeded"} else None, lost_at=began + HOUR, error=error,
    )  # fmt: skip


def tables(page: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {table.title: table.rows for table in page.context["tables"]}


def delivery(status: str, ago: timedelta) -> None:
    event = Event.objects.create(
        type="x.y", aggregate="x", aggregate_id=new_id(), actor_kind="system", actor_label="x",
        created_at=timezone.now() - ago,
    )  # fmt: skip
    Delivery.objects.create(event=event, subscriber="x", status=status)


def test_page_says_what_waits_what_runs_and_what_failed(boss: Office) -> None:
    run("a.done", "succeeded", timedelta(seconds=5))
    run("a.runs", "running", timedelta(minutes=30))
    run("a.failed", "failed", timedelta(seconds=9), "ValueError")
    run("a.died", "running", 3 * HOUR)
    Delivery.objects.all().delete()
    delivery("pending", timedelta(minutes=5))
    delivery("pending", 2 * HOUR)
    delivery("done", 9 * HOUR)
    delivery("dead", 9 * HOUR)

    page = boss.list(JobRun)

    found = tables(page)
    assert found["Running"] == [("a.runs", "30 min ago", 1)]
    assert found["Last failures"] == [("a.failed", "9 s ago", "ValueError"), ("a.died", "3 h ago", "its worker died")]
    assert found["Waiting"] == [
        ("Events to deliver", 2, "2 h ago", '<a href="/admin/audit/delivery/?status__exact=dead">1</a>'),
        ("Messages", 0, "–", 0),
    ]
    assert '<a href="/admin/audit/delivery/?status__exact=dead">1</a>' in text(page)
    assert {run.name for run in page.context["cl"].result_list} == {"a.done", "a.runs", "a.failed", "a.died"}


def test_messages_that_wait_and_that_failed_are_counted_and_the_failed_ones_linked(boss: Office) -> None:
    World().grow()
    failed = Notification.objects.order_by("pk")[0]
    Notification.objects.update(status="sent")
    Notification.objects.filter(pk=failed.pk).update(status="failed")
    waiting = Notification.objects.exclude(pk=failed.pk).order_by("pk")[0]
    Notification.objects.filter(pk=waiting.pk).update(
        status="uncertain", created_at=timezone.now() - timedelta(minutes=5)
    )

    found = tables(boss.list(JobRun))["Waiting"][1]

    link = '<a href="/admin/notifications/notification/?status__exact=failed">1</a>'
    assert found == ("Messages", 1, "5 min ago", link)
    assert boss.shown(Notification, status__exact="failed") == {failed.pk}


def test_calls_that_wait_at_the_broker_are_counted(boss: Office) -> None:
    with current_app.connection_for_write() as broker:
        queue = broker.SimpleQueue("reports")
        queue.clear()
        before = dict(tables(boss.list(JobRun))["Queues at the broker"])
        current_app.send_task("reports.nothing")
        current_app.send_task("reports.nothing")

        after = dict(tables(boss.list(JobRun))["Queues at the broker"])
        queue.clear()
        queue.close()

    assert (before["reports"], after) == (0, {**before, "reports": 2})
    assert set(after) == {"notifications", "sync", "reports", "default"}


def test_broker_that_is_away_leaves_the_lengths_unknown(boss: Office) -> None:
    ours = current_app._get_current_object()
    down = Celery("down", broker="redis://127.0.0.1:1/0", set_as_current=False)
    down.conf.update(broker_transport_options=REDIS_TRANSPORT, task_queues=ours.conf.task_queues)
    down.set_current()
    down.set_default()
    try:
        page = boss.list(JobRun)
    finally:
        ours.set_current()
        ours.set_default()

    assert page.status_code == 200
    assert {length for _, length in tables(page)["Queues at the broker"]} == {"unknown"}


@pytest.mark.parametrize(("ago", "warned"), [(None, True), (61, True), (60, False)])
def test_beat_that_is_silent_for_a_minute_is_warned_of(boss: Office, ago: int | None, warned: bool) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        if ago is not None:
            heard = timezone.now() - timedelta(seconds=ago)
            BeatLease.objects.create(name="beat", owner=new_id(), until=heard, renewed_at=heard)
        page = boss.list(JobRun)

    assert ("Periodic jobs are not being started" in text(page)) is warned


def test_page_is_for_admins(chief: Office) -> None:
    assert chief.list(JobRun).status_code == 403
