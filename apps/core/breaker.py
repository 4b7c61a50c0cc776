"""A circuit breaker: after a failure, leave a service alone for a while instead of waiting for it again and again."""

import time
from threading import Lock


class Breaker:
    """Counts as open for ``rest`` seconds after the last failure. Safe between threads; each process has its own."""

    def __init__(self, rest: float) -> None:
        self._rest = rest
        self._closed_from = 0.0
        self._lock = Lock()

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._closed_from

    def trip(self) -> None:
        """Remember a failure."""
        with self._lock:
            self._closed_from = time.monotonic() + self._rest

    def reset(self) -> None:
        """Forget all failures."""
        with self._lock:
            self._closed_from = 0.0
