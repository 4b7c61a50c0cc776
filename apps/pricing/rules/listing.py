"""When prices are valid, and which of several applies."""

from datetime import date, timedelta

from apps.core.exceptions import Conflict, ValidationFailed


def check_period(first: date, last: date | None, what: str = "A price") -> None:
    """Raises ``ValidationFailed`` for a period that ends before it begins."""
    if last is not None and last < first:
        raise ValidationFailed.on("validUntil", "invalid", f"{what} cannot end before it begins.")


def check_replacement(first: date, last: date | None, on: date) -> date:
    """The last day of a price that another one replaces from ``on``.

    Raises ``Conflict`` for a price that has ended by then, ``ValidationFailed`` for a day on which it has not begun.
    """
    if last is not None and last < on:
        raise Conflict(f"This price ends on {last}: there is nothing to replace from {on}.")
    if on <= first:
        message = f"This price begins on {first}: change it, or replace it from a later day."
        raise ValidationFailed.on("validFrom", "invalid", message)
    return on - timedelta(days=1)


def overlaps(first_from: date, first_until: date | None, second_from: date, second_until: date | None) -> bool:
    """Whether two periods share a day; both ends belong to a period, ``None`` never ends."""
    return (second_until is None or first_from <= second_until) and (first_until is None or second_from <= first_until)
