"""The estimator of one shop: learned from its prices, asked for one job or for many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, log

import numpy as np

from apps.pricing.estimator import priors, storing
from apps.pricing.estimator.facts import LADDER, Comparable, Estimated, Job, KnownPrice, none_because
from apps.pricing.estimator.gaussian import Leaning, predict
from apps.pricing.estimator.intervals import Misses
from apps.pricing.estimator.kernel import NOT_SAID_AT, Parameters, Rows
from apps.pricing.estimator.ladder import Bounds, Limits, ascending
from apps.pricing.estimator.learned import Learned
from apps.pricing.estimator.training import ROUNDS, learn

FEW = 10
_CLOSE = log(1.1)
_SHOWN = 6
_BEYOND = 3.0  # times the dearest, or a third of the cheapest known price of the repair: further no estimate goes
_NOTHING = "There are no known prices to estimate from."
_KIN = frozenset({"phone", "tablet"})  # close enough for a wide guess; what a laptop's screen costs no phone tells
_OTHER_KIND = "Prices of this repair are known for other types of device only."
_NEVER = "No price of this repair is known, for any model."


@dataclass(frozen=True)
class Estimator:
    """Estimates prices of one shop in one currency. Immutable, safe to share between threads."""

    learned: Learned | None

    @classmethod
    def fit(cls, known: Sequence[KnownPrice], *, digits: int = 2, searching: bool = True) -> "Estimator":
        """Learns from ``known``; ``digits`` stand behind the point of the currency. Prices that are none are passed over.

        Without ``searching`` it keeps to what is believed of every shop, which takes a small part of the time.
        """
        return cls(learn(known, digits, rounds=ROUNDS if searching else 0))

    def to_bytes(self) -> bytes:
        """For ``from_bytes``; holds no code."""
        return storing.to_bytes(self.learned)

    @classmethod
    def from_bytes(cls, blob: bytes) -> "Estimator":
        """Raises ``ValueError`` for what ``to_bytes`` of this version did not write."""
        return cls(storing.from_bytes(blob))

    @property
    def suspicious(self) -> tuple[str, ...]:
        """Ids of the known prices that look like typing errors."""
        return self.learned.suspicious if self.learned else ()

    @property
    def known_prices(self) -> int:
        """How many jobs have a known price."""
        return len(self.learned.ids) if self.learned else 0

    def estimate(self, job: Job, *, level: float = 0.8) -> Estimated:
        """The price of ``job`` with an interval that holds a share ``level`` (0 to 1) of unseen prices."""
        if self.learned is None:
            return none_because(_NOTHING)
        if job.repair not in self.learned.vocabulary.repairs:
            return none_because(_NEVER)
        if not self._comparable(self.learned, job):
            return none_because(_OTHER_KIND)
        asked, at = self._asked(self.learned, job)
        device = self.learned.vocabulary.encoder.encode([job.device])
        means, spreads, leaning = predict(self.learned.known, self._parameters, device, asked, at)
        repair = int(asked.repair[0])
        reach = self._misses.reach(repair, min(max(level, 0.01), 0.99))
        limits = self._bounds.of_job(
            *(int(getattr(asked, name)[at]) for name in ("device", "repair", "part", "quality"))
        )
        logs = [float(ascending(means + side * reach * spreads)[at]) for side in (-1.0, 0.0, 1.0)]
        low, price, high = self._priced(self.learned, logs, repair, limits)
        return Estimated(
            price=price,
            low=low,
            high=high,
            confidence=round(self._misses.chance(repair, _CLOSE / float(spreads[at])), 3),
            method="few_prices" if self.known_prices <= FEW else "similar_prices",
            comparables=self._comparables(self.learned, leaning, repair),
        )

    def estimates(self, jobs: Iterable[Job], *, level: float = 0.8) -> list[Estimated]:
        """One answer for each job, in their order."""
        return [self.estimate(job, level=level) for job in jobs]

    @cached_property
    def _parameters(self) -> Parameters:
        assert self.learned
        return priors.unpacked(self.learned.packed)

    @cached_property
    def _misses(self) -> Misses:
        assert self.learned
        return Misses(self.learned.misses, self.learned.known.rows.repair)

    @cached_property
    def _bounds(self) -> Bounds:
        assert self.learned
        return Bounds.of(self.learned.known.rows, self.learned.prices, self.learned.reliable, _BEYOND)

    @staticmethod
    def _comparable(learned: Learned, job: Job) -> bool:
        """Whether a price of the repair is known for a device of such a type, or of a type that is not known."""
        kinds = learned.kinds[learned.vocabulary.repairs[job.repair]]
        kind = job.device.device_type
        return not kind or "" in kinds or kind in kinds or (kind in _KIN and not _KIN.isdisjoint(kinds))

    @staticmethod
    def _asked(learned: Learned, job: Job) -> tuple[Rows, int]:
        """The job in all qualities of the ladder, or as it is where none is said; and which of them is asked for."""
        one = learned.vocabulary.rows([job])
        if one.quality[0] == NOT_SAID_AT:
            return one, 0
        every = one.take(np.zeros(len(LADDER), dtype=np.int64))
        return Rows(every.device, every.repair, every.part, np.arange(len(LADDER))), int(one.quality[0])

    def _priced(
        self, learned: Learned, logs: Sequence[float], repair: int, limits: Limits
    ) -> tuple[float, float, float]:
        """Low, price and high from their logarithms. None of it reverses the order of two qualities."""
        lowest, highest = self._bounds.of_repair(repair)
        sane = [min(max(logarithm, log(lowest)), log(highest)) for logarithm in logs]
        price = learned.points.settled(repair, sane[1])
        low, high = (learned.habit.rounded(exp(logarithm)) for logarithm in (sane[0], sane[2]))
        # The habit of the list may be coarser than the prices of this repair.
        finest = 10.0**-learned.habit.digits
        least, most = (max(round(bound, learned.habit.digits), finest) for bound in (lowest, highest))
        ordered = [min(max(value, least), most) for value in (min(low, price), price, max(high, price))]
        low, price, high = (min(max(value, limits[0]), limits[1]) for value in ordered)
        return low, price, high

    @staticmethod
    def _comparables(learned: Learned, leaning: Leaning, repair: int) -> tuple[Comparable, ...]:
        same = learned.known.rows.repair[leaning.places] == repair
        order = np.argsort(-np.where(same, leaning.similarity, -1.0), kind="stable")[: min(_SHOWN, int(same.sum()))]
        return tuple(
            Comparable(learned.ids[place], float(learned.prices[place]), round(float(likeness), 3))
            for place, likeness in zip(leaning.places[order], leaning.similarity[order], strict=True)
        )
