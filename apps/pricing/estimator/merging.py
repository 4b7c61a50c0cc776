"""Several prices of one job become one: what the shop asks for it now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from apps.pricing.estimator.facts import Job, KnownPrice

_HALF_YEAR = 182.0  # in which an older price loses half its say beside a newer one of the same job
_HIGHEST = 1e12
_LEAST_WEIGHT = 0.01


@dataclass(frozen=True)
class Line:
    """One job and its price; ``id`` is that of the latest price it was made from."""

    id: str
    job: Job
    price: float
    weight: float


def merged(prices: Iterable[KnownPrice], digits: int) -> tuple[Line, ...]:
    """One line for each job, in the order of their first appearance; prices are rounded to the ``digits`` of the
    currency, and left out where nothing positive is left."""
    groups: dict[tuple[str, str, str, str], list[KnownPrice]] = {}
    for known in prices:
        if isfinite(known.price) and 0 < round(known.price, digits) <= _HIGHEST and known.weight > 0:
            job = known.job
            groups.setdefault((job.device.key, job.repair, job.part, job.quality), []).append(known)
    return tuple(_one(group, digits) for group in groups.values())


def _one(group: Sequence[KnownPrice], digits: int) -> Line:
    latest = max(known.day or 0 for known in group)
    newest = max(group, key=lambda known: (known.day or 0, known.weight))
    says = [known.weight * 0.5 ** ((latest - (known.day or 0)) / _HALF_YEAR) for known in group]
    price = _weighted_median([round(known.price, digits) for known in group], says)
    return Line(newest.id, newest.job, price, min(1.0, max(sum(says), _LEAST_WEIGHT)))


def _weighted_median(prices: Sequence[float], weights: Sequence[float]) -> float:
    """The price with half the weight on either side; between two of them the lower: a price that was really asked."""
    half, total = sum(weights) / 2, 0.0
    for price, weight in sorted(zip(prices, weights, strict=True)):
        total += weight
        if total >= half:
            return price
    return max(prices)
