"""An event that only the tests record: two subscribers hear it, and behave as it says."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class Told(DomainEvent):
    """``mood`` is how the first of its subscribers takes it: ``calm``, ``slow``, ``fails`` or ``dies``."""

    event_type: ClassVar[str] = "probe.told"
    aggregate: ClassVar[str] = "probe.told"
    mood: str = "calm"
