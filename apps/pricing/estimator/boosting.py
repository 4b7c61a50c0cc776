"""Gradient boosting with year, size and launch price: the strongest baseline. Needs scikit-learn, which only
developers have."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from apps.pricing.estimator.facts import Job, KnownPrice
from apps.pricing.estimator.features import Floats

ensemble: Any
try:
    from sklearn import ensemble
except ImportError:  # as in production
    ensemble = None

AVAILABLE = ensemble is not None
_CATEGORIES = 4
_MOST_CATEGORIES = 250


def by_boosting(known: Sequence[KnownPrice], jobs: Sequence[Job]) -> list[float | None]:
    """Log prices from repair, brand, quality and type as categories and year, size and launch price as numbers.

    Least absolute error and small leaves: the better of the settings that were tried for these lists.
    """
    codes: list[dict[str, int]] = [{} for _ in range(_CATEGORIES)]
    features = _features([price.job for price in known], codes, learn=True)
    logs = np.log([price.price for price in known])
    model = ensemble.HistGradientBoostingRegressor(
        loss="absolute_error", min_samples_leaf=5, categorical_features=list(range(_CATEGORIES)), early_stopping=False
    )
    # A column without two different numbers cannot be cut.
    useful = [at for at in range(features.shape[1]) if at < _CATEGORIES or len(np.unique(_stated(features[:, at]))) > 1]
    model.fit(features[:, useful], logs)
    predicted: list[float | None] = np.exp(model.predict(_features(jobs, codes, learn=False)[:, useful])).tolist()
    return predicted


def _features(jobs: Sequence[Job], codes: list[dict[str, int]], *, learn: bool) -> Floats:
    rows = []
    for job in jobs:
        device = job.device
        words = (job.repair, device.brand.casefold(), job.quality, device.device_type)
        numbers = (device.release_year, device.screen_size, device.launch_price)
        categories = [_code(known, word, learn=learn) for known, word in zip(codes, words, strict=True)]
        rows.append([*categories, *(np.nan if number is None else float(number) for number in numbers)])
    return np.array(rows, dtype=np.float64).reshape(-1, _CATEGORIES + 3)


def _stated(column: Floats) -> Floats:
    stated: Floats = column[~np.isnan(column)]
    return stated


def _code(known: dict[str, int], word: str, *, learn: bool) -> float:
    if learn and len(known) < _MOST_CATEGORIES:
        known.setdefault(word, len(known))
    return float(known[word]) if word in known else np.nan
