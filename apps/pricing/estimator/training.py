"""Learning from a shop's prices: what they have in common, which of them look like typing errors, how far off it is."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from apps.pricing.estimator import priors
from apps.pricing.estimator.facts import DeviceFacts, KnownPrice
from apps.pricing.estimator.features import Floats, Ints
from apps.pricing.estimator.gaussian import Known, alone, prior, solved, trust, without_device
from apps.pricing.estimator.learned import Learned, Vocabulary
from apps.pricing.estimator.likelihood import Problem, search
from apps.pricing.estimator.merging import Line, merged
from apps.pricing.estimator.points import Points, sizes_of_misses
from apps.pricing.estimator.rounding import habit_of

SEARCHED = 400  # prices that the parameters are searched with: each step costs the cube of it
CHUNK = 1200  # prices that are weighed against each other at a time
ROUNDS = 2  # of searching and weighing
_NOISE = 0.02  # of a list's price, as a standard deviation of its logarithm
_PAST_NOISE = 0.1  # of a past line with the weight ½
_ODD = 5.0  # standard deviations, and
_FAR = 0.69  # logarithms, from which a price looks like a typing error: half or twice what it should be


def learn(prices: Sequence[KnownPrice], digits: int, *, rounds: int = ROUNDS) -> Learned | None:
    """``None`` where no price is a positive finite number."""
    lines = merged(prices, digits)
    if not lines:
        return None
    jobs = [line.job for line in lines]
    vocabulary = Vocabulary.of(jobs)
    devices = list({job.device.key: job.device for job in jobs}.values())
    known = _known(lines, vocabulary, devices)
    packed = priors.means(len(vocabulary.repairs))
    chosen = _some(devices, known)
    for _ in range(rounds):
        packed = search(_problem(_part(known, chosen), packed), len(vocabulary.repairs), packed)
    weighed, odd, missed, spreads = _weighed(known, packed)
    reliable = np.array([line.weight >= 1.0 for line in lines]) & ~odd
    asked = np.array([line.price for line in lines])
    habit = habit_of(asked[reliable].tolist(), digits)
    widths = np.array([float(np.median(spreads[known.rows.repair == at])) for at in range(len(vocabulary.repairs))])
    points = Points.of(known.rows.repair, asked, reliable, widths, habit)
    return Learned(
        vocabulary=vocabulary,
        known=weighed,
        ids=tuple(line.id for line in lines),
        prices=asked,
        reliable=reliable,
        packed=packed,
        misses=sizes_of_misses(points, known.rows.repair, asked, known.logs - missed, spreads),
        widths=widths,
        habit=habit,
        suspicious=tuple(line.id for line, is_odd in zip(lines, odd, strict=True) if is_odd),
    )


def _known(lines: Sequence[Line], vocabulary: Vocabulary, devices: Sequence[DeviceFacts]) -> Known:
    logs = np.log([line.price for line in lines])
    noise = np.array([_NOISE**2 + _PAST_NOISE**2 * (1 / line.weight - 1) for line in lines])
    rows = vocabulary.rows([line.job for line in lines])
    return Known(rows, vocabulary.encoder.encode(devices), logs, noise, float(np.median(logs)))


def _some(devices: Sequence[DeviceFacts], known: Known) -> Ints:
    """Rows of whole devices, chosen by a hash of their names, as many as the search may take."""
    counts = np.bincount(known.rows.device, minlength=len(devices))
    hashes = [sha256(f"{device.brand}|{device.name}".encode(errors="replace")).digest() for device in devices]
    order = sorted(range(len(devices)), key=hashes.__getitem__)
    taken = [device for device, total in zip(order, np.cumsum(counts[order]), strict=True) if total <= SEARCHED]
    return np.flatnonzero(np.isin(known.rows.device, taken or order[:1]))[:SEARCHED]


def _part(known: Known, chosen: Ints) -> Known:
    """Some of the prices, with their devices only."""
    rows = known.rows.take(chosen)
    distinct, back = np.unique(rows.device, return_inverse=True)
    devices = known.devices.take(distinct)
    return Known(replace(rows, device=back), devices, known.logs[chosen], known.noise[chosen], known.mean)


def _problem(part: Known, packed: Floats) -> Problem:
    """With noise that silences what looks odd under the parameters so far."""
    return Problem(part.rows, part.devices, part.targets, _weighed_chunk(part, packed)[0])


def _weighed(known: Known, packed: Floats) -> tuple[Known, NDArray[np.bool_], Floats, Floats]:
    """``known`` with noise that silences odd prices; which are odd; by how much each was missed without its device,
    and the predicted standard deviation of that."""
    odd = np.zeros(len(known.logs), dtype=bool)
    noise, misses, spreads = known.noise.copy(), np.zeros(len(known.logs)), np.zeros(len(known.logs))
    for chosen in _chunks(known):
        part = _weighed_chunk(_part(known, chosen), packed)
        noise[chosen], odd[chosen], misses[chosen], spreads[chosen] = part
    return replace(known, noise=noise), odd, misses, spreads


def _weighed_chunk(part: Known, packed: Floats, rounds: int = 2) -> tuple[Floats, NDArray[np.bool_], Floats, Floats]:
    parameters = priors.unpacked(packed)
    idiosyncrasy = (parameters.stretches[part.rows.repair] * parameters.other("key")) ** 2 + part.noise
    quiet, expected = part.noise, prior(part, parameters)
    for remaining in reversed(range(rounds + 1)):
        inverse, weights = solved(part, expected)
        missed, spread = alone(inverse, weights)
        # A price is judged by the noise it would have if it were right.
        spread = np.sqrt(np.maximum(spread**2 - part.noise + quiet, 1e-8))
        if remaining:
            part = replace(part, noise=quiet + idiosyncrasy * (1 / trust(missed, spread) - 1))
    odd = (np.abs(missed) > _ODD * spread) & (np.abs(missed) > _FAR)
    missed, spread = without_device(inverse, weights, part.rows.device)
    return part.noise, odd, missed, np.sqrt(np.maximum(spread**2 - part.noise + quiet, 1e-8))


def _chunks(known: Known) -> list[Ints]:
    """Rows in lots of at most about ``CHUNK``, of whole devices, those of a brand and a series together."""
    device = known.devices
    order = np.lexsort((device.same, device.generation, device.series, device.brand))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    ranks = rank[known.rows.device]
    rows = np.argsort(ranks, kind="stable")
    lots = -(-len(rows) // CHUNK)
    ends = np.flatnonzero(np.append(np.diff(ranks[rows]), 1)) + 1
    cuts = {int(ends[np.searchsorted(ends, len(rows) * lot / lots)]) for lot in range(1, lots)}
    return np.split(rows, sorted(cuts - {len(rows)}))
