"""Orders and what hangs on them."""

from apps.repairs.models.bookings import Booking, BookingHours
from apps.repairs.models.lines import RepairLine
from apps.repairs.models.orders import DeviceSecret, OrderCounter, RepairOrder
from apps.repairs.models.records import OrderNote, Payment, StatusHistory

__all__ = [
    "Booking", "BookingHours", "DeviceSecret", "OrderCounter", "OrderNote", "Payment", "RepairLine", "RepairOrder",
    "StatusHistory",
]  # fmt: skip
