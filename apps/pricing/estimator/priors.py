"""What is believed of the parameters before a shop's list is seen, and how they are packed for the search."""

import numpy as np

from apps.pricing.estimator.features import Floats
from apps.pricing.estimator.kernel import OTHERS, PARTS, SCALES, Parameters

# Standard deviations of log prices: 0.1 is ten per cent. Round figures: with few prices they decide, with many the list does.
_AMPLITUDES = {
    "brand": 0.15, "series": 0.15, "family": 0.25, "words": 0.1, "facts": 0.25, "slopes": 0.08, "kind": 0.5, "device": 0.08,
}  # fmt: skip
_OTHERS = {
    "level": 0.6, "part": 0.15, "own": 0.06, "key": 0.06,
    "quality": 0.12, "quality_of_repair": 0.1, "quality_of_device": 0.1,
}  # fmt: skip
_SCALES = {"generation": 0.7, "word": 0.5, "year": 1.0, "size": 1.0, "launch": 1.0, "tier": 1.0}
_DOUBT = 0.7  # a factor of two either way is no surprise
_STRETCH_DOUBT = 0.4


def means(repairs: int) -> Floats:
    """Logarithms of amplitudes, others and scales, log odds of shares, logarithms of the repairs' stretches."""
    return np.concatenate(
        [
            np.log([_AMPLITUDES[name] for name in PARTS]),
            np.log([_OTHERS[name] for name in OTHERS]),
            np.log([_SCALES[name] for name in SCALES]),
            np.zeros(len(PARTS)),
            np.zeros(repairs),
        ]
    )


def doubts(repairs: int) -> Floats:
    """Standard deviations of what ``means`` returns."""
    settled = len(PARTS) + len(OTHERS) + len(SCALES)
    return np.concatenate([np.full(settled, _DOUBT), np.full(len(PARTS), 1.0), np.full(repairs, _STRETCH_DOUBT)])


def unpacked(packed: Floats) -> Parameters:
    a, b, c = len(PARTS), len(PARTS) + len(OTHERS), len(PARTS) + len(OTHERS) + len(SCALES)
    d = c + len(PARTS)
    return Parameters(
        amplitudes=np.exp(packed[:a]),
        others=np.exp(packed[a:b]),
        scales=np.exp(packed[b:c]),
        shares=1.0 / (1.0 + np.exp(-packed[c:d])),
        stretches=np.exp(packed[d:]),
    )
