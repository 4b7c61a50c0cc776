"""Plain ways to guess a price, for the estimator to be measured beside."""

from collections.abc import Callable, Iterable, Sequence
from math import log
from statistics import median

from apps.pricing.estimator.facts import DeviceFacts, Job, KnownPrice

# Learns from known prices and answers jobs; ``None`` where it cannot tell.
Method = Callable[[Sequence[KnownPrice], Sequence[Job]], list[float | None]]

_NEIGHBOURS = 5
_UNSTATED = 1.0  # the distance in a fact that one of the two lacks


def by_repair(known: Sequence[KnownPrice], jobs: Sequence[Job]) -> list[float | None]:
    """The median of the repair."""
    return [_median(price for price in known if price.job.repair == job.repair) for job in jobs]


def by_brand_and_quality(known: Sequence[KnownPrice], jobs: Sequence[Job]) -> list[float | None]:
    """The median of repair, brand and quality; without one, of the repair and quality; else of the repair."""
    return [_of_brand_and_quality(known, job) for job in jobs]


def by_nearest_models(known: Sequence[KnownPrice], jobs: Sequence[Job]) -> list[float | None]:
    """The median of the five models of the brand that are nearest in year, size and launch price, in that quality."""
    return [_of_nearest(known, job) for job in jobs]


def _of_brand_and_quality(known: Sequence[KnownPrice], job: Job) -> float | None:
    same = [price for price in known if price.job.repair == job.repair]
    alike = [price for price in same if price.job.quality == job.quality]
    of_brand = [price for price in alike if price.job.device.brand == job.device.brand]
    return _median(of_brand or alike or same)


def _of_nearest(known: Sequence[KnownPrice], job: Job) -> float | None:
    same = [price for price in known if price.job.repair == job.repair]
    alike = [price for price in same if price.job.quality == job.quality] or same
    of_brand = [price for price in alike if price.job.device.brand == job.device.brand] or alike
    return _median(sorted(of_brand, key=lambda price: _distance(price.job.device, job.device))[:_NEIGHBOURS])


def _distance(a: DeviceFacts, b: DeviceFacts) -> float:
    gaps = (
        _gap(a.release_year, b.release_year, lambda one, other: (one - other) / 2),
        _gap(a.screen_size, b.screen_size, lambda one, other: log(one / other) / 0.15),
        _gap(a.launch_price, b.launch_price, lambda one, other: log(one / other) / 0.5),
    )
    return sum(gap**2 for gap in gaps)


def _gap(a: float | None, b: float | None, apart: Callable[[float, float], float]) -> float:
    return apart(a, b) if a and b else _UNSTATED


def _median(prices: Iterable[KnownPrice]) -> float | None:
    values = [price.price for price in prices]
    return median(values) if values else None
