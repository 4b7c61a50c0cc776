"""How long a message is worth sending, how often it is tried, and what is sent again after a sender died."""

from datetime import timedelta

from apps.notifications.enums import MessageEvent

# Longer than everything a mail server may take for one message (``EMAIL_TIMEOUT`` holds for each of its steps).
LEASE = timedelta(minutes=2)
ATTEMPTS = 8
FIRST_WAIT = 5.0
LONGEST_WAIT = 1800.0
WORTH_SENDING_FOR = {
    MessageEvent.OTP: timedelta(minutes=10),
    MessageEvent.ACCOUNT_NOTICE: timedelta(days=1),
    MessageEvent.REPORT: timedelta(days=2),
}
# A second code replaces the first, and so does no harm; anything else must not come twice.
SENT_AGAIN_WHEN_UNCERTAIN = frozenset({MessageEvent.OTP})


def wait_after(attempts: int, jitter: float) -> timedelta:
    """The pause after the ``attempts``-th failure: 5 s, doubling up to half an hour, times 0.5 to 1.5.

    ``jitter`` is a random number from 0 to 1.
    """
    return timedelta(seconds=min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempts - 1)) * (0.5 + jitter))
