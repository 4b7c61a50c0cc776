"""The negative binomial distribution: counts that vary more than Poisson's, as the demand for parts does."""

import math

from apps.inventory.rules.balances import LARGEST_ON_HAND

LEAST_DISPERSION = 1.05  # variance over mean; a mean that is itself estimated leaves no less doubt than Poisson's
_SUMMED = 2000  # beyond, adding terms one by one takes longer than the continued fraction
_SMALLEST_LOGARITHM = -700.0  # below, the first term is 0 in floating point
_PRECISION = 1e-15
_TINY = 1e-300


def quantile(mean: float, variance: float, probability: float) -> int:
    """The least count that is not exceeded with ``probability``; at most ``LARGEST_ON_HAND``.

    By moments: ``p = mean/variance`` and ``r = mean·p/(1 − p)``, the variance being at least 1.05 times the mean.
    """
    if mean <= 0:
        return 0
    share = mean / max(variance, LEAST_DISPERSION * mean)
    shape = mean * share / (1 - share)
    if shape * math.log(share) > _SMALLEST_LOGARITHM:
        count = _summed(shape, share, probability)
        if count is not None:
            return count
    return _bisected(shape, share, probability)


def _summed(shape: float, share: float, probability: float) -> int | None:
    term = total = math.exp(shape * math.log(share))
    for count in range(_SUMMED + 1):
        if total >= probability:
            return count
        term *= (shape + count) / (count + 1) * (1 - share)
        total += term
    return None


def _bisected(shape: float, share: float, probability: float) -> int:
    low, high = -1, 1
    while high < LARGEST_ON_HAND and _cumulative(high, shape, share) < probability:
        low, high = high, high * 2
    high = min(high, LARGEST_ON_HAND)
    while high - low > 1:
        middle = (low + high) // 2
        if _cumulative(middle, shape, share) < probability:
            low = middle
        else:
            high = middle
    return high


def _cumulative(count: int, shape: float, share: float) -> float:
    """``P(X ≤ count)``, the regularised incomplete beta function ``I_share(shape, count + 1)``."""
    a, b, x = shape, count + 1.0, share
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function by Lentz (Abramowitz and Stegun 26.5.8)."""
    c, d = 1.0, 1 / _kept(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, 200_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        change = 1.0
        for numerator in (even, odd):
            d = 1 / _kept(1 + numerator * d)
            c = _kept(1 + numerator / c)
            change = c * d
            result *= change
        if abs(change - 1) < _PRECISION:
            break
    return result


def _kept(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
