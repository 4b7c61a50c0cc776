"""The queues of the jobs: what goes into which, and how often a job that met a passing trouble is tried. Pure."""

from dataclasses import dataclass

NOTIFICATIONS = "notifications"
SYNC = "sync"
REPORTS = "reports"
DEFAULT = "default"
QUEUES = (NOTIFICATIONS, SYNC, REPORTS, DEFAULT)

# The first part of a job's name says where it waits; what is not named here waits in the default queue.
ROUTES = {
    "notifications": NOTIFICATIONS,
    "sync": SYNC,
    "webhooks": SYNC,
    "lightspeed": SYNC,
    "reports": REPORTS,
}


@dataclass(frozen=True)
class Policy:
    """How often a job is tried in all, and how long it waits in between."""

    tries: int
    first_wait: float
    factor: float = 1.0
    jitter: float = 0.0

    def wait_after(self, tried: int, chance: float) -> float | None:
        """Seconds to wait after the ``tried``-th try has failed; ``None`` when it was the last.

        ``chance`` from 0 to 1 spreads those that failed together over up to ``jitter`` of the wait, never earlier.
        """
        if tried >= self.tries:
            return None
        return self.first_wait * self.factor ** (tried - 1) * (1 + self.jitter * chance)


_POLICIES = {
    NOTIFICATIONS: Policy(tries=3, first_wait=2.0, factor=2.0, jitter=0.5),
    SYNC: Policy(tries=5, first_wait=5.0, factor=2.0),
    REPORTS: Policy(tries=2, first_wait=10.0),
    DEFAULT: Policy(tries=3, first_wait=2.0, factor=2.0, jitter=0.5),
}


def queue_of(name: str) -> str:
    """The queue of the job ``name``."""
    return ROUTES.get(name.partition(".")[0], DEFAULT)


def policy_of(queue: str) -> Policy:
    """How what waits in ``queue`` is tried again."""
    return _POLICIES[queue]
