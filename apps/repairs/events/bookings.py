"""What happens to a booking."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from apps.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class BookingEvent(DomainEvent):
    """Something that happened to a booking."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "repairs.booking"


@dataclass(frozen=True, kw_only=True)
class BookingMade(BookingEvent):
    event_type: ClassVar[str] = "repairs.booking_made"
    branch_id: UUID
    customer_id: UUID | None
    starts_at: datetime
    duration_minutes: int


@dataclass(frozen=True, kw_only=True)
class BookingChanged(BookingEvent):
    """A booking was moved, or what is noted about it was changed; ``changed`` names the fields."""

    event_type: ClassVar[str] = "repairs.booking_changed"
    changed: tuple[str, ...]
    starts_at: datetime
    duration_minutes: int


@dataclass(frozen=True, kw_only=True)
class BookingCancelled(BookingEvent):
    event_type: ClassVar[str] = "repairs.booking_cancelled"
    reason: str


@dataclass(frozen=True, kw_only=True)
class BookingLinkChanged(BookingEvent):
    """The link of who comes was closed, or the ``number``-th was made and ended those before."""

    event_type: ClassVar[str] = "repairs.booking_link_changed"
    number: int
    closed: bool


@dataclass(frozen=True, kw_only=True)
class BookingReminderDue(BookingEvent):
    """It is a day until the booking begins, and nobody was reminded of this time yet."""

    event_type: ClassVar[str] = "repairs.booking_reminder_due"
    branch_id: UUID
    customer_id: UUID | None
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class BookingCheckedIn(BookingEvent):
    event_type: ClassVar[str] = "repairs.booking_checked_in"
    order_id: UUID
    customer_id: UUID
