"""How good the estimator is on a list it has not seen: whole devices are held out, in folds that a hash fixes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from statistics import median
from typing import Any

from apps.pricing.estimator.baselines import Method
from apps.pricing.estimator.estimator import Estimator
from apps.pricing.estimator.facts import Estimated, KnownPrice

SIZES = (5, 10, 25, 50, 100, 250)
LEVEL = 0.8
_CLOSE = 0.1
Measure = Callable[[Sequence[float]], float | None]


@dataclass(frozen=True)
class Score:
    """One held-out price with what was answered; ``known`` is the number of prices learned from, ``None`` for all.

    ``others`` are the answers of the baselines by name.
    """

    shop: str
    repair: str
    known: int | None
    price: float
    answer: Estimated
    others: Mapping[str, float | None]


def fold_of(device: str, folds: int) -> int:
    """The fold of a device: the same on every machine and in every run."""
    return _hash(device) % folds


@dataclass(frozen=True)
class Trial:
    """How a shop is measured: in so many ``folds``, learning from ``size`` prices of the other folds (``None``: all).

    ``digits`` are the currency's; ``together`` gives the name under which a device is held out, if not its key.
    """

    shop: str
    digits: int
    folds: int
    size: int | None
    together: Mapping[str, str]

    def fold(self, price: KnownPrice) -> int:
        key = price.job.device.key
        return fold_of(self.together.get(key, key), self.folds)


def scores(trial: Trial, prices: Sequence[KnownPrice], baselines: Mapping[str, Method]) -> Iterator[list[Score]]:
    """The scores of each fold. What is learned from is fixed by a hash; a fold with nothing to hold out gives none.

    Prices with a weight below 1 are learned from and not scored.
    """
    for fold in range(trial.folds):
        held = [price for price in prices if trial.fold(price) == fold and price.weight >= 1]
        learned = _some([price for price in prices if trial.fold(price) != fold], trial.size)
        yield _fold(trial, learned, held, baselines) if held and learned else []


def _fold(
    trial: Trial, learned: Sequence[KnownPrice], held: Sequence[KnownPrice], baselines: Mapping[str, Method]
) -> list[Score]:
    jobs = [price.job for price in held]
    answers = Estimator.fit(learned, digits=trial.digits).estimates(jobs, level=LEVEL)
    guesses = {name: method(learned, jobs) for name, method in baselines.items()}
    return [
        Score(trial.shop, one.job.repair, trial.size, one.price, answer, {name: guesses[name][at] for name in guesses})
        for at, (one, answer) in enumerate(zip(held, answers, strict=True))
    ]


def summaries(found: Sequence[Score], group: Callable[[Score], str]) -> list[dict[str, Any]]:
    """One row for each group, in their order, in per cent; ``None`` where there is nothing to measure."""
    return [_summary(name, members) for name, members in _grouped(found, group)]


def comparison(
    found: Sequence[Score], group: Callable[[Score], str], measure: Measure
) -> list[dict[str, float | str | None]]:
    """One row for each group with ``measure`` of the estimator and of each baseline, on the prices the first answers."""
    table: list[dict[str, float | str | None]] = []
    for name, members in _grouped(found, group):
        row: dict[str, float | str | None] = {"group": name, "estimator": measure(_errors(members, _own))}
        for method in members[0].others:
            row[method] = measure(_errors(members, partial(_other, method)))
        table.append(row)
    return table


def median_error(errors: Sequence[float]) -> float | None:
    """Per cent of the real price."""
    return _percent(errors, median)


def mean_error(errors: Sequence[float]) -> float | None:
    """Per cent of the real price."""
    return _percent(errors, _mean)


def within_10(errors: Sequence[float]) -> float | None:
    """The share of errors of a tenth or less, in per cent."""
    return _percent([error <= _CLOSE for error in errors], _mean)


def _grouped(found: Sequence[Score], group: Callable[[Score], str]) -> list[tuple[str, list[Score]]]:
    groups: dict[str, list[Score]] = {}
    for score in found:
        groups.setdefault(group(score), []).append(score)
    return list(groups.items())


def _summary(name: str, members: Sequence[Score]) -> dict[str, Any]:
    answered = [score for score in members if score.answer.price is not None]
    errors = _errors(members, _own)
    held = [(score.answer.low or 0.0) <= score.price <= (score.answer.high or 0.0) for score in answered]
    widths = [
        ((score.answer.high or 0.0) - (score.answer.low or 0.0)) / (score.answer.price or 1.0) for score in answered
    ]
    return {
        "group": name,
        "prices": len(members),
        "answered": len(answered),
        "error": median_error(errors),
        "mean": mean_error(errors),
        "within_10": within_10(errors),
        "coverage": _percent(held, _mean),
        "width": _percent(widths, median),
    }


def _own(score: Score) -> float | None:
    return score.answer.price


def _other(method: str, score: Score) -> float | None:
    return score.others[method]


def _errors(members: Sequence[Score], guess: Callable[[Score], float | None]) -> list[float]:
    """Relative errors of the guesses there are, where the estimator has one."""
    pairs = [(guess(score), score.price) for score in members if score.answer.price is not None]
    return [abs(guessed - price) / price for guessed, price in pairs if guessed is not None]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _percent(values: Sequence[float], of: Callable[[Sequence[float]], float]) -> float | None:
    return round(100.0 * of(values), 1) if values else None


def _some(prices: Sequence[KnownPrice], size: int | None) -> Sequence[KnownPrice]:
    if size is None:
        return prices
    return sorted(prices, key=lambda price: _hash(f"{price.job.device.key}|{price.job.repair}|{price.id}"))[:size]


def _hash(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big")
