"""What happens to a visit in which several devices are brought."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class DropOffEvent(DomainEvent):
    """Something that happened to a visit."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "repairs.drop_off"


@dataclass(frozen=True, kw_only=True)
class DropOffMade(DropOffEvent):
    event_type: ClassVar[str] = "repairs.drop_off_made"
    number: str
    branch_id: UUID
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class DeviceAdded(DropOffEvent):
    """A device was brought on the visit."""

    event_type: ClassVar[str] = "repairs.drop_off_device_added"
    order_id: UUID


@dataclass(frozen=True, kw_only=True)
class DropOffSigned(DropOffEvent):
    event_type: ClassVar[str] = "repairs.drop_off_signed"
    signature_id: UUID
    purpose: str
