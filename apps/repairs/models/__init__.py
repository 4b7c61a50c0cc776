"""Orders and what hangs on them."""

from apps.repairs.models.attachments import Attachment
from apps.repairs.models.bookings import Booking, BookingClosure, BookingHours
from apps.repairs.models.checklists import Checklist, ChecklistAnswer, ChecklistQuestion, ChecklistTemplate
from apps.repairs.models.drop_offs import DropOff, DropOffCounter
from apps.repairs.models.invoices import Invoice, InvoiceCounter, InvoicedOrder, InvoiceLine
from apps.repairs.models.lines import RepairLine
from apps.repairs.models.orders import DeviceSecret, OrderCounter, RepairOrder
from apps.repairs.models.payments import Payment, Tender
from apps.repairs.models.quotes import Quote, QuoteDecision, QuoteLine
from apps.repairs.models.records import OrderNote, StatusHistory
from apps.repairs.models.settings import StatusLimit, TaxRate, TaxRule, Terms, WorkshopSettings
from apps.repairs.models.signatures import Signature
from apps.repairs.models.warranties import FaultyPart, Warranty
from apps.repairs.models.work import Rework, WorkCorrection, WorkEntry

__all__ = [
    "Attachment", "Booking", "BookingClosure", "BookingHours", "Checklist", "ChecklistAnswer", "ChecklistQuestion",
    "ChecklistTemplate", "DeviceSecret", "DropOff", "DropOffCounter", "FaultyPart", "Invoice", "InvoiceCounter",
    "InvoiceLine", "InvoicedOrder", "OrderCounter", "OrderNote", "Payment", "Quote", "QuoteDecision", "QuoteLine",
    "RepairLine", "RepairOrder", "Rework", "Signature", "StatusHistory", "StatusLimit", "TaxRate", "TaxRule", "Tender",
    "Terms", "Warranty", "WorkCorrection", "WorkEntry", "WorkshopSettings",
]  # fmt: skip
