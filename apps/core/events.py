"""The base of everything that is told to the rest of the house."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Something that happened, in the past tense, in plain values. Written by ``audit.services.record``.

    ``event_type`` and ``aggregate`` are fixed for each kind; ``aggregate_id`` says which record it happened to.
    """

    event_type: ClassVar[str]
    aggregate: ClassVar[str]
    aggregate_id: UUID
