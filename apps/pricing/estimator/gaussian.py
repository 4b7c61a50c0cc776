"""What known prices say of unknown ones, once the parameters are settled."""

from dataclasses import dataclass

import numpy as np

from apps.pricing.estimator.features import Devices, Floats, Ints
from apps.pricing.estimator.kernel import (
    PARTS,
    QUALITY_MEANS,
    Pairs,
    Parameters,
    Rows,
    covariance,
    device_parts,
    of_jobs,
)

# A price leans on so many known ones at most, those it has most to do with: its cost does not grow with the list.
NEIGHBOURS = 80
_DEGREES = 4.0  # of Student's t distribution, which lets a typing error lie far off without pulling at its neighbours
_HOPELESS = 25.0  # five standard deviations, squared: from there on a price is silenced faster than that
_DEVICE = PARTS.index("device")


@dataclass(frozen=True)
class Known:
    """``n`` known prices: jobs, log prices, and the variance of their noise; their devices as columns."""

    rows: Rows
    devices: Devices
    logs: Floats
    noise: Floats
    mean: float

    @property
    def targets(self) -> Floats:
        """What the process explains: log prices less what is expected of their quality."""
        targets: Floats = self.logs - self.mean - QUALITY_MEANS[self.rows.quality]
        return targets


@dataclass(frozen=True)
class Leaning:
    """The known prices an answer leans on: their places, and the correlation of each with what is asked."""

    places: Ints
    similarity: Floats


def predict(
    known: Known, parameters: Parameters, device: Devices, asked: Rows, at: int
) -> tuple[Floats, Floats, Leaning]:
    """Mean and standard deviation (q,) of the log prices of ``asked``, which differ in quality only.

    ``device`` is their one device; the similarities are those to the one ``at``. What is leaned on is the same for all.
    """
    by_device = device_parts(device, known.devices, parameters.scales)[:, 0, :]
    near = _nearest(known, parameters, by_device, asked)
    rows = known.rows.take(near)
    cross = _between(parameters, asked, rows, by_device[:, rows.device])
    distinct, back = np.unique(rows.device, return_inverse=True)
    inner = device_parts(known.devices.take(distinct), known.devices.take(distinct), parameters.scales)
    parts = of_jobs(inner, back, back)
    full = covariance(parameters, rows, rows, parts, Pairs.of(rows, rows, parts[_DEVICE]))
    full[np.diag_indices_from(full)] += known.noise[near]
    solved = np.linalg.solve(full, np.column_stack([known.targets[near], cross.T]))
    own = device_parts(device, device, parameters.scales)[:, 0, 0]
    expected = np.diag(_between(parameters, asked, asked, np.repeat(own[:, None], len(asked), 1)))
    means = known.mean + QUALITY_MEANS[asked.quality] + cross @ solved[:, 0]
    variances = np.maximum(expected - (cross * solved[:, 1:].T).sum(1), 1e-6)
    likeness = cross[at] / np.sqrt(expected[at] * np.diag(full))
    return means, np.sqrt(variances), Leaning(near, np.clip(likeness, 0.0, 1.0))


def _between(parameters: Parameters, asked: Rows, rows: Rows, parts: Floats) -> Floats:
    """Covariance of jobs of one device with ``rows``; ``parts`` (8, rows) are those of the device."""
    wide = np.broadcast_to(parts[:, None, :], (len(PARTS), len(asked), len(rows)))
    return covariance(parameters, asked, rows, wide, Pairs.of(asked, rows, wide[_DEVICE]))


def _nearest(known: Known, parameters: Parameters, by_device: Floats, asked: Rows) -> Ints:
    if len(known.rows) <= NEIGHBOURS:
        return np.arange(len(known.rows))
    first = asked.take(np.array([0]))
    cross = _between(parameters, first, known.rows, by_device[:, known.rows.device])[0]
    return np.sort(np.argpartition(-cross, NEIGHBOURS)[:NEIGHBOURS])


def prior(known: Known, parameters: Parameters) -> Floats:
    """(n, n): the covariance of all known prices, without noise."""
    parts = device_parts(known.devices, known.devices, parameters.scales)
    parts = of_jobs(parts, known.rows.device, known.rows.device)
    return covariance(parameters, known.rows, known.rows, parts, Pairs.of(known.rows, known.rows, parts[_DEVICE]))


def solved(known: Known, expected: Floats) -> tuple[Floats, Floats]:
    """The inverse of ``expected``, which is ``prior``, with noise (n, n), and that times the targets (n,)."""
    full = expected + np.diag(known.noise)
    inverse = np.asarray(np.linalg.inv(full), dtype=np.float64)
    return inverse, inverse @ known.targets


def alone(inverse: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """How far each price lies from what all others say of it, and the standard deviation of that.

    Rasmussen and Williams, equations 5.10 to 5.12.
    """
    precision = np.diag(inverse)
    return weights / precision, np.sqrt(1.0 / precision)


def without_device(inverse: Floats, weights: Floats, device: Ints) -> tuple[Floats, Floats]:
    """The same with all prices of its device left out."""
    misses, spreads = np.empty(len(device)), np.empty(len(device))
    order = np.argsort(device, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(device[order])) + 1):
        block = np.linalg.inv(inverse[np.ix_(rows, rows)])
        misses[rows] = block @ weights[rows]
        spreads[rows] = np.sqrt(np.diag(block))
    return misses, spreads


def trust(misses: Floats, spreads: Floats) -> Floats:
    """The weight of each price under Student's t distribution, from 0 to 1: full up to where a miss begins to be odd."""
    odd = (misses / spreads) ** 2
    weights: Floats = (
        np.minimum(1.0, (_DEGREES + 1.0) / (_DEGREES + odd)) * np.minimum(1.0, _HOPELESS / np.maximum(odd, 1.0)) ** 2
    )
    return weights
