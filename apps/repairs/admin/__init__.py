"""Repair orders and bookings in the back office, and what holds for the workshops."""

from apps.repairs.admin.bookings import BookingAdmin, BookingClosureAdmin, BookingHoursAdmin
from apps.repairs.admin.checklists import ChecklistTemplateAdmin
from apps.repairs.admin.invoices import InvoiceAdmin
from apps.repairs.admin.orders import OrderAdmin
from apps.repairs.admin.payments import PaymentAdmin
from apps.repairs.admin.settings import StatusLimitAdmin, TaxRateAdmin, TaxRuleAdmin, TermsAdmin, WorkshopSettingsAdmin

__all__ = [
    "BookingAdmin", "BookingClosureAdmin", "BookingHoursAdmin", "ChecklistTemplateAdmin", "InvoiceAdmin",
    "OrderAdmin", "PaymentAdmin", "StatusLimitAdmin", "TaxRateAdmin", "TaxRuleAdmin", "TermsAdmin",
    "WorkshopSettingsAdmin",
]  # fmt: skip
