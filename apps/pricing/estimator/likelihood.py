"""The search for the parameters under which a shop's list is most probable."""

from dataclasses import dataclass

import numpy as np

from apps.pricing.estimator import priors
from apps.pricing.estimator.features import Devices, Floats
from apps.pricing.estimator.kernel import (
    FACTS,
    OTHERS,
    PARTS,
    Pairs,
    Parameters,
    Rows,
    deviations,
    device_parts,
    levelled,
    of_jobs,
    other_terms,
    scale_slopes,
)

_STEPS = 60
_FIRST_STEP, _SHORTEST, _LONGEST = 0.1, 1e-3, 0.5
_FARTHEST = 5.0  # doubts from what is believed: a list that asks for more is no list
_ENOUGH = 0.02  # nobody sees what a smaller gain of the log posterior changes


@dataclass(frozen=True)
class Problem:
    """Jobs, the devices they name, their log prices less the mean (n,), and the variance of their noise (n,)."""

    rows: Rows
    devices: Devices
    targets: Floats
    noise: Floats


def log_posterior(packed: Floats, problem: Problem, pairs: Pairs) -> tuple[float, Floats]:
    """Log marginal likelihood plus log prior, and its gradient (Rasmussen and Williams, equation 5.9)."""
    repairs = len(packed) - 2 * len(PARTS) - len(OTHERS) - 6
    parameters = priors.unpacked(packed)
    by_device = device_parts(problem.devices, problem.devices, parameters.scales)
    parts = of_jobs(by_device, problem.rows.device, problem.rows.device)
    deviated = deviations(parameters, parts, pairs)
    full = levelled(parameters, problem.rows, problem.rows, deviated, pairs)
    full[np.diag_indices_from(full)] += problem.noise
    lower = np.linalg.cholesky(full)
    inverse = np.linalg.inv(full)
    weights = inverse @ problem.targets
    surprise = (packed - priors.means(repairs)) / priors.doubts(repairs)
    value = -0.5 * problem.targets @ weights - np.log(np.diag(lower)).sum() - 0.5 * surprise @ surprise
    pull = 0.5 * (np.outer(weights, weights) - inverse)
    slopes = _slopes(parameters, problem, _Matrices(by_device, parts, deviated, pairs, pull))
    return float(value), slopes - surprise / priors.doubts(repairs)


@dataclass(frozen=True)
class _Matrices:
    """What a step has computed: parts of pairs of devices and of jobs, deviations, and what each entry is worth."""

    by_device: Floats
    parts: Floats
    deviated: Floats
    pairs: Pairs
    pull: Floats


def _slopes(parameters: Parameters, problem: Problem, step: _Matrices) -> Floats:
    """The sum of ``pull`` (n, n) times the derivative of the covariance by each packed parameter."""
    stretch = parameters.stretches[problem.rows.repair]
    stretched = step.pull * (stretch[:, None] * stretch[None, :])
    of_repair = stretched * step.pairs.repair
    flat = step.parts.reshape(len(PARTS), -1)
    across, within = flat @ stretched.ravel(), flat @ of_repair.ravel()
    variance, share = parameters.amplitudes**2, parameters.shares
    terms = other_terms(step.parts, step.pairs)
    others = {name: 2 * parameters.other(name) ** 2 * np.vdot(stretched, term) for name, term in terms}
    others["level"] = 2 * parameters.other("level") ** 2 * np.vdot(step.pull, step.pairs.repair)
    return np.concatenate(
        [
            2 * variance * (share * across + (1 - share) * within),
            [others[name] for name in OTHERS],
            _scales(parameters, problem, step, stretched, of_repair),
            variance * share * (1 - share) * (across - within),
            2
            * np.bincount(problem.rows.repair, (stretched * step.deviated).sum(1), minlength=len(parameters.stretches)),
        ]
    )


def _scales(parameters: Parameters, problem: Problem, step: _Matrices, stretched: Floats, of_repair: Floats) -> Floats:
    picked = np.ix_(problem.rows.device, problem.rows.device)
    of_quality = of_repair * step.pairs.quality * parameters.other("quality_of_device") ** 2
    found = []
    for at, slope in scale_slopes(problem.devices, parameters.scales, step.by_device):
        share, spread = parameters.shares[at], slope[picked]
        moved = share * np.vdot(stretched, spread) + (1 - share) * np.vdot(of_repair, spread)
        found.append(parameters.amplitudes[at] ** 2 * moved + (at == FACTS) * np.vdot(of_quality, spread))
    return np.array(found)


def search(problem: Problem, repairs: int, start: Floats | None = None, steps: int = _STEPS) -> Floats:
    """The packed parameters of the highest posterior that resilient steps reach (Riedmiller, Braun 1993: RPROP).

    Deterministic; needs no line search, so a step costs one factorisation.
    """
    packed = priors.means(repairs) if start is None else start.copy()
    same = device_same(problem)
    pairs = Pairs.of(problem.rows, problem.rows, same)
    edges = [priors.means(repairs) + side * _FARTHEST * priors.doubts(repairs) for side in (-1, 1)]
    step = np.full(len(packed), _FIRST_STEP)
    before = np.zeros(len(packed))
    best, best_value = packed, -np.inf
    quiet = 0
    for _ in range(steps):
        value, slope = log_posterior(packed, problem, pairs)
        quiet = quiet + 1 if value < best_value + _ENOUGH else 0
        if value > best_value:
            best, best_value = packed, value
        if quiet > 5:
            break
        agreed = slope * before
        step = np.clip(np.where(agreed > 0, step * 1.2, np.where(agreed < 0, step * 0.5, step)), _SHORTEST, _LONGEST)
        before = np.where(agreed < 0, 0.0, slope)
        packed = np.clip(packed + np.sign(before) * step, *edges)
    return best


def device_same(problem: Problem) -> Floats:
    """1 where two rows name one device."""
    same: Floats = (problem.rows.device[:, None] == problem.rows.device[None, :]).astype(np.float64)
    return same
