"""What happens to the catalogue beyond changes of single records."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class DeviceModelMerged(DomainEvent):
    """A duplicate went into another model; ``moved`` counts what referred to it."""

    event_type: ClassVar[str] = "catalog.devicemodel.merged"
    aggregate: ClassVar[str] = "catalog.devicemodel"
    into_id: UUID
    moved: dict[str, int]
    reason: str


@dataclass(frozen=True, kw_only=True)
class LeftoversMoved(DomainEvent):
    """Something still referred to a merged model, and does so no more."""

    event_type: ClassVar[str] = "catalog.devicemodel.leftovers_moved"
    aggregate: ClassVar[str] = "catalog.devicemodel"
    into_id: UUID
    moved: dict[str, int]
