"""What happens to the parts of an order."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.repairs.events.orders import OrderEvent


@dataclass(frozen=True, kw_only=True)
class WaitingChanged(OrderEvent):
    """The order has begun to wait for a part, waits no longer, or has another place in the queue for it."""

    event_type: ClassVar[str] = "repairs.waiting_changed"
    item_id: UUID
    branch_id: UUID


@dataclass(frozen=True, kw_only=True)
class BackorderCovered(OrderEvent):
    """A purchase order will bring the part that a line waits for, or, after all, none will."""

    event_type: ClassVar[str] = "repairs.backorder_covered"
    line_id: UUID
    item_id: UUID
    is_on_order: bool


@dataclass(frozen=True, kw_only=True)
class PartReturned(OrderEvent):
    """A part that had been issued is back in stock."""

    event_type: ClassVar[str] = "repairs.part_returned"
    line_id: UUID
    item_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class PartFaulty(OrderEvent):
    """A part proved to be broken; ``order`` of the event is the repair that had built it in."""

    event_type: ClassVar[str] = "repairs.part_faulty"
    faulty_part_id: UUID
    line_id: UUID
    item_id: UUID
    supplier_id: UUID | None
    quantity: int
    reason: str
