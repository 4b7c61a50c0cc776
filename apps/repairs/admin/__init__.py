"""Repair orders and bookings in the back office."""

from apps.repairs.admin.bookings import BookingAdmin, BookingHoursAdmin
from apps.repairs.admin.orders import OrderAdmin
from apps.repairs.admin.payments import PaymentAdmin

__all__ = ["BookingAdmin", "BookingHoursAdmin", "OrderAdmin", "PaymentAdmin"]
