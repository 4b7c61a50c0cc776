"""Days on which prices are valid: periods from a day until another, both included, or without an end."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

Period = tuple[date, date | None]
_DAY = timedelta(days=1)


def uncovered(period: Period, covered: Iterable[Period]) -> list[Period]:
    """What is left of ``period`` without the days of ``covered``, in order."""
    return list(_uncovered(period, sorted(covered, key=lambda one: one[0])))


def _uncovered(period: Period, covered: list[Period]) -> Iterator[Period]:
    first, last = period
    for begin, end in covered:
        if end is not None and end < first:
            continue
        if last is not None and begin > last:
            break
        if begin > first:
            yield first, begin - _DAY
        if end is None or end == date.max:
            return
        first = end + _DAY
    if last is None or first <= last:
        yield first, last
