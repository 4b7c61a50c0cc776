"""What happens to a repair order."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from apps.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class OrderEvent(DomainEvent):
    """Something that happened to an order."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "repairs.order"


@dataclass(frozen=True, kw_only=True)
class OrderCreated(OrderEvent):
    """A device was taken in. ``notify`` is false where nobody is to be messaged, such as in an import."""

    event_type: ClassVar[str] = "repairs.order_created"
    order_number: str
    branch_id: UUID
    customer_id: UUID
    warranty_of_id: UUID | None
    notify: bool


@dataclass(frozen=True, kw_only=True)
class OrderChanged(OrderEvent):
    """Fields of the intake were corrected; ``changed`` names them."""

    event_type: ClassVar[str] = "repairs.order_changed"
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StatusChanged(OrderEvent):
    event_type: ClassVar[str] = "repairs.status_changed"
    order_number: str
    old_status: str
    new_status: str
    notes: str
    notify: bool


@dataclass(frozen=True, kw_only=True)
class OutcomeChanged(OrderEvent):
    """How the repair ended was said, or is open again; without an end it is empty."""

    event_type: ClassVar[str] = "repairs.outcome_changed"
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class OrderAssigned(OrderEvent):
    event_type: ClassVar[str] = "repairs.order_assigned"
    old_technician_id: UUID | None
    new_technician_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class LinesChanged(OrderEvent):
    """Lines were added, changed or taken off; ``total`` is the order's new total."""

    event_type: ClassVar[str] = "repairs.lines_changed"
    line_id: UUID
    what: str
    total: Decimal


@dataclass(frozen=True, kw_only=True)
class BackorderFilled(OrderEvent):
    """A line that waited for its part has it now."""

    event_type: ClassVar[str] = "repairs.backorder_filled"
    line_id: UUID
    item_id: UUID
    technician_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class NoteAdded(OrderEvent):
    event_type: ClassVar[str] = "repairs.note_added"
    note_id: UUID
    visibility: str


@dataclass(frozen=True, kw_only=True)
class PaymentTaken(OrderEvent):
    event_type: ClassVar[str] = "repairs.payment_taken"
    payment_id: UUID
    kind: str
    amount: Decimal
    currency: str
    notify: bool


@dataclass(frozen=True, kw_only=True)
class DevicePasswordRead(OrderEvent):
    event_type: ClassVar[str] = "repairs.device_password_read"
