"""What is told in time, before somebody asks."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from apps.repairs.events.orders import OrderEvent


@dataclass(frozen=True, kw_only=True)
class RepairDelayed(OrderEvent):
    """What was promised for then is, or is going to be, late. Once for each promise."""

    event_type: ClassVar[str] = "repairs.repair_delayed"
    order_number: str
    promised_at: datetime


@dataclass(frozen=True, kw_only=True)
class PickupReminderDue(OrderEvent):
    """A device has been ready for long, and its customer is to be asked (again) to fetch it."""

    event_type: ClassVar[str] = "repairs.pickup_reminder_due"
    order_number: str
    ready_since: datetime
