"""What was learned from a shop's prices, and how jobs become numbers by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from apps.core.text import searchable
from apps.pricing.estimator.facts import LADDER, Job
from apps.pricing.estimator.features import UNKNOWN, Encoder, Floats
from apps.pricing.estimator.gaussian import Known
from apps.pricing.estimator.kernel import NOT_SAID_AT, Rows
from apps.pricing.estimator.points import Points
from apps.pricing.estimator.rounding import Habit


@dataclass(frozen=True)
class Vocabulary:
    """The devices, repairs and parts that have known prices, each with its number."""

    encoder: Encoder
    repairs: dict[str, int]
    parts: dict[str, int]

    @classmethod
    def of(cls, jobs: Sequence[Job]) -> "Vocabulary":
        devices = list({job.device.key: job.device for job in jobs}.values())
        labels = [part_label(job) for job in jobs]
        return cls(
            Encoder.of(devices),
            {repair: at for at, repair in enumerate(dict.fromkeys(job.repair for job in jobs))},
            {label: at for at, label in enumerate(dict.fromkeys(label for label in labels if label))},
        )

    def rows(self, jobs: Sequence[Job]) -> Rows:
        """Jobs as numbers; what is not known gets the next free one."""
        labels = [part_label(job) for job in jobs]
        return Rows(
            np.array([self.encoder.keys.get(job.device.key, len(self.encoder.keys)) for job in jobs]),
            np.array([self.repairs.get(job.repair, len(self.repairs)) for job in jobs]),
            np.array([self.parts.get(label, len(self.parts)) if label else UNKNOWN for label in labels]),
            np.array([LADDER.index(job.quality) if job.quality in LADDER else NOT_SAID_AT for job in jobs]),
        )


@dataclass(frozen=True)
class Learned:
    """All that an estimate needs of ``n`` known prices and ``m`` misses.

    ``ids`` and ``prices`` (n,) are those of ``known``; ``reliable`` (n,) tells which are the list's own and look right;
    ``packed`` are the parameters; ``misses`` (n,) say how far the prices of left-out devices were missed, in predicted
    standard deviations; ``widths`` (repairs,) are those standard deviations, as logarithms of a price.
    """

    vocabulary: Vocabulary
    known: Known
    ids: tuple[str, ...]
    prices: Floats
    reliable: NDArray[np.bool_]
    packed: Floats
    misses: Floats
    widths: Floats
    habit: Habit
    suspicious: tuple[str, ...]

    @cached_property
    def kinds(self) -> dict[int, frozenset[str]]:
        """For each repair the types of the devices that have a price of it; empty where one's is not known."""
        names = {number: name for name, number in self.vocabulary.encoder.kinds.items()}
        kinds = self.known.devices.kind[self.known.rows.device]
        return {
            repair: frozenset(names[int(kind)] for kind in np.unique(kinds[self.known.rows.repair == repair]))
            for repair in self.vocabulary.repairs.values()
        }

    @cached_property
    def points(self) -> Points:
        """The prices that the shop asks again and again."""
        return Points.of(self.known.rows.repair, self.prices, self.reliable, self.widths, self.habit)


def part_label(job: Job) -> str:
    """What makes two parts the same but for their quality: their name, or the key of one without a name."""
    return searchable(job.part_name) or job.part
