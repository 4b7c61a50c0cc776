"""How much two prices have to do with each other: the covariance of a Gaussian process on log prices.

A price is modelled as the sum of the level of its repair and of deviations of its device: what its brand, its series,
its generation, the words of its name and its facts bring, what is the device's own, and what its quality and part
bring. Each deviation is partly shared by all repairs of the device and partly of one repair, and each repair stretches
them by a factor of its own: a screen's price varies more than that of a cleaning.

Source: Rasmussen, C. E., Williams, C. K. I. (2006): Gaussian Processes for Machine Learning, chapters 2, 4 and 5.
A fact that is missing enters as a normal distribution, and the kernel as its expectation: Girard, A. et al. (2003):
Gaussian process priors with uncertain inputs, NIPS 15.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from apps.pricing.estimator.facts import LADDER
from apps.pricing.estimator.features import UNKNOWN, Devices, Floats, Ints

PARTS = ("brand", "series", "family", "words", "facts", "slopes", "kind", "device")
SCALES = ("generation", "word", "year", "size", "launch", "tier")
OTHERS = ("level", "part", "own", "key", "quality", "quality_of_repair", "quality_of_device")
_BRAND, _SERIES, _FAMILY, _WORDS, FACTS, _SLOPES, _KIND, _DEVICE = range(len(PARTS))

NOT_SAID_AT = len(LADDER)
# Each step down the ladder is a feature of its own, and so is not being said: (quality, feature).
_STEPS = np.array([[-1.0, -1, -1, 0], [-1, -1, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, -1]])
_ALIKE = _STEPS @ _STEPS.T
# What is expected of them before a price is seen, as logarithms of the price.
QUALITY_MEANS = _STEPS @ np.array([0.15, 0.15, 0.15, 0.05])


@dataclass(frozen=True)
class Rows:
    """``n`` jobs as numbers: device and repair (n,), part (``UNKNOWN`` is none named), quality (place on the ladder)."""

    device: Ints
    repair: Ints
    part: Ints
    quality: Ints

    def __len__(self) -> int:
        return len(self.device)

    def take(self, rows: Ints) -> "Rows":
        return Rows(self.device[rows], self.repair[rows], self.part[rows], self.quality[rows])


@dataclass(frozen=True)
class Parameters:
    """Standard deviations ``amplitudes`` (8,) and ``others`` (7,) in log price, ``shares`` (8,) from 0 to 1, ``scales``
    (6,) in the units of the features, ``stretches`` (repairs,)."""

    amplitudes: Floats
    shares: Floats
    scales: Floats
    others: Floats
    stretches: Floats

    def other(self, name: str) -> float:
        return float(self.others[OTHERS.index(name)])


def device_parts(a: Devices, b: Devices, scales: Floats) -> Floats:
    """(8, a, b): each part's correlation of every device of ``a`` with every one of ``b``."""
    brand = _both(a.brand, b.brand)
    series = _both(a.series, b.series)
    facts = np.exp(_facts_exponent(a, b, scales[2:]))
    same = _both(a.same, b.same)
    return np.stack(
        [
            brand,
            series,
            series * np.exp(-_apart(a, b) / scales[0] - _strangeness(a, b) * scales[1]) * _same_known(a, b),
            a.variants @ b.variants.T,
            np.where(same > 0, 1.0, facts),
            a.numbers @ b.numbers.T,
            (a.kind[:, None] == b.kind[None, :]) * 1.0,
            same,
        ]
    )


def of_jobs(parts: Floats, a: Ints, b: Ints) -> Floats:
    """(8, a, b): ``parts`` of pairs of devices as those of pairs of jobs, whose devices are ``a`` and ``b``."""
    spread: Floats = parts[:, a[:, None], b[None, :]]
    return spread


def scale_slopes(a: Devices, scales: Floats, parts: Floats) -> Iterator[tuple[int, Floats]]:
    """For each scale, the part it belongs to and that part's derivative by the scale's logarithm."""
    family = parts[_FAMILY]
    yield _FAMILY, family * _apart(a, a) / scales[0]
    yield _FAMILY, -family * _strangeness(a, a) * scales[1]
    apart = 1.0 - parts[_DEVICE]
    for column in range(4):
        squared = scales[2 + column] ** 2
        doubt = a.doubts[:, None, column] + a.doubts[None, :, column]
        gap = (a.numbers[:, None, column] - a.numbers[None, :, column]) ** 2
        yield FACTS, apart * parts[FACTS] * (doubt / (squared + doubt) + gap * squared / (squared + doubt) ** 2)


def _facts_exponent(a: Devices, b: Devices, scales: Floats) -> Floats:
    exponent = np.zeros((len(a), len(b)))
    for column, scale in enumerate(scales):
        width = scale**2 + a.doubts[:, None, column] + b.doubts[None, :, column]
        gap = (a.numbers[:, None, column] - b.numbers[None, :, column]) ** 2
        exponent += 0.5 * np.log(scale**2 / width) - 0.5 * gap / width
    return exponent


def _both(a: Ints, b: Ints) -> Floats:
    both: Floats = ((a[:, None] == b[None, :]) & (a[:, None] != UNKNOWN)).astype(np.float64)
    return both


def _apart(a: Devices, b: Devices) -> Floats:
    gap = np.abs(a.generation[:, None] - b.generation[None, :])
    return np.where(np.isnan(gap), 0.0, gap)


def _same_known(a: Devices, b: Devices) -> Floats:
    alike: Floats = (np.isnan(a.generation)[:, None] == np.isnan(b.generation)[None, :]).astype(np.float64)
    return alike


def _strangeness(a: Devices, b: Devices) -> Floats:
    """How many words stand in one of the two names only; a strange word is never the other's."""
    common = a.variants @ b.variants.T
    counts = a.variants.sum(1)[:, None] + b.variants.sum(1)[None, :] - 2 * common
    strange = a.strange[:, None] + b.strange[None, :]
    return np.where(_both(a.same, b.same) > 0, 0.0, counts + strange)


@dataclass(frozen=True)
class Pairs:
    """What two lists of jobs have in common: 0 or 1 for each pair."""

    repair: Floats
    part: Floats
    own: Floats
    key: Floats
    quality: Floats

    @classmethod
    def of(cls, a: Rows, b: Rows, same_device: Floats) -> "Pairs":
        repair = _both(a.repair, b.repair)
        own = repair * same_device
        same_quality = (a.quality[:, None] == b.quality[None, :]) * 1.0
        same_part = (a.part[:, None] == b.part[None, :]) * 1.0
        return cls(
            repair=repair,
            part=repair * _both(a.part, b.part),
            own=own,
            key=own * same_part * same_quality,
            quality=_ALIKE[np.ix_(a.quality, b.quality)],
        )


def deviations(parameters: Parameters, parts: Floats, pairs: Pairs) -> Floats:
    """Covariance without levels and stretches. ``parts`` (8, a, b) are those of the devices of the jobs."""
    variances, shares = parameters.amplitudes**2, parameters.shares
    total: Floats = np.tensordot(variances * (1 - shares), parts, 1) * pairs.repair
    total += np.tensordot(variances * shares, parts, 1)
    for name, term in other_terms(parts, pairs):
        total += parameters.other(name) ** 2 * term
    return total


def other_terms(parts: Floats, pairs: Pairs) -> Iterator[tuple[str, Floats]]:
    """What stands beside the parts of the device, each to be multiplied by its variance."""
    yield "part", pairs.part
    yield "own", pairs.own
    yield "key", pairs.key
    yield "quality", pairs.quality
    yield "quality_of_repair", pairs.quality * pairs.repair
    yield "quality_of_device", pairs.quality * pairs.repair * parts[FACTS]


def covariance(parameters: Parameters, a: Rows, b: Rows, parts: Floats, pairs: Pairs) -> Floats:
    """(a, b): the prior covariance of the logarithms of two lists of prices."""
    return levelled(parameters, a, b, deviations(parameters, parts, pairs), pairs)


def levelled(parameters: Parameters, a: Rows, b: Rows, deviated: Floats, pairs: Pairs) -> Floats:
    """(a, b): ``deviations`` stretched by the repairs, and their levels."""
    stretch = parameters.stretches
    stretched = deviated * (stretch[a.repair][:, None] * stretch[b.repair][None, :])
    stretched += parameters.other("level") ** 2 * pairs.repair
    return stretched
