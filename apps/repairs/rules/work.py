"""Time that was spent: which times can be, and how many minutes they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.core.exceptions import Conflict, ValidationFailed

LONGEST = timedelta(hours=24)  # that somebody worked without a stop: more is a slip of the pen


@dataclass(frozen=True)
class Stretch:
    """From when to when somebody worked; without an end they are at it now."""

    started_at: datetime
    stopped_at: datetime | None

    def until(self, now: datetime) -> datetime:
        return max(self.started_at, now) if self.stopped_at is None else self.stopped_at

    def overlaps(self, other: "Stretch", now: datetime) -> bool:
        """Touching ends are no overlap."""
        return self.started_at < other.until(now) and other.started_at < self.until(now)


def require_possible(wanted: Stretch, others: Iterable[Stretch], now: datetime) -> None:
    """Raise ``ValidationFailed`` for an end before the start, more than a day, or times to come, ``Conflict`` for an
    overlap with ``others``, which are the same person's.
    """
    assert wanted.stopped_at is not None
    if wanted.stopped_at < wanted.started_at:
        raise ValidationFailed.on("stoppedAt", "min_value", "Work ends after it has begun.")
    if wanted.stopped_at - wanted.started_at > LONGEST:
        raise ValidationFailed.on("startedAt", "min_value", "Nobody works for more than a day without a stop.")
    if wanted.stopped_at > now:
        raise ValidationFailed.on("stoppedAt", "max_value", "This is still to come.")
    if any(wanted.overlaps(other, now) for other in others):
        raise Conflict("At that time the same person worked on something else.")


def minutes(stretches: Iterable[Stretch], now: datetime) -> int:
    """Whole minutes in all; what runs counts until now."""
    seconds = sum((one.until(now) - one.started_at).total_seconds() for one in stretches)
    return int(seconds // 60)
