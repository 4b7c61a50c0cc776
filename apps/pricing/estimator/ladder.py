"""What a price may not fall below or rise above: the steps of quality, and what the shop's own list shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from apps.pricing.estimator.features import Floats
from apps.pricing.estimator.kernel import NOT_SAID_AT, Rows

Limits = tuple[float, float]
_Listed = Mapping[tuple[int, int, int], Mapping[int, float]]


def ascending(values: Floats) -> Floats:
    """The closest sequence that never falls (isotonic regression by pooling neighbours: Ayer, M. et al. 1955).

    It keeps the order of two sequences: if one is nowhere below another, so it is afterwards.
    """
    pools: list[tuple[float, int]] = []
    for value in values:
        total, count = float(value), 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before, members = pools.pop()
            total, count = total + before, count + members
        pools.append((total, count))
    return np.concatenate([np.full(count, total / count) for total, count in pools])


@dataclass(frozen=True)
class Bounds:
    """``listed`` are prices of jobs by (device, repair, part) and quality; ``sane`` the limits of each repair."""

    listed: _Listed
    sane: Mapping[int, Limits]

    @classmethod
    def of(cls, rows: Rows, prices: Floats, reliable: NDArray[np.bool_], beyond: float) -> "Bounds":
        """``reliable`` tells which prices are the list's own and no typing errors; the others bind nothing.

        A repair's prices reach from its cheapest divided by ``beyond`` to its dearest times that.
        """
        listed: dict[tuple[int, int, int], dict[int, float]] = {}
        for at in np.flatnonzero(reliable):
            key = int(rows.device[at]), int(rows.repair[at]), int(rows.part[at])
            listed.setdefault(key, {})[int(rows.quality[at])] = float(prices[at])
        sane = {}
        for repair in np.unique(rows.repair):
            mine = rows.repair == repair
            seen = prices[mine & reliable] if (mine & reliable).any() else prices[mine]
            sane[int(repair)] = (float(seen.min()) / beyond, float(seen.max()) * beyond)
        return cls({key: found for key, found in listed.items() if _consistent(found)}, sane)

    def of_repair(self, repair: int) -> Limits:
        return self.sane[repair]

    def of_job(self, device: int, repair: int, part: int, quality: int) -> Limits:
        """What the list asks for worse and for better qualities of the same; for that very job, its price."""
        listed = self.listed.get((device, repair, part), {})
        if quality == NOT_SAID_AT:
            price = listed.get(quality)
            return (0.0, float("inf")) if price is None else (price, price)
        worse = [price for known, price in listed.items() if known <= quality]
        better = [price for known, price in listed.items() if quality <= known < NOT_SAID_AT]
        return max(worse, default=0.0), min(better, default=float("inf"))


def _consistent(listed: Mapping[int, float]) -> bool:
    prices: Sequence[float] = [listed[quality] for quality in sorted(listed) if quality != NOT_SAID_AT]
    return all(worse <= better for worse, better in pairwise(prices))
