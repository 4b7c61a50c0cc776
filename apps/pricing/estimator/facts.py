"""What the estimator is told and what it answers, in plain values."""

from dataclasses import dataclass

# From the cheapest to the dearest; a price of a better one never falls below that of a worse one.
LADDER = ("aftermarket_economy", "aftermarket_standard", "aftermarket_premium", "original")
NOT_SAID = ""


@dataclass(frozen=True)
class DeviceFacts:
    """What is known of a model; ``None`` and empty where nothing is.

    ``key`` is the model's id as text; ``screen_size`` is in inches, ``launch_price`` in any one currency for all models,
    ``tier`` goes from 1 (flagship) to 3 (budget).
    """

    key: str
    brand: str
    name: str
    device_type: str = ""
    release_year: int | None = None
    screen_size: float | None = None
    launch_price: float | None = None
    tier: int | None = None


@dataclass(frozen=True)
class Job:
    """One repair of one model, with one kind of part. ``repair`` and ``part`` are opaque keys; an empty part is none named.

    ``quality`` is one of ``LADDER``; anything else counts as not said.
    """

    device: DeviceFacts
    repair: str
    repair_name: str = ""
    part: str = ""
    part_name: str = ""
    quality: str = NOT_SAID


@dataclass(frozen=True)
class KnownPrice:
    """A price of the shop: a line of its list (``weight`` 1), or of an order of the past (less).

    ``day`` is the ordinal of the day from which it holds; of several prices of one job the latest counts most.
    """

    id: str
    job: Job
    price: float
    weight: float = 1.0
    day: int | None = None


@dataclass(frozen=True)
class Comparable:
    """A known price that an estimate leaned on; ``similarity`` is from 0 (nothing in common) to 1 (the same job)."""

    id: str
    price: float
    similarity: float


@dataclass(frozen=True)
class Estimated:
    """An answer. Without anything to go on ``price``, ``low`` and ``high`` are ``None`` and ``reason`` says why.

    ``confidence`` is the chance that the real price lies within a tenth of the estimate, as past misses show it.
    """

    price: float | None
    low: float | None
    high: float | None
    confidence: float
    method: str
    comparables: tuple[Comparable, ...] = ()
    reason: str | None = None


def none_because(reason: str) -> Estimated:
    """The answer of one who cannot tell."""
    return Estimated(price=None, low=None, high=None, confidence=0.0, method="none", reason=reason)
