"""What happens to what the estimator has learnt and estimated."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from apps.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class EstimatorTrained(DomainEvent):
    """A new version of a currency's estimator is in use."""

    event_type: ClassVar[str] = "pricing.estimator_trained"
    aggregate: ClassVar[str] = "pricing.estimatorversion"
    currency: str
    number: int
    known_prices: int
    known_lines: int
    suspicious: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class TrainingRequested(DomainEvent):
    """Somebody wants the estimator of a version's currency to look at the prices again."""

    event_type: ClassVar[str] = "pricing.training_requested"
    aggregate: ClassVar[str] = "pricing.estimatorversion"
    currency: str


@dataclass(frozen=True, kw_only=True)
class EstimateEvent(DomainEvent):
    """Something that happened to an estimate that was used."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "pricing.estimaterecord"
    source_kind: str
    source_id: UUID


@dataclass(frozen=True, kw_only=True)
class EstimateTaken(EstimateEvent):
    """A line took an estimate as its price."""

    event_type: ClassVar[str] = "pricing.estimate_taken"
    price: Decimal
    low: Decimal
    high: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class EstimateSettled(EstimateEvent):
    """The real price was set. ``error`` is estimate / actual − 1."""

    event_type: ClassVar[str] = "pricing.estimate_settled"
    price: Decimal
    actual_price: Decimal
    currency: str
    error: Decimal
