"""The shop's habit: how its prices end."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_STEPS = (1000, 500, 100, 50, 10, 5, 1)  # whole units of the currency
_KEPT = 0.9  # of all prices keep a habit, or it is none
_MOST_ENDINGS = 3
_COARSEST = 0.1  # of the middle price: a coarser habit would be seen by chance in a short list


@dataclass(frozen=True)
class Habit:
    """Prices are ``step × k`` plus one of ``endings`` (ascending, below ``step``), in the currency's smallest unit, of
    which a whole one has ``10 ** digits``."""

    step: int
    endings: tuple[int, ...]
    digits: int

    @property
    def unit(self) -> int:
        """How many smallest units make a whole one."""
        return int(10**self.digits)

    @property
    def smallest(self) -> float:
        """The lowest price of the habit that is more than nothing."""
        lowest = next((ending for ending in self.endings if ending), self.step)
        return lowest / self.unit

    @property
    def spacing(self) -> float:
        """How far apart two prices of the habit are on average."""
        return self.step / len(self.endings) / self.unit

    def rounded(self, price: float) -> float:
        """The nearest price of the habit, at least ``smallest``; of two prices the greater is never rounded lower."""
        units = price * self.unit
        base = int(units // self.step) * self.step
        points = [
            base - self.step + self.endings[-1],
            *(base + end for end in self.endings),
            base + self.step + self.endings[0],
        ]
        at = min(max(bisect_left(points, units), 1), len(points) - 1)
        nearest = points[at] if points[at] - units < units - points[at - 1] else points[at - 1]
        return max(round(nearest / self.unit, self.digits), self.smallest)


def habit_of(prices: Sequence[float], digits: int) -> Habit:
    """The coarsest steps and endings that nine in ten of ``prices`` keep; the smallest unit where there are none."""
    units = [round(price * 10**digits) for price in prices]
    best = Habit(1, (0,), digits)
    coarsest = _COARSEST * median(units) if units else 0.0
    for step in (size * 10**digits for size in _STEPS):
        endings = _endings(units, step)
        if endings and best.step / len(best.endings) < step / len(endings) <= coarsest:
            best = Habit(step, endings, digits)
    return best


def _endings(units: Sequence[int], step: int) -> tuple[int, ...]:
    """The fewest endings that enough prices have; none where it takes too many."""
    counts = Counter(unit % step for unit in units).most_common(_MOST_ENDINGS)
    for taken in range(1, len(counts) + 1):
        if sum(count for _, count in counts[:taken]) >= _KEPT * len(units):
            return tuple(sorted(ending for ending, _ in counts[:taken]))
    return ()
