"""Orders with everything that can stand on their papers, and what a reader finds on those."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pypdfium2
from django.utils import timezone

from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.repairs.models import (
    Checklist,
    ChecklistAnswer,
    Invoice,
    InvoicedOrder,
    InvoiceLine,
    Quote,
    QuoteDecision,
    QuoteLine,
    RepairOrder,
    Signature,
    WorkshopSettings,
)
from tests.factories import RepairTypeFactory, line

ACTOR = {"actor_kind": "system", "actor_id": None, "actor_label": "test"}
# One black pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def text_of(pdf: bytes) -> str:
    """What can be read, page after page, without the marks that say nothing."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    try:
        for number in range(len(document)):
            page = document[number]
            read = page.get_textpage()
            found.append(read.get_text_range())
            read.close()
            page.close()
    finally:
        document.close()
    return "\f".join(found).replace("\r\n", "\n").replace("\u200b", "").replace("\xa0", " ").replace("\u202f", " ")


def named_line(name: str, price: str = "100.00", **fields: Any) -> Any:
    return line(repair_type_id=RepairTypeFactory(name=name).pk, unit_price=Decimal(price), **fields)


def checked(order: RepairOrder, *answers: tuple[str, str, dict[str, Any]]) -> Checklist:
    """An intake checklist: question, kind and what was answered."""
    made = Checklist.objects.create(order=order, stage="intake", name="Phone", **ACTOR)
    for position, (question, kind, answer) in enumerate(answers):
        ChecklistAnswer.objects.create(checklist=made, position=position, question=question, kind=kind, **answer)
    return made


def signed(order: RepairOrder, text: str, purpose: str = "intake", name: str = "Kim Carter") -> Signature:
    digest = hashlib.sha256(text.encode()).hexdigest()
    fields = {"order": order, "purpose": purpose, "name": name, "text": text, "text_sha256": digest, "image": PNG}
    return Signature.objects.create(**fields, **ACTOR)


def quoted(
    order: RepairOrder, version: int = 1, status: str = "sent", *, quality: str = "used", **fields: Any
) -> Quote:
    """A version with one line of 100.00 and a cheaper way to do it."""
    amounts = {"subtotal": 100, "discount_total": 0, "tax_total": 0, "total": 100}
    text = {"text": "quote", "text_sha256": "0" * 64, "valid_until": datetime(2026, 7, 1, 12, 0, tzinfo=UTC)}
    named = {"order": order, "version": version, "status": status, "currency": order.currency}
    quote = Quote.objects.create(prices_include_tax=True, **{**named, **amounts, **text, **fields}, **ACTOR)
    common = {"quote": quote, "order_line_id": new_id(), "repair_type_id": new_id(), "quantity": 1, "discount": 0,
              "tax_percent": 0, "tax_amount": 0, "warranty_months": 6}  # fmt: skip
    first = QuoteLine.objects.create(position=0, description="Screen", unit_price=100, total_price=100, **common)
    other = {"description": "Screen, used", "unit_price": 60, "total_price": 60, "quality": quality}
    QuoteLine.objects.create(position=1, instead_of=first, **other, **common)
    return quote


def decided(quote: Quote, *, approved: bool = True, reason: str = "") -> QuoteDecision:
    fields = {"name": "Kim Carter", "reason": reason, "total": quote.total, "text_sha256": "0" * 64}
    return QuoteDecision.objects.create(quote=quote, approved=approved, way="counter", **fields, **ACTOR)


def issued(
    order: RepairOrder, *rows: tuple[str, int, str, str], number: str = "HAR-2026-0001", **fields: Any
) -> Invoice:
    """An invoice over rows of description, quantity, total and percent of tax, which the totals hold."""
    totals = [(what, quantity, Decimal(total), Decimal(percent)) for what, quantity, total, percent in rows]
    taxes = [(total * percent / (100 + percent)).quantize(Decimal("0.01")) for _, _, total, percent in totals]
    gross, tax = sum((total for _, _, total, _ in totals), Decimal(0)), sum(taxes, Decimal(0))
    paper = {
        "number": number, "kind": "invoice", "branch": order.branch, "issued_on": datetime(2026, 6, 1, tzinfo=UTC).date(),
        "language": "en", "seller": SELLER, "customer": {"name": "Kim Carter", "address": "9 Quay"},
        "currency": order.currency, "prices_include_tax": True, "net_total": gross - tax, "tax_total": tax,
        "total": gross,
    }  # fmt: skip
    invoice = Invoice.objects.create(**{**paper, **fields}, **ACTOR)
    for position, ((what, quantity, total, percent), tax_amount) in enumerate(zip(totals, taxes, strict=True)):
        InvoiceLine.objects.create(
            invoice=invoice, position=position, order=order, description=what, quantity=quantity,
            unit_price=total / quantity, discount=0, total_price=total, tax_percent=percent, tax_amount=tax_amount,
        )  # fmt: skip
    if invoice.kind == "invoice":
        InvoicedOrder.objects.create(order=order, invoice=invoice)
    return invoice


SELLER = {"name": "Harbour Repairs", "address": "1 Pier", "city": "Port", "country": "Nowhere", "tax_number": "NW-123"}


def promised(days: int = 3) -> datetime:
    return timezone.now() + timedelta(days=days)


def settled(branch: Branch, **fields: Any) -> Branch:
    """A branch with its letterhead."""
    usual = {"letterhead": "Repairs since 1999", "tax_number": "NW-123", "footer": "IBAN NW00 1234 · shop.example"}
    WorkshopSettings.objects.create(branch=branch, **{**usual, **fields})
    return branch
