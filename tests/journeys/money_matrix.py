"""The lines of the role table for invoices and for money that is handed over at once, and what they are about."""

from __future__ import annotations

from datetime import date
from typing import Any

from apps.repairs.models import DropOff, Invoice, InvoiceLine, RepairOrder

CASH = {"amount": "1.00", "method": "cash"}
CREDIT = {"reason": "wrong name"}

# The orders of the scene are not done yet: whoever may issue or credit something is told so.
MONEY: list[tuple[str, str, Any, str]] = [
    ("GET", "invoices", None, "200 200 403 200 200"),
    ("GET", "invoices/{own_invoice}", None, "200 200 403 200 200"),
    ("GET", "invoices/{foreign_invoice}", None, "200 404 403 404 404"),
    ("POST", "invoices/{own_invoice}/credit-note", CREDIT, "409 409 403 403 403"),
    ("POST", "invoices/{foreign_invoice}/credit-note", CREDIT, "409 404 403 403 403"),
    ("GET", "repairs/{own_order}/invoice", None, "404 404 403 404 404"),
    ("POST", "repairs/{own_order}/invoice", {}, "409 409 403 409 403"),
    ("POST", "repairs/{foreign_order}/invoice", {}, "409 404 403 404 403"),
    ("POST", "drop-offs/{own_visit}/invoice", {}, "409 409 403 409 403"),
    ("POST", "drop-offs/{foreign_visit}/invoice", {}, "409 404 403 404 403"),
    ("GET", "drop-offs/{own_visit}/payments", None, "200 200 403 200 200"),
    ("GET", "drop-offs/{foreign_visit}/payments", None, "200 404 403 404 404"),
    ("POST", "drop-offs/{own_visit}/payments", CASH, "201 201 403 201 403"),
    ("POST", "drop-offs/{foreign_visit}/payments", CASH, "201 404 403 404 403"),
    ("POST", "drop-offs/{own_visit}/payments", {**CASH, "kind": "refund"}, "201 201 403 403 403"),
]


def charge(scene: Any) -> None:
    """Give each side of the scene a drop-off with its order, and an old invoice that holds no longer."""
    for side in ("own", "foreign"):
        taken_in, branch = getattr(scene, f"{side}_order"), getattr(scene, f"{side}_branch")
        customer = getattr(scene, f"{side}_customer")
        visit = DropOff.objects.create(number=f"D-{side}", customer=customer, branch=branch)
        RepairOrder.objects.filter(pk=taken_in.pk).update(drop_off=visit)
        amounts = {"net_total": 5, "tax_total": 0, "total": 5}
        invoice = Invoice.objects.create(
            number=f"{side[:3].upper()}-1", kind="invoice", branch=branch, issued_on=date(2026, 1, 5), language="en",
            seller={"name": branch.name}, customer={"name": customer.first_name}, currency="USD",
            prices_include_tax=True, actor_kind="system", actor_label="test", **amounts,
        )  # fmt: skip
        InvoiceLine.objects.create(
            invoice=invoice, position=1, order=taken_in, description="Screen", quantity=1, unit_price=5, discount=0,
            total_price=5, tax_percent=0, tax_amount=0,
        )  # fmt: skip
        setattr(scene, f"{side}_visit", visit)
        setattr(scene, f"{side}_invoice", invoice)
