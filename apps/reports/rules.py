"""Days and amounts of reports: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from statistics import fmean, median
from typing import Any
from zoneinfo import ZoneInfo

from apps.core.exceptions import ValidationFailed
from apps.reports.enums import Period

LONGEST = 366  # days
# Beyond these there are no instants in every time zone, and no shop has days there.
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class Days:
    """From the first to the last day, both of them included."""

    first: date
    last: date


def days_of(period: str, day: date | None, first: date | None, last: date | None) -> Days:
    """The days of the period in which ``day`` lies; a week begins on Monday. A range names its ends itself.

    Raises ``ValidationFailed`` for what is missing, too much, the wrong way round, longer than a year, or out of reach.
    """
    for field, named in (("day", day), ("firstDay", first), ("lastDay", last)):
        if named is not None and not FIRST <= named <= LAST:
            raise ValidationFailed.on(field, "invalid", f"A report is about days from {FIRST} to {LAST}.")
    if period == Period.RANGE:
        return _range(first, last)
    if day is None:
        raise ValidationFailed.on("day", "required", "Name a day of the period.")
    if first is not None or last is not None:
        raise ValidationFailed.on("firstDay", "invalid", "Only a range has a first and a last day.")
    return period_around(period, day)


def _range(first: date | None, last: date | None) -> Days:
    if first is None:
        raise ValidationFailed.on("firstDay", "required", "Name the first day.")
    if last is None:
        raise ValidationFailed.on("lastDay", "required", "Name the last day.")
    if last < first:
        raise ValidationFailed.on("lastDay", "invalid", "The last day is not before the first one.")
    if (last - first).days >= LONGEST:
        raise ValidationFailed.on("lastDay", "max_value", f"A report is about at most {LONGEST} days.")
    return Days(first, last)


def period_around(period: str, day: date) -> Days:
    """The day, the week from Monday, or the month in which ``day`` lies."""
    if period == Period.WEEK:
        first = day - timedelta(days=day.weekday())
        return Days(first, first + timedelta(days=6))
    if period == Period.MONTH:
        first = day.replace(day=1)
        return Days(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    return Days(day, day)


def last_complete(period: str, today: date) -> Days:
    """The period before the one of ``today``."""
    return period_around(period, period_around(period, today).first - timedelta(days=1))


def instants(days: Days, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instant at which the first day begins in ``zone``, and the one at which the last has ended, in UTC."""
    begins = datetime.combine(days.first, time.min, zone)
    ends = datetime.combine(days.last + timedelta(days=1), time.min, zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


@dataclass(frozen=True)
class Turned:
    """One order that went out: how long it was in the shop, in whole seconds."""

    seconds: float
    technician: Any
    model: Any


def hours(seconds: Iterable[float]) -> dict[str, Any]:
    """How many, and their mean and median in hours with one decimal; no figures of none."""
    found: Sequence[float] = list(seconds)
    if not found:
        return {"count": 0, "mean_hours": None, "median_hours": None}
    return {
        "count": len(found),
        "mean_hours": round(fmean(found) / 3600, 1),
        "median_hours": round(median(found) / 3600, 1),
    }


def percent_of(part: Decimal, whole: Decimal) -> str | None:
    """``part`` in percent of ``whole``, with one decimal; nothing of nothing."""
    return None if whole == 0 else f"{part / whole * 100:.1f}"


def stays(moments: Sequence[tuple[str, datetime]]) -> list[tuple[str, float]]:
    """From the times at which an order came to its statuses, in order: each status but the last, and its seconds."""
    following = moments[1:]
    return [
        (status, (later - at).total_seconds()) for (status, at), (_, later) in zip(moments, following, strict=False)
    ]
