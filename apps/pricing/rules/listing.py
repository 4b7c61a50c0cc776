"""When prices are valid, and which of several applies."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from apps.catalog.enums import PartQuality
from apps.core.exceptions import Conflict, ValidationFailed

_BEST_FIRST = {quality: rank for rank, quality in enumerate(PartQuality.values)}


@dataclass(frozen=True)
class Listed:
    """One line of the price list, in plain values."""

    id: UUID
    price: Decimal
    currency: str
    part_type_id: UUID | None
    part_quality: str
    is_estimated: bool
    confidence_score: Decimal | None
    name: str


@dataclass(frozen=True)
class Estimate:
    """An answer to “what will it cost”: with nothing to go on ``price`` is ``None`` and ``reason`` says why.

    ``low`` and ``high`` are the interval, ``confidence_score`` is from 0 to 1, ``basis`` is what it leans on.
    """

    price: Decimal | None
    low: Decimal | None
    high: Decimal | None
    currency: str
    confidence_score: Decimal
    is_estimated: bool
    method: str
    basis: tuple[Listed, ...]
    reason: str | None


def check_period(first: date, last: date | None) -> None:
    """Raises ``ValidationFailed`` for a period that ends before it begins."""
    if last is not None and last < first:
        raise ValidationFailed.on("validUntil", "invalid", "A price cannot end before it begins.")


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


def from_list(candidates: Iterable[Listed], currency: str) -> Estimate:
    """The listed price; of several qualities the best one counts, and the others are in the basis and the interval."""
    listed = sorted(candidates, key=lambda line: (_BEST_FIRST[line.part_quality], line.price))
    if not listed:
        reason = "There is no listed price for this model and repair, and nothing comparable to estimate from."
        return Estimate(
            price=None,
            low=None,
            high=None,
            currency=currency,
            confidence_score=Decimal(0),
            is_estimated=True,
            method="none",
            basis=(),
            reason=reason,
        )
    chosen = listed[0]
    alike = [line.price for line in listed if line.currency == chosen.currency]
    confidence = chosen.confidence_score if chosen.is_estimated and chosen.confidence_score is not None else Decimal(1)
    return Estimate(
        price=chosen.price,
        low=min(alike),
        high=max(alike),
        currency=chosen.currency,
        confidence_score=confidence,
        is_estimated=chosen.is_estimated,
        method="listed",
        basis=tuple(listed),
        reason=None,
    )
