"""What the use of a part so far says about its use from now on; periods are weeks or days, quantities whole units.

Forecasts of intermittent demand, as published:

- Croston, J. D. (1972): Forecasting and stock control for intermittent demands. Operational Research Quarterly 23(3).
- Syntetos, A. A., Boylan, J. E. (2005): The accuracy of intermittent demand estimates. International Journal of
  Forecasting 21(2) (SBA); with Croston, J. D. (2005): On the categorization of demand patterns. Journal of the
  Operational Research Society 56(5).
- Teunter, R. H., Syntetos, A. A., Babai, M. Z. (2011): Intermittent demand: linking forecasting to inventory
  obsolescence. European Journal of Operational Research 214(3) (TSB).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, median

LONGEST_SMOOTH_INTERVAL = 1.32  # periods from one demand to the next (Syntetos, Boylan and Croston 2005)
MOST_SMOOTH_VARIATION = 0.49  # squared coefficient of variation of the sizes
PEER_PERIODS = 26


class Pattern(StrEnum):
    """The four patterns of Syntetos, Boylan and Croston, and none at all."""

    NONE = "NONE"
    SMOOTH = "SMOOTH"
    ERRATIC = "ERRATIC"
    INTERMITTENT = "INTERMITTENT"
    LUMPY = "LUMPY"


class Method(StrEnum):
    """How the mean demand of a period is estimated."""

    MOVING_AVERAGE = "MOVING_AVERAGE"
    SES = "SES"
    CROSTON = "CROSTON"
    SBA = "SBA"
    TSB = "TSB"
    PEERS = "PEERS"


@dataclass(frozen=True)
class Forecasting:
    """A method and its constants; those given are what won in the replay that docs/inventory.md tells of.

    ``size_weight`` is the weight of the newest demand (of the newest period for SES), ``interval_weight`` of the newest
    interval, for TSB of whether the newest period had a demand. ``window`` is what a moving average looks back on, and
    ``start`` the number of first periods whose mean SES and TSB start from.
    """

    method: Method = Method.SES
    size_weight: float = 0.03
    interval_weight: float = 0.05
    window: int = 52
    start: int = 26


@dataclass(frozen=True)
class Forecast:
    """What is expected of each coming period, and what that was made from.

    ``variance`` is that of one period. ``size`` is the mean of the periods that had a demand.
    """

    method: Method
    pattern: Pattern
    mean: float
    variance: float
    size: float
    periods: int
    demand_periods: int


@dataclass(frozen=True)
class Peers:
    """What parts without any demand begin to need: the chance of a first demand in a period, and its usual size."""

    rate: float
    size: float


def pattern_of(history: Sequence[int]) -> Pattern:
    """By the mean interval between demands and the squared coefficient of variation of their sizes.

    A value on a bound counts as the quieter side.
    """
    sizes = [quantity for quantity in history if quantity]
    if not sizes:
        return Pattern.NONE
    seldom = len(history) / len(sizes) > LONGEST_SMOOTH_INTERVAL
    uneven = _spread(sizes) / sum(sizes) ** 2 > MOST_SMOOTH_VARIATION
    if seldom:
        return Pattern.LUMPY if uneven else Pattern.INTERMITTENT
    return Pattern.ERRATIC if uneven else Pattern.SMOOTH


def _spread(values: Sequence[int]) -> int:
    """``n²`` times the variance, exactly: ``n·Σx² − (Σx)²``."""
    return len(values) * sum(value * value for value in values) - sum(values) ** 2


def moving_average(history: Sequence[int], window: int) -> float:
    """The mean of the last ``window`` periods; of all if there are fewer, 0 if there are none."""
    recent = history[-window:]
    return fmean(recent) if recent else 0.0


def simple_smoothing(history: Sequence[int], weight: float, start: int) -> float:
    """``m ← m + w·(d − m)`` from the mean of the first ``start`` periods on."""
    mean = moving_average(history[:start], start)
    for quantity in history[start:]:
        mean += weight * (quantity - mean)
    return mean


def croston(history: Sequence[int], size_weight: float, interval_weight: float) -> float:
    """Size ``z`` over interval ``p``, each smoothed at demands only: ``z ← z + a·(d − z)``, ``p ← p + b·(q − p)``.

    Both start from the first demand and the periods that it took.
    """
    size = interval = 0.0
    waited = 0
    for quantity in history:
        waited += 1
        if not quantity:
            continue
        if interval:
            size += size_weight * (quantity - size)
            interval += interval_weight * (waited - interval)
        else:
            size, interval = float(quantity), float(waited)
        waited = 0
    return size / interval if interval else 0.0


def syntetos_boylan(history: Sequence[int], size_weight: float, interval_weight: float) -> float:
    """Croston's estimate times ``1 − b/2``, which takes away its bias."""
    return (1 - interval_weight / 2) * croston(history, size_weight, interval_weight)


def teunter_syntetos_babai(history: Sequence[int], size_weight: float, interval_weight: float, start: int) -> float:
    """Chance of a demand, smoothed in every period (``p ← p + b·(1 or 0 − p)``), times size, smoothed at demands.

    The estimate falls while nothing is asked for, so that a part which goes out of use leaves the shelf.
    """
    first = [quantity for quantity in history[:start] if quantity]
    chance = len(first) / min(start, len(history)) if first else 0.0
    size = fmean(first) if first else 0.0
    for quantity in history[start:]:
        chance += interval_weight * ((1 if quantity else 0) - chance)
        if quantity:
            size = size + size_weight * (quantity - size) if size else float(quantity)
    return chance * size


def mean_demand(history: Sequence[int], how: Forecasting) -> float:
    """The expected demand of a period, by the method named."""
    match how.method:
        case Method.MOVING_AVERAGE:
            return moving_average(history, how.window)
        case Method.SES:
            return simple_smoothing(history, how.size_weight, how.start)
        case Method.CROSTON:
            return croston(history, how.size_weight, how.interval_weight)
        case Method.SBA:
            return syntetos_boylan(history, how.size_weight, how.interval_weight)
        case Method.TSB:
            return teunter_syntetos_babai(history, how.size_weight, how.interval_weight, how.start)
        case Method.PEERS:
            raise ValueError("What peers need says nothing about a part with a demand of its own.")


def forecast(history: Sequence[int], how: Forecasting) -> Forecast:
    """What the history, oldest period first and quiet periods as 0, says of the coming periods.

    Raises ``ValueError`` for a negative quantity.
    """
    if any(quantity < 0 for quantity in history):
        raise ValueError("Demand is never negative: what comes back is not demand.")
    sizes = [quantity for quantity in history if quantity]
    periods = len(history)
    return Forecast(
        method=how.method,
        pattern=pattern_of(history),
        mean=mean_demand(history, how),
        variance=_spread(history) / (periods * (periods - 1)) if periods > 1 else 0.0,
        size=fmean(sizes) if sizes else 0.0,
        periods=periods,
        demand_periods=len(sizes),
    )


def peers_of(histories: Iterable[Sequence[int]], recent: int = PEER_PERIODS) -> Peers | None:
    """How parts that had been quiet from the start until ``recent`` periods ago were asked for since then.

    ``None`` where no history is long enough or nothing was asked for, so that nothing can be said.
    """
    demands = periods = 0
    sizes: list[int] = []
    for history in histories:
        sizes += [quantity for quantity in history if quantity]
        if len(history) > recent and not any(history[:-recent]):
            demands += sum(1 for quantity in history[-recent:] if quantity)
            periods += recent
    if not demands:
        return None
    return Peers(demands / periods, float(median(sizes)))


def forecast_from(peers: Peers, periods: int) -> Forecast:
    """What to expect of a part that nobody has asked for in so many periods: a demand of the usual size, seldom."""
    mean = peers.rate * peers.size
    return Forecast(
        method=Method.PEERS,
        pattern=Pattern.NONE,
        mean=mean,
        variance=peers.rate * peers.size**2 - mean**2,
        size=peers.size,
        periods=periods,
        demand_periods=0,
    )
