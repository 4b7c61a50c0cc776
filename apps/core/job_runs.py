"""Notes what becomes of each run of a job, as a worker tells it. A note that cannot be written fails no job."""

import logging
from datetime import timedelta
from typing import Any

from celery import signals
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from apps.core.enums import RunState
from apps.core.models import JobRun
from apps.core.queues import queue_of

logger = logging.getLogger(__name__)
SLOW = timedelta(seconds=1)
GRACE = timedelta(seconds=30)  # a worker that is past its limit of time is killed, which takes a moment
KEEP_SUCCEEDED = timedelta(days=1)
KEEP_OTHERS = timedelta(days=7)
_CHANGED = ["state", "finished_at", "lost_at", "error", "attempts"]


def connect(**_: Any) -> None:
    """Listen. Done when a worker starts, after Celery's own listeners, which close the database before each job."""
    signals.task_prerun.connect(_started)
    signals.task_success.connect(_succeeded)
    signals.task_failure.connect(_failed)
    signals.task_retry.connect(_to_be_retried)


def disconnect() -> None:
    """Listen no longer."""
    signals.task_prerun.disconnect(_started)
    signals.task_success.disconnect(_succeeded)
    signals.task_failure.disconnect(_failed)
    signals.task_retry.disconnect(_to_be_retried)


def purge_job_runs() -> int:
    """Delete runs that succeeded a day ago, and all others a week after they began; the number of rows deleted."""
    now = timezone.now()
    succeeded, _ = JobRun.objects.filter(state=RunState.SUCCEEDED, finished_at__lt=now - KEEP_SUCCEEDED).delete()
    others, _ = JobRun.objects.filter(started_at__lt=now - KEEP_OTHERS).delete()
    return succeeded + others


def _started(sender: Any, **_: Any) -> None:
    sender.request.noted_start = timezone.now()
    if sender.name not in settings.QUIET_JOBS:
        _note(sender, RunState.RUNNING)


def _succeeded(sender: Any, **_: Any) -> None:
    was_quick = timezone.now() - sender.request.noted_start < SLOW
    if not (was_quick and sender.name in settings.QUIET_JOBS and not sender.request.retries):
        _note(sender, RunState.SUCCEEDED)


def _failed(sender: Any, task_id: str, exception: BaseException, **_: Any) -> None:
    # The parent tells of a child that was killed as well, and knows nothing of the run: it is lost when its time is over.
    if sender.request.id == task_id:
        _note(sender, RunState.FAILED, exception)


def _to_be_retried(sender: Any, reason: Any, **_: Any) -> None:
    _note(sender, RunState.WAITING, reason.exc or reason)


def _note(task: Any, state: RunState, error: BaseException | None = None) -> None:
    now = timezone.now()
    limit = timedelta(seconds=task.time_limit or settings.CELERY_TASK_TIME_LIMIT)
    run = JobRun(
        id=task.request.id,
        name=task.name,
        queue=queue_of(task.name),
        state=state,
        started_at=task.request.noted_start,
        finished_at=now if state in {RunState.SUCCEEDED, RunState.FAILED} else None,
        lost_at=now + limit + GRACE,
        error=type(error).__name__ if error else "",  # what it says may name people
        attempts=task.request.retries + 1,
    )
    try:
        JobRun.objects.bulk_create([run], update_conflicts=True, unique_fields=["id"], update_fields=_CHANGED)
    except DatabaseError:
        logger.warning("What became of %s could not be noted.", task.name, exc_info=True)
