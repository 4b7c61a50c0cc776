"""Beat with one leader, however many are started: only who holds the lease in the database starts jobs."""

import logging
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from celery.beat import PersistentScheduler
from django.db import DatabaseError, close_old_connections
from django.db.models import Q
from django.utils import timezone

from apps.core.ids import new_id
from apps.core.models import BeatLease

logger = logging.getLogger(__name__)
NAME = "beat"
LEASE = timedelta(seconds=20)
RENEWED_EVERY = 5.0  # seconds; another takes over at most LEASE and this after the leader has died


def hold(owner: UUID, now: datetime) -> bool:
    """Take the lease if nobody has it, or keep it; whether ``owner`` has it from ``now`` on."""
    mine = {"owner": owner, "until": now + LEASE, "renewed_at": now}
    BeatLease.objects.bulk_create([BeatLease(name=NAME, **mine)], ignore_conflicts=True)
    return bool(BeatLease.objects.filter(Q(owner=owner) | Q(until__lte=now), name=NAME).update(**mine))


def release(owner: UUID) -> None:
    """Let another take over at once."""
    BeatLease.objects.filter(name=NAME, owner=owner).delete()


def last_beat() -> datetime | None:
    """When a leader was last heard of; ``None`` where beat was never started, or has been stopped."""
    return BeatLease.objects.filter(name=NAME).values_list("renewed_at", flat=True).first()


class LeadingScheduler(PersistentScheduler):
    """Celery's scheduler, which rests while another leads. Only the leader opens the file with the last starts.

    Two that share the file go on where the other has ended; with a file of its own, a new leader starts what it thinks is
    due, which jobs bear.
    """

    # A process that was stopped for a while sees by this clock that it was.
    monotonic = staticmethod(time.monotonic)
    _store: Any = None
    _asked_at: float | None = None
    _leads = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.owner = new_id()
        super().__init__(*args, **{**kwargs, "lazy": True})

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Start what is due, if this is the leader; the seconds to wait before the next tick."""
        if not self._is_leading():
            return RENEWED_EVERY
        return float(min(super().tick(*args, **kwargs), RENEWED_EVERY))

    def close(self) -> None:
        """Keep the last starts, and step down."""
        try:
            self._step_down()
        finally:
            _quietly(release, self.owner)

    def _is_leading(self) -> bool:
        if self._asked_at is not None and self.monotonic() - self._asked_at < RENEWED_EVERY:
            return self._leads
        asked_at = self.monotonic()
        leads = _quietly(hold, self.owner, timezone.now())
        self._asked_at = asked_at
        if leads and self._store is None:
            self.setup_schedule()
        elif not leads:
            self._step_down()
        self._leads = leads
        return leads

    def _step_down(self) -> None:
        self._leads = False
        if self._store is not None:
            super().close()
            self._store = self._heap = self.old_schedulers = None


def _quietly(ask: Any, *args: Any) -> bool:
    """Without a database nobody leads: its jobs could do nothing either."""
    try:
        close_old_connections()
        return bool(ask(*args))
    except DatabaseError:
        logger.warning("Beat cannot ask the database who leads.", exc_info=True)
        return False
