"""How long a message is worth sending, how often it is tried, and when it may go out."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.notifications.enums import Channel, MessageEvent

# Longer than everything a provider may take for one message, its time-outs added up.
LEASE = timedelta(minutes=2)
ATTEMPTS = 3
FIRST_WAIT = 2.0
LONGEST_WAIT = 1800.0
_LONGEST_WORTH = timedelta(days=2)
WORTH_SENDING_FOR: Mapping[MessageEvent, timedelta] = {
    MessageEvent.OTP: timedelta(minutes=10),
    MessageEvent.ACCOUNT_NOTICE: timedelta(days=1),
    MessageEvent.BOOKING_REMINDER: timedelta(hours=24),
}
# Messages of an hour to one customer, or one account, over one channel.
PER_HOUR: Mapping[Channel, int] = {Channel.SMS: 10, Channel.EMAIL: 50}
WINDOW = timedelta(hours=1)


def worth_until(event: MessageEvent, at: datetime) -> datetime:
    """Until when a message of something that happened at ``at`` is worth sending; two days, and less for some."""
    return at + WORTH_SENDING_FOR.get(event, _LONGEST_WORTH)


def wait_after(attempts: int, jitter: float) -> timedelta:
    """The pause after the ``attempts``-th failure: 2 s, doubling up to half an hour, times 0.5 to 1.5.

    ``jitter`` is a random number from 0 to 1.
    """
    return timedelta(seconds=min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempts - 1)) * (0.5 + jitter))


def quiet_until(now: datetime, zone: ZoneInfo, begins: time | None, ends: time | None) -> datetime | None:
    """The end of the quiet hours that ``now`` falls into, by the clocks of ``zone``; ``None`` outside of them.

    Hours that end before they begin go over midnight.
    """
    if begins is None or ends is None or begins == ends:
        return None
    there = now.astimezone(zone)
    clock = there.timetz().replace(tzinfo=None)
    over_midnight = ends < begins
    if not ((clock >= begins or clock < ends) if over_midnight else begins <= clock < ends):
        return None
    day = there.date() + timedelta(days=1) if over_midnight and clock >= begins else there.date()
    # Wall time, and so the right moment on the days on which clocks change.
    return datetime.combine(day, ends, tzinfo=zone).astimezone(now.tzinfo)
