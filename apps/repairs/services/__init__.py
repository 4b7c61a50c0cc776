"""Everything that changes a repair order or a booking."""

from apps.repairs.services.assignment import assign, unassign_orders
from apps.repairs.services.attachments import add_attachment, change_attachment, remove_attachment
from apps.repairs.services.backorders import cover_backorders, fill_backorders
from apps.repairs.services.booking_links import (
    cancel_by_link,
    close_booking_link,
    move_by_link,
    renew_booking_link,
)
from apps.repairs.services.bookings import (
    BookingRequest,
    cancel_booking,
    change_booking,
    check_in,
    make_booking,
    remind_bookings,
)
from apps.repairs.services.checklists import ChecklistRequest, record_checklist
from apps.repairs.services.claims import charge_line, claim_warranty
from apps.repairs.services.credit_notes import CreditRequest, issue_credit_note
from apps.repairs.services.decisions import DecisionRequest, decide_by_link, decide_for_customer
from apps.repairs.services.drop_offs import DropOffRequest, add_device, create_drop_off
from apps.repairs.services.editing import edit_order
from apps.repairs.services.intake import Intake, LineRequest, create_order
from apps.repairs.services.invoices import Issued, issue_drop_off_invoice, issue_invoice
from apps.repairs.services.lines import add_line, change_line, remove_line
from apps.repairs.services.notes import add_note
from apps.repairs.services.open_repair import OpenRepairImport
from apps.repairs.services.parts import Failure, report_faulty, reserve_part, return_part
from apps.repairs.services.payments import PaymentRequest, take_payment
from apps.repairs.services.promises import remind_unclaimed, tell_delays
from apps.repairs.services.quoting import Alternative, QuoteRequest, expire_quotes, send_quote
from apps.repairs.services.secrets import read_device_password
from apps.repairs.services.signatures import SignatureRequest, sign_drop_off, sign_order
from apps.repairs.services.status import Particulars, change_status
from apps.repairs.services.tenders import Allocation, TenderRequest, take_tender
from apps.repairs.services.tracking import close_tracking_link, renew_tracking_link
from apps.repairs.services.work import correct_work, start_work, stop_work

__all__ = [
    "Allocation", "Alternative", "BookingRequest", "ChecklistRequest", "CreditRequest", "DecisionRequest",
    "DropOffRequest", "Failure", "Intake", "Issued", "LineRequest", "OpenRepairImport", "Particulars",
    "PaymentRequest", "QuoteRequest", "SignatureRequest", "TenderRequest", "add_attachment", "add_device", "add_line",
    "add_note", "assign", "cancel_booking", "cancel_by_link", "change_attachment", "change_booking", "change_line",
    "change_status", "charge_line", "check_in", "claim_warranty", "close_booking_link", "close_tracking_link",
    "correct_work", "cover_backorders", "create_drop_off", "create_order", "decide_by_link", "decide_for_customer",
    "edit_order", "expire_quotes", "fill_backorders", "issue_credit_note", "issue_drop_off_invoice", "issue_invoice",
    "make_booking", "move_by_link", "read_device_password", "record_checklist", "remind_bookings", "remind_unclaimed",
    "remove_attachment", "remove_line", "renew_booking_link", "renew_tracking_link", "report_faulty", "reserve_part",
    "return_part", "send_quote", "sign_drop_off", "sign_order", "start_work", "stop_work", "take_payment",
    "take_tender", "tell_delays", "unassign_orders",
]  # fmt: skip
