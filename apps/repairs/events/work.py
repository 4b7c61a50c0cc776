"""What happens to the work on an order: time, and work done again."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from apps.repairs.events.orders import OrderEvent


@dataclass(frozen=True, kw_only=True)
class WorkStarted(OrderEvent):
    event_type: ClassVar[str] = "repairs.work_started"
    entry_id: UUID
    technician_id: UUID
    line_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class WorkStopped(OrderEvent):
    event_type: ClassVar[str] = "repairs.work_stopped"
    entry_id: UUID
    technician_id: UUID
    stopped_at: datetime


@dataclass(frozen=True, kw_only=True)
class WorkCorrected(OrderEvent):
    """The times of an entry were wrong, and are others now."""

    event_type: ClassVar[str] = "repairs.work_corrected"
    entry_id: UUID
    technician_id: UUID
    started_at: datetime
    stopped_at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReworkNoted(OrderEvent):
    """Work has to be done again: that of ``technician_id``, on a part if one is named."""

    event_type: ClassVar[str] = "repairs.rework_noted"
    rework_id: UUID
    technician_id: UUID | None
    item_id: UUID | None
    line_id: UUID | None
    reason: str
