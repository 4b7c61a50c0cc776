"""Orders and what hangs on them."""

from apps.repairs.models.lines import RepairLine
from apps.repairs.models.orders import DeviceSecret, OrderCounter, RepairOrder
from apps.repairs.models.records import OrderNote, Payment, StatusHistory

__all__ = ["DeviceSecret", "OrderCounter", "OrderNote", "Payment", "RepairLine", "RepairOrder", "StatusHistory"]
