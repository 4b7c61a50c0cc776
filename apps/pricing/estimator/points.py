"""The prices a shop asks again and again: an estimate settles on one of them where one is near enough.

A list is no smooth curve: most prices of a repair repeat a few figures. The probability of a price is taken as that of
the estimate's normal distribution times how often the list asks that very price; a price that is not on the list counts
like half a one. The most probable price wins. It rises with the estimate: the factor of two prices of the list changes
in favour of the dearer one, and what is not on the list is always as probable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from apps.pricing.estimator.features import Floats, Ints
from apps.pricing.estimator.rounding import Habit

_UNLISTED = log(0.5)
_NARROWED = 0.7  # a normal distribution of the same middle half as the heavy-tailed misses
_NARROWEST = 1e-3


@dataclass(frozen=True)
class Points:
    """For each repair the distinct prices, their logarithms and their counts; ``widths`` (repairs,) are the standard
    deviations of an estimate's logarithm that are usual for it."""

    of_repair: Mapping[int, tuple[Floats, Floats, Floats]]
    widths: Floats
    habit: Habit

    @classmethod
    def of(cls, repairs: Ints, prices: Floats, reliable: NDArray[np.bool_], widths: Floats, habit: Habit) -> "Points":
        """From prices (n,) of ``repairs`` (n,), of which only the reliable ones count."""
        found = {}
        for repair in np.unique(repairs[reliable]):
            distinct, counts = np.unique(prices[reliable & (repairs == repair)], return_counts=True)
            found[int(repair)] = (distinct, np.log(distinct), counts.astype(np.float64))
        return cls(found, widths, habit)

    def settled(self, repair: int, logarithm: float, *, without: float | None = None) -> float:
        """The price for an estimate of ``logarithm``; ``without`` leaves out one price of the list."""
        plain = self.habit.rounded(exp(logarithm))
        if repair not in self.of_repair:
            return plain
        prices, logs, counts = self.of_repair[repair]
        left = counts - (prices == without) if without is not None else counts
        width = max(float(self.widths[repair]) * _NARROWED, _NARROWEST)
        scores = np.log(np.maximum(left, 1e-9)) - 0.5 * ((logs - logarithm) / width) ** 2
        best = int(scores.argmax())
        return float(prices[best]) if scores[best] > _UNLISTED else plain


def sizes_of_misses(points: Points, repairs: Ints, prices: Floats, middles: Floats, spreads: Floats) -> Floats:
    """(n,): by how many ``spreads`` an interval around ``middles`` must reach out, once rounded, to hold ``prices``.

    Nothing where the settled price is right. Half a step of the shop's habit comes free: rounding brings it.
    """
    half = points.habit.spacing / 2
    settled = np.array(
        [
            points.settled(int(repair), float(middle), without=float(price))
            for repair, price, middle in zip(repairs, prices, middles, strict=True)
        ]
    )
    above = (np.log(np.maximum(prices - half, prices / 2)) - middles) / spreads
    below = (middles - np.log(prices + half)) / spreads
    return np.where(settled == prices, 0.0, np.maximum(np.where(prices > settled, above, below), 0.0))
