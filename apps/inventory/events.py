"""What happens to stock and branches."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class MemberJoined(DomainEvent):
    """A member of staff now works at the branch."""

    event_type: ClassVar[str] = "inventory.member_joined"
    aggregate: ClassVar[str] = "inventory.branch"
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberLeft(DomainEvent):
    event_type: ClassVar[str] = "inventory.member_left"
    aggregate: ClassVar[str] = "inventory.branch"
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class StockEvent(DomainEvent):
    """Something that happened to an item's stock at a branch; the aggregate is the item."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "inventory.item"


@dataclass(frozen=True, kw_only=True)
class MovementRecorded(StockEvent):
    event_type: ClassVar[str] = "inventory.movement_recorded"
    movement_id: UUID
    movement_type: str
    quantity: int
    from_branch_id: UUID | None
    to_branch_id: UUID | None
    repair_order_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class StockReserved(StockEvent):
    event_type: ClassVar[str] = "inventory.stock_reserved"
    branch_id: UUID
    quantity: int
    source_id: UUID


@dataclass(frozen=True, kw_only=True)
class StockReleased(StockEvent):
    event_type: ClassVar[str] = "inventory.stock_released"
    branch_id: UUID
    quantity: int
    source_id: UUID


@dataclass(frozen=True, kw_only=True)
class StockBecameAvailable(StockEvent):
    """More of the item can be promised at the branch than before: who waits for it may now get it."""

    event_type: ClassVar[str] = "inventory.stock_became_available"
    branch_id: UUID


@dataclass(frozen=True, kw_only=True)
class StockLow(StockEvent):
    """Available stock fell to the reorder level or below; once per crossing."""

    event_type: ClassVar[str] = "inventory.stock_low"
    branch_id: UUID
    available: int
    reorder_level: int


@dataclass(frozen=True, kw_only=True)
class StockMismatch(StockEvent):
    """A stored number is not the sum of what is behind it. Nothing is mended by itself."""

    event_type: ClassVar[str] = "inventory.stock_mismatch"
    branch_id: UUID
    what: str
    stored: int
    proven: int
