"""The search for the parameters under which a shop's list is most probable."""

from dataclasses import dataclass

import numpy as np

from apps.pricing.estimator import priors
from apps.pricing.estimator.features import Devices, Floats
from apps.pricing.estimator.kernel import (
    OTHERS,
    PARTS,
    Pairs,
    Parameters,
    Rows,
    covariance,
    deviations,
    device_parts,
    of_jobs,
    other_terms,
    scale_slopes,
)

_STEPS = 60
_FIRST_STEP, _SHORTEST, _LONGEST = 0.1, 1e-3, 0.5
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
    full = covariance(parameters, problem.rows, problem.rows, parts, pairs)
    full[np.diag_indices_from(full)] += problem.noise
    lower = np.linalg.cholesky(full)
    inverse = np.linalg.inv(full)
    weights = inverse @ problem.targets
    surprise = (packed - priors.means(repairs)) / priors.doubts(repairs)
    value = -0.5 * problem.targets @ weights - np.log(np.diag(lower)).sum() - 0.5 * surprise @ surprise
    pull = 0.5 * (np.outer(weights, weights) - inverse)
    slopes = _slopes(parameters, problem, by_device, parts, pairs, pull)
    return float(value), slopes - surprise / priors.doubts(repairs)


def _slopes(
    parameters: Parameters, problem: Problem, by_device: Floats, parts: Floats, pairs: Pairs, pull: Floats
) -> Floats:
    """The sum of ``pull`` (n, n) times the derivative of the covariance by each packed parameter."""
    stretch = parameters.stretches[problem.rows.repair]
    stretched = pull * stretch[:, None] * stretch[None, :]
    of_repair = stretched * pairs.repair
    across = np.array([np.vdot(stretched, part) for part in parts])
    within = np.array([np.vdot(of_repair, part) for part in parts])
    variance, share = parameters.amplitudes**2, parameters.shares
    others = {
        name: 2 * parameters.other(name) ** 2 * np.vdot(stretched, term) for name, term in other_terms(parts, pairs)
    }
    others["level"] = 2 * parameters.other("level") ** 2 * np.vdot(pull, pairs.repair)
    row_sums = (stretched * deviations(parameters, parts, pairs)).sum(1)
    return np.concatenate(
        [
            2 * variance * (share * across + (1 - share) * within),
            [others[name] for name in OTHERS],
            _scales(parameters, problem, by_device, stretched, of_repair),
            variance * share * (1 - share) * (across - within),
            2 * np.bincount(problem.rows.repair, row_sums, minlength=len(parameters.stretches)),
        ]
    )


def _scales(
    parameters: Parameters, problem: Problem, by_device: Floats, stretched: Floats, of_repair: Floats
) -> Floats:
    picked = np.ix_(problem.rows.device, problem.rows.device)
    found = []
    for at, slope in scale_slopes(problem.devices, parameters.scales, by_device):
        share = parameters.shares[at]
        spread = slope[picked]
        moved = share * np.vdot(stretched, spread) + (1 - share) * np.vdot(of_repair, spread)
        found.append(parameters.amplitudes[at] ** 2 * moved)
    return np.array(found)


def search(problem: Problem, repairs: int, start: Floats | None = None, steps: int = _STEPS) -> Floats:
    """The packed parameters of the highest posterior that resilient steps reach (Riedmiller, Braun 1993: RPROP).

    Deterministic; needs no line search, so a step costs one factorisation.
    """
    packed = priors.means(repairs) if start is None else start.copy()
    same = device_same(problem)
    pairs = Pairs.of(problem.rows, problem.rows, same)
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
        packed = packed + np.sign(before) * step
    return best


def device_same(problem: Problem) -> Floats:
    """1 where two rows name one device."""
    return (problem.rows.device[:, None] == problem.rows.device[None, :]).astype(np.float64)
