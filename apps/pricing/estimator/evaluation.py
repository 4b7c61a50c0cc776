"""How good the estimator is on a list it has not seen: whole devices are held out, in folds that a hash fixes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from statistics import median
from typing import Any

from apps.pricing.estimator.baselines import Method
from apps.pricing.estimator.estimator import Estimator
from apps.pricing.estimator.facts import Estimated, KnownPrice

SIZES = (5, 10, 25, 50, 100, 250)
LEVEL = 0.8
_CLOSE = 0.1


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
    """One row for each group, in their order: errors are medians in per cent of the real price.

    The baselines are measured on the prices that the estimator answers; ``None`` where there is nothing to measure.
    """
    groups: dict[str, list[Score]] = {}
    for score in found:
        groups.setdefault(group(score), []).append(score)
    return [_summary(name, members) for name, members in groups.items()]


def _summary(name: str, members: Sequence[Score]) -> dict[str, Any]:
    answered = [score for score in members if score.answer.price is not None]
    errors = [_error(score.answer.price, score.price) for score in answered]
    held = [(score.answer.low or 0.0) <= score.price <= (score.answer.high or 0.0) for score in answered]
    widths = [
        ((score.answer.high or 0.0) - (score.answer.low or 0.0)) / (score.answer.price or 1.0) for score in answered
    ]
    others = {
        method: _percent(
            [_error(score.others[method], score.price) for score in answered if score.others[method]], median
        )
        for method in (members[0].others if members else {})
    }
    return {
        "group": name,
        "prices": len(members),
        "answered": len(answered),
        "error": _percent(errors, median),
        "mean": _percent(errors, _mean),
        "within_10": _percent([error <= _CLOSE for error in errors], _mean),
        "coverage": _percent(held, _mean),
        "width": _percent(widths, median),
        **others,
    }


def _error(guess: float | None, price: float) -> float:
    assert guess is not None
    return abs(guess - price) / price


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
