"""What happens to stock and branches."""

from dataclasses import dataclass
from decimal import Decimal
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
    """A stored number is not the sum of what is behind it. Nothing is mended by itself.

    ``document`` is the document, the movement, the reservation or the unit that it belongs to, if to one.
    """

    event_type: ClassVar[str] = "inventory.stock_mismatch"
    branch_id: UUID | None
    what: str
    stored: int
    proven: int
    document: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentMismatch(DomainEvent):
    """A number of a document was given twice, or could be. The aggregate is made of the number."""

    event_type: ClassVar[str] = "inventory.document_mismatch"
    aggregate: ClassVar[str] = "inventory.document"
    what: str
    document: str
    stored: int
    proven: int


@dataclass(frozen=True, kw_only=True)
class StockMismatches(DomainEvent):
    """A verification found more differences than it tells one by one."""

    event_type: ClassVar[str] = "inventory.stock_mismatches"
    aggregate: ClassVar[str] = "inventory.stock"
    found: int
    told: int


@dataclass(frozen=True, kw_only=True)
class WordsMoved(DomainEvent):
    """Something in the catalogue is called by other words; items after ``after`` are still found by the old ones.

    The aggregate is what was renamed, and ``source`` its kind. Of a model that is gone, ``words`` are what it was called.
    """

    event_type: ClassVar[str] = "inventory.words_moved"
    aggregate: ClassVar[str] = "inventory.words"
    source: str
    words: str
    after: UUID | None


@dataclass(frozen=True, kw_only=True)
class TransferEvent(DomainEvent):
    """Something that happened to a transfer between two branches."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "inventory.transfer"
    number: str
    from_branch_id: UUID
    to_branch_id: UUID


@dataclass(frozen=True, kw_only=True)
class TransferDrafted(TransferEvent):
    event_type: ClassVar[str] = "inventory.transfer_drafted"


@dataclass(frozen=True, kw_only=True)
class TransferChanged(TransferEvent):
    event_type: ClassVar[str] = "inventory.transfer_changed"


@dataclass(frozen=True, kw_only=True)
class TransferDiscarded(TransferEvent):
    """A draft is gone; its number is not given again."""

    event_type: ClassVar[str] = "inventory.transfer_discarded"


@dataclass(frozen=True, kw_only=True)
class TransferSent(TransferEvent):
    """The units have left their branch and belong to none."""

    event_type: ClassVar[str] = "inventory.transfer_sent"
    units: int


@dataclass(frozen=True, kw_only=True)
class TransferReceived(TransferEvent):
    """``units`` have arrived, missing ones not among them; ``is_complete`` when nothing is under way any more."""

    event_type: ClassVar[str] = "inventory.transfer_received"
    receipt_id: UUID
    units: int
    is_complete: bool


@dataclass(frozen=True, kw_only=True)
class TransferCancelled(TransferEvent):
    """``units`` have come back out of transit; none of a draft."""

    event_type: ClassVar[str] = "inventory.transfer_cancelled"
    units: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class TransferDifference(TransferEvent):
    """Of one item fewer or more units have arrived than were sent."""

    event_type: ClassVar[str] = "inventory.transfer_difference"
    line_id: UUID
    item_id: UUID
    missing: int
    surplus: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class PurchaseEvent(DomainEvent):
    """Something that happened to a purchase order."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "inventory.purchase_order"
    number: str
    branch_id: UUID


@dataclass(frozen=True, kw_only=True)
class PurchaseDrafted(PurchaseEvent):
    event_type: ClassVar[str] = "inventory.purchase_drafted"
    supplier_id: UUID


@dataclass(frozen=True, kw_only=True)
class PurchaseChanged(PurchaseEvent):
    """A draft was changed; ``changed`` names the fields."""

    event_type: ClassVar[str] = "inventory.purchase_changed"
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PurchaseDiscarded(PurchaseEvent):
    """A draft was deleted. Its number is not given again."""

    event_type: ClassVar[str] = "inventory.purchase_discarded"


@dataclass(frozen=True, kw_only=True)
class PurchaseOrdered(PurchaseEvent):
    event_type: ClassVar[str] = "inventory.purchase_ordered"
    supplier_id: UUID
    total: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PurchaseReceived(PurchaseEvent):
    """Units came; ``lines`` pairs the lines with how many, ``repair_order_ids`` are those that they were ordered for."""

    event_type: ClassVar[str] = "inventory.purchase_received"
    receipt_id: UUID
    status: str
    lines: tuple[tuple[UUID, int], ...]
    repair_order_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class PurchaseCancelled(PurchaseEvent):
    """What had not come will not come; ``lines`` pairs the lines with how many units that are."""

    event_type: ClassVar[str] = "inventory.purchase_cancelled"
    status: str
    reason: str
    lines: tuple[tuple[UUID, int], ...]


@dataclass(frozen=True, kw_only=True)
class ReceiptReversed(PurchaseEvent):
    """Units that had been received went back out; they are outstanding again."""

    event_type: ClassVar[str] = "inventory.receipt_reversed"
    receipt_id: UUID
    status: str
    reason: str
    lines: tuple[tuple[UUID, int], ...]


@dataclass(frozen=True, kw_only=True)
class CountEvent(DomainEvent):
    """Something that happened to a stock count."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "inventory.stockcount"


@dataclass(frozen=True, kw_only=True)
class CountStarted(CountEvent):
    event_type: ClassVar[str] = "inventory.count_started"
    number: str
    branch_id: UUID
    category_id: UUID | None
    lines: int


@dataclass(frozen=True, kw_only=True)
class ItemCounted(CountEvent):
    """What a line says after an entry; ``counted`` is ``None`` when it is to be counted again."""

    event_type: ClassVar[str] = "inventory.item_counted"
    line_id: UUID
    item_id: UUID
    counted: int | None
    on_hand: int
    disturbed: bool


@dataclass(frozen=True, kw_only=True)
class CountPosted(CountEvent):
    """The differences are booked: on ``lines`` items, units that were found and units that are missing, and their value."""

    event_type: ClassVar[str] = "inventory.count_posted"
    number: str
    branch_id: UUID
    lines: int
    surplus: int
    shortage: int
    value: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class CountCancelled(CountEvent):
    event_type: ClassVar[str] = "inventory.count_cancelled"
    number: str
    branch_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReorderPointsComputed(DomainEvent):
    """For so many levels of the branch usage has said when to order."""

    event_type: ClassVar[str] = "inventory.reorder_points_computed"
    aggregate: ClassVar[str] = "inventory.branch"
    levels: int
