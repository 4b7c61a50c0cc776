"""Repair orders in the back office."""

from apps.repairs.admin.orders import OrderAdmin
from apps.repairs.admin.payments import PaymentAdmin

__all__ = ["OrderAdmin", "PaymentAdmin"]
