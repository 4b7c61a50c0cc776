"""What is kept of an intake: checklists, signatures, and the end of a password."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.repairs.events.orders import OrderEvent


@dataclass(frozen=True, kw_only=True)
class ChecklistDone(OrderEvent):
    """A checklist was gone through; of a quality check ``passed`` says how it came out."""

    event_type: ClassVar[str] = "repairs.checklist_done"
    checklist_id: UUID
    stage: str
    passed: bool | None


@dataclass(frozen=True, kw_only=True)
class OrderSigned(OrderEvent):
    event_type: ClassVar[str] = "repairs.order_signed"
    signature_id: UUID
    purpose: str


@dataclass(frozen=True, kw_only=True)
class DevicePasswordWiped(OrderEvent):
    """The time for which a password is kept is over."""

    event_type: ClassVar[str] = "repairs.device_password_wiped"
