"""How long a failed delivery waits, and when it is given up."""

from datetime import timedelta

LEASE = timedelta(seconds=30)
ATTEMPTS = 10
FIRST_WAIT = 2.0
LONGEST_WAIT = 3600.0


def wait_after(attempts: int, jitter: float) -> timedelta:
    """The pause after the ``attempts``-th failure: 2 s, doubling up to an hour, times 0.5 to 1.5.

    ``jitter`` is a random number from 0 to 1: it spreads deliveries that failed together.
    """
    seconds = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempts - 1))
    return timedelta(seconds=seconds * (0.5 + jitter))


def is_given_up(attempts: int) -> bool:
    """Whether a delivery that failed ``attempts`` times becomes a dead letter."""
    return attempts >= ATTEMPTS
