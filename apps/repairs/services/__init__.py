"""Everything that changes a repair order or a booking."""

from apps.repairs.services.assignment import assign, unassign_orders
from apps.repairs.services.backorders import fill_backorders
from apps.repairs.services.bookings import (
    BookingRequest,
    cancel_booking,
    change_booking,
    check_in,
    make_booking,
)
from apps.repairs.services.editing import edit_order
from apps.repairs.services.intake import Intake, LineRequest, claim_warranty, create_order
from apps.repairs.services.lines import add_line, change_line, remove_line
from apps.repairs.services.notes import add_note
from apps.repairs.services.open_repair import OpenRepairImport
from apps.repairs.services.payments import PaymentRequest, take_payment
from apps.repairs.services.secrets import read_device_password
from apps.repairs.services.status import change_status

__all__ = [
    "BookingRequest", "Intake", "LineRequest", "OpenRepairImport", "PaymentRequest", "add_line", "add_note", "assign",
    "cancel_booking", "change_booking", "change_line", "change_status", "check_in", "claim_warranty", "create_order",
    "edit_order", "fill_backorders", "make_booking", "read_device_password", "remove_line", "take_payment",
    "unassign_orders",
]  # fmt: skip
