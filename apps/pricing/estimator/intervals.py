"""Intervals that mean what they say: how far whole devices were missed tells how far the next will be.

Conformal prediction with residuals of left-out groups, scaled by the predicted spread (Lei, J. et al. 2018:
Distribution-free predictive inference for regression, JASA 113; Barber, R. F. et al. 2021: Predictive inference with
the jackknife+, Annals of Statistics 49). A repair with few residuals borrows those of the others; a list with few
borrows what Student's t distribution would give.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from apps.pricing.estimator.features import Floats, Ints

# Upper points of |t| with four degrees of freedom at 5 %, 15 % … 95 %: what is believed before a miss is seen.
_BELIEVED = np.array([0.067, 0.202, 0.341, 0.489, 0.650, 0.829, 1.040, 1.305, 1.683, 2.776])
_BELIEF_COUNTS = 10.0
_OTHERS_COUNT = 20.0


@dataclass(frozen=True)
class Misses:
    """``sizes`` (m,): how far left-out prices were missed, in predicted standard deviations; ``repairs`` (m,): of which."""

    sizes: Floats
    repairs: Ints

    @cached_property
    def _by_repair(self) -> dict[int, tuple[Floats, Floats]]:
        return {}

    def _weighted(self, repair: int) -> tuple[Floats, Floats]:
        """All misses in ascending order with what share of them is no greater."""
        if repair not in self._by_repair:
            mine = self.repairs == repair
            others = max(int((~mine).sum()), 1)
            weights = np.where(mine, 1.0, min(_OTHERS_COUNT / others, 1.0))
            sizes = np.concatenate([self.sizes, _BELIEVED])
            weights = np.concatenate([weights, np.full(len(_BELIEVED), _BELIEF_COUNTS / len(_BELIEVED))])
            order = np.argsort(sizes)
            self._by_repair[repair] = sizes[order], np.cumsum(weights[order]) / (weights.sum() + 1.0)
        return self._by_repair[repair]

    def reach(self, repair: int, level: float) -> float:
        """So many standard deviations hold a share ``level`` of unseen prices."""
        sizes, shares = self._weighted(repair)
        return float(np.interp(level, shares, sizes))

    def chance(self, repair: int, deviations: float) -> float:
        """The share of unseen prices that lie within so many standard deviations."""
        sizes, shares = self._weighted(repair)
        return float(np.interp(deviations, sizes, shares, left=0.0))
