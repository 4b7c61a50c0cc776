"""How long a promise runs, and what a claim owes to it."""

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

MOST = 300  # characters of a description


@dataclass(frozen=True)
class Promise:
    """Both days belong to it."""

    months: int
    starts_on: date
    ends_on: date

    def runs_on(self, day: date) -> bool:
        return day <= self.ends_on


def promised(months: int, today: date) -> Promise | None:
    """What a line that was charged is warranted for from today on, if it is."""
    return Promise(months, today, today + relativedelta(months=months)) if months else None


def continued(first: Promise, today: date) -> Promise:
    """What a part that was replaced under warranty is warranted for: as long as the one before it, neither longer nor
    anew.
    """
    return Promise(first.months, min(today, first.ends_on), first.ends_on)


def described(repair: str, part: str) -> str:
    """A line in words."""
    return (f"{repair}, {part}" if part else repair)[:MOST]


def wording(description: str, promise: Promise) -> str:
    """What is promised where the shop has no terms of its own."""
    length = "1 month" if promise.months == 1 else f"{promise.months} months"
    return f"{description}: {length} of warranty, from {promise.starts_on} to {promise.ends_on}."
