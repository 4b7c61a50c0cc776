"""Demand by week, out of what was handed out and came back."""

from collections.abc import Mapping
from datetime import date

MOST_WEEKS = 104


def weekly(used: Mapping[date, int], returned: int, began: date, today: date) -> list[int]:
    """Units used in each full week before ``today``, oldest first, quiet weeks as 0; at most ``MOST_WEEKS``.

    The history begins with the first full week after ``began``. What came back was no demand: ``returned`` units are
    taken off the latest uses.
    """
    weeks = min(max((today - began).days // 7, 0), MOST_WEEKS)
    found = [0] * weeks
    for day, units in used.items():
        back = (today - day).days
        if 1 <= back <= weeks * 7:
            found[weeks - 1 - (back - 1) // 7] += units
    for week in range(weeks - 1, -1, -1):
        taken = min(found[week], returned)
        found[week] -= taken
        returned -= taken
    return found
