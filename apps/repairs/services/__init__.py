"""Everything that changes a repair order."""

from apps.repairs.services.assignment import assign, unassign_orders
from apps.repairs.services.backorders import fill_backorders
from apps.repairs.services.editing import edit_order
from apps.repairs.services.intake import Intake, LineRequest, claim_warranty, create_order
from apps.repairs.services.lines import add_line, change_line, remove_line
from apps.repairs.services.notes import add_note
from apps.repairs.services.open_repair import OpenRepairImport
from apps.repairs.services.payments import PaymentRequest, take_payment
from apps.repairs.services.secrets import read_device_password
from apps.repairs.services.status import change_status

__all__ = [
    "Intake", "LineRequest", "OpenRepairImport", "PaymentRequest", "add_line", "add_note", "assign", "change_line",
    "change_status", "claim_warranty", "create_order", "edit_order", "fill_backorders", "read_device_password",
    "remove_line", "take_payment", "unassign_orders",
]  # fmt: skip
