"""What happens to warranties."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.repairs.events.orders import OrderEvent


@dataclass(frozen=True, kw_only=True)
class WarrantiesStarted(OrderEvent):
    """The device was handed over, and these promises run."""

    event_type: ClassVar[str] = "repairs.warranties_started"
    warranty_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class LineCharged(OrderEvent):
    """A manager has said that a line is charged for which a warranty would have paid."""

    event_type: ClassVar[str] = "repairs.line_charged"
    line_id: UUID
    warranty_id: UUID
    reason: str
