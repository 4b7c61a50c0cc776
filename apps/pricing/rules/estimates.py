"""Decisions about estimates: when to learn anew, what an estimate may not contradict, and how right it turned out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

from apps.catalog.enums import PartQuality
from apps.pricing.rules.branches import BranchRule, branch_steps

# Training takes at most about a twentieth of the time of one processor, and a small shop's new price counts at once.
REST_FACTOR = 20.0
SHORTEST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=10)
RETRY_AFTER = timedelta(minutes=10)
_WORST_FIRST = {quality: rank for rank, quality in enumerate(reversed(PartQuality.values))}


def quality_rank(quality: str) -> int:
    """0 for the best quality."""
    return len(_WORST_FIRST) - 1 - _WORST_FIRST[quality]


def rest_after(seconds: float) -> timedelta:
    """How long to wait after a training that took so long before the next one may begin."""
    return min(max(timedelta(seconds=REST_FACTOR * seconds), SHORTEST_REST), LONGEST_REST)


def is_due(*, seen: str, now_seen: str, rests_until: datetime | None, now: datetime) -> bool:
    """Whether the prices look different from when they were last learnt, and the last training is long enough ago."""
    return seen != now_seen and (rests_until is None or rests_until <= now)


@dataclass(frozen=True)
class Interval:
    """An estimate in the money of its currency."""

    price: Decimal
    low: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.price <= self.high:
            raise ValueError(f"No interval: {self.low}, {self.price}, {self.high}.")


def within_list(found: Interval, quality: str, listed: Iterable[tuple[str, Decimal]]) -> Interval:
    """``found`` for a part of ``quality``, no dearer than a listed better one and no cheaper than a listed worse one.

    ``listed`` are the qualities and prices on the list for the same model, repair and kind of part. Where the list
    contradicts itself, what is better bounds more strictly. Grows with its arguments, so that estimates which ascend
    with the quality still do.
    """
    if quality not in _WORST_FIRST:
        return found
    rank = _WORST_FIRST[quality]
    floors: list[Decimal] = []
    ceilings: list[Decimal] = []
    for other, price in listed:
        if other in _WORST_FIRST and _WORST_FIRST[other] != rank:
            (floors if _WORST_FIRST[other] < rank else ceilings).append(price)

    def bounded(amount: Decimal) -> Decimal:
        raised: Decimal = max([amount, *floors])
        lowered: Decimal = min([raised, *ceilings])
        return lowered

    return replace(found, price=bounded(found.price), low=bounded(found.low), high=bounded(found.high))


def at_branch(found: Interval, rule: BranchRule | None, currency: str) -> Interval:
    """What a branch makes of an estimate for the list; a rule that would leave nothing of any of it is left out."""
    if rule is None:
        return found
    steps = [branch_steps(amount, None, rule, currency) for amount in (found.price, found.low, found.high)]
    if any(step.kind == "left_out" for made in steps for step in made):
        return found
    listed = (found.price, found.low, found.high)
    price, low, high = (made[-1].amount if made else amount for made, amount in zip(steps, listed, strict=True))
    return Interval(price, low, high)


def error_of(estimate: Decimal, actual: Decimal) -> Decimal:
    """``estimate / actual − 1`` in ten-thousandths: 0.1 is a tenth too high. ``actual`` is more than nothing."""
    return (estimate / actual - 1).quantize(Decimal("0.0001"))


@dataclass(frozen=True)
class Settled:
    """An estimate beside the price that was set later, and what it is counted under."""

    price: Decimal
    low: Decimal
    high: Decimal
    actual: Decimal


@dataclass(frozen=True)
class Accuracy:
    """How right estimates were; without a settled one nothing is known.

    ``median_error`` is the middle of the errors without their signs, ``bias`` the middle of the errors with them (more
    than nothing: too high), ``coverage`` the share whose price lay within the interval, among those that had one.
    """

    count: int
    settled: int
    median_error: Decimal | None
    coverage: Decimal | None
    bias: Decimal | None

    @property
    def median_absolute_percentage_error(self) -> Decimal | None:
        """``median_error`` in percent."""
        return None if self.median_error is None else self.median_error * 100


def accuracy_of(count: int, settled: Sequence[Settled]) -> Accuracy:
    """The accuracy of ``count`` estimates, of which these have their price."""
    if not settled:
        return Accuracy(count, 0, None, None, None)
    errors = [one.price / one.actual - 1 for one in settled]
    with_interval = [one for one in settled if one.low < one.high]
    held = sum(one.low <= one.actual <= one.high for one in with_interval)
    return Accuracy(
        count,
        len(settled),
        _four_digits(median(abs(error) for error in errors)),
        _four_digits(Decimal(held) / len(with_interval)) if with_interval else None,
        _four_digits(median(errors)),
    )


def _four_digits(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.0001"))
