"""Whether what Mendery stands on answers. Every check is bounded in time."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from celery import current_app
from django.core.cache import cache
from django.db import connection

TIME_LIMIT = 3.0
_started = time.monotonic()
_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="health")


@dataclass(frozen=True)
class Report:
    """The state of each thing that was checked; the whole is healthy when all of them are."""

    checks: dict[str, str]

    @property
    def healthy(self) -> bool:
        return all(state == "healthy" for state in self.checks.values())


def uptime() -> float:
    """Seconds since this process started."""
    return time.monotonic() - _started


def check(*names: str) -> Report:
    """Run the named checks side by side; one that raises or takes longer than three seconds is unhealthy."""
    running = {name: _pool.submit(_CHECKS[name]) for name in names}
    deadline = time.monotonic() + TIME_LIMIT
    states = {}
    for name, future in running.items():
        try:
            future.result(timeout=max(0.0, deadline - time.monotonic()))
            states[name] = "healthy"
        except Exception:
            states[name] = "unhealthy"
    return Report(states)


def _database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        # This thread is not a request's: nobody else would give its connection back.
        connection.close()


def _cache() -> None:
    cache.set("mendery.health", "1", 5)
    if cache.get("mendery.health") != "1":
        raise ConnectionError("The cache did not keep a value.")


def _broker() -> None:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=1)


_CHECKS: dict[str, Callable[[], None]] = {"database": _database, "cache": _cache, "broker": _broker}
