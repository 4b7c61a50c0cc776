"""What must be true of orders, their money and their parts at any moment, whatever was done before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from apps.audit.models import Event
from apps.inventory.enums import MovementType, ReservationStatus
from apps.inventory.models import Reservation, StockMovement
from apps.repairs import rules
from apps.repairs.models import (
    DeviceSecret,
    FaultyPart,
    Invoice,
    InvoicedOrder,
    InvoiceLine,
    Payment,
    QuoteDecision,
    QuoteLine,
    RepairLine,
    RepairOrder,
    StatusHistory,
    Tender,
    Warranty,
)
from tests.repairs.contract import TABLE
from tests.tables import rows_of

D = Decimal
DONE = {"completed", "ready_pickup", "delivered"}
# What was written once stays as it was: papers, money, words and history.
WRITTEN_ONCE: tuple[type[Model], ...] = (
    Payment, Tender, Invoice, InvoiceLine, QuoteLine, QuoteDecision, StatusHistory, Warranty, FaultyPart, StockMovement,
    Event,
)  # fmt: skip


def state() -> dict[str, list[str]]:
    """Every row that what is done in a workshop may write. Equal before and after means that nothing happened."""
    return rows_of(
        model for app in ("repairs", "inventory", "audit") for model in apps.get_app_config(app).get_models()
    )


def statuses() -> dict[UUID, str]:
    return dict(RepairOrder.objects.order_by().values_list("pk", "status"))


def prove_order(one: RepairOrder) -> None:
    lines = list(one.lines.all())
    prove_money(one, lines)
    prove_parts(one, lines)
    prove_line_states(one, lines)
    prove_history(one)
    prove_quotes(one)
    prove_hand_over(one, lines)


def prove_money(one: RepairOrder, lines: Iterable[RepairLine]) -> None:
    lines, payments = list(lines), list(one.payments.all())
    signed = [-row.amount if row.kind == "refund" else row.amount for row in payments]
    assert one.paid == sum(signed) >= 0
    assert one.deposit_paid == sum(row.amount for row in payments if row.kind == "deposit")
    assert one.tax_total == sum(row.tax_amount for row in lines)
    added = 0 if one.prices_include_tax else one.tax_total
    assert one.total == sum(row.total_price for row in lines) + added == one.subtotal - one.discount_total + added
    assert one.return_fee == 0 or one.unrepaired
    assert one.credited >= 0
    assert rules.charge(one.charged) >= 0
    assert all(row.total_price == 0 for row in lines if row.covered_by_id is not None)
    live = InvoicedOrder.objects.filter(order=one).first()
    if live is not None:
        assert left_of(live.invoice, one) == rules.charge(one.charged)


def left_of(invoice: Invoice, one: RepairOrder) -> Decimal:
    """What an invoice says of an order, less what credit notes have taken back of that."""
    own = InvoiceLine.objects.filter(invoice=invoice, order=one)
    back = InvoiceLine.objects.filter(credits__invoice=invoice, order=one)

    def gross(rows: Any) -> Decimal:
        return sum((row.total_price + (0 if invoice.prices_include_tax else row.tax_amount) for row in rows), D(0))

    return gross(own) - gross(back)


def prove_papers(code: str) -> None:
    """Of a branch, whose code begins its numbers: no number is missing, and every sum is that of its rows."""
    for tender in Tender.objects.all():
        assert tender.amount == sum(share.amount for share in tender.payments.all())
    for kind, series in (("invoice", code), ("credit_note", f"{code}-C")):
        numbers = sorted(Invoice.objects.filter(kind=kind).values_list("number", flat=True))
        year = timezone.now().year
        assert numbers == [f"{series}-{year}-{number:05d}" for number in range(1, len(numbers) + 1)]
    for paper in Invoice.objects.all():
        lines = list(paper.lines.all())
        assert paper.total == paper.net_total + paper.tax_total
        assert paper.tax_total == sum(row.tax_amount for row in lines)
        assert (paper.total if paper.prices_include_tax else paper.net_total) == sum(row.total_price for row in lines)


def prove_parts(one: RepairOrder, lines: Iterable[RepairLine]) -> None:
    """Every reservation is a line's, and no part has left the stock for a line twice."""
    lines = list(lines)
    live = Reservation.objects.filter(document_id=one.pk, status=ReservationStatus.LIVE)
    assert sorted(live.values_list("source_id", "quantity", "level__item_id", "level__branch_id")) == sorted(
        (row.pk, row.quantity, row.item_id, one.branch_id) for row in lines if row.state == "reserved"
    )
    out = StockMovement.objects.filter(repair_order_id=one.pk, movement_type=MovementType.OUT, reversed_by=None)
    moved = Counter[UUID]()
    for source, quantity in out.values_list("reservation__source_id", "quantity"):
        moved[source] += quantity
    # What a line holds, and what of it has failed; what was put back is neither.
    used = Counter({row.pk: row.quantity for row in lines if row.state == "issued"})
    failed = FaultyPart.objects.filter(order=one, line__order=one)
    for line_id, quantity in failed.values_list("line_id", "quantity"):
        used[line_id] += quantity
    assert moved == used


def prove_line_states(one: RepairOrder, lines: Iterable[RepairLine]) -> None:
    lines = list(lines)
    states = {row.state for row in lines if row.item_id is not None}
    if one.unrepaired:
        assert states <= {"planned", "issued", "returned", "faulty"}
    elif one.status in DONE:
        assert states <= {"issued", "returned", "faulty"}
    else:
        assert states <= {"reserved", "backordered", "on_order", "issued", "returned", "faulty"}
    assert {row.state for row in lines if row.item_id is None} <= {"planned"}


def prove_history(one: RepairOrder) -> None:
    """The history leads from the intake to where the order is, each step one of the contract's, and each told once."""
    chain = list(one.history.values_list("old_status", "new_status"))
    assert chain[0] == (None, "pending")
    assert [old for old, _ in chain[1:]] == [new for _, new in chain[:-1]]
    assert chain[-1][1] == one.status
    assert all(new in TABLE[old] for old, new in chain[1:])
    told = Event.objects.about("repairs.order", one.pk).filter(type="repairs.status_changed")
    assert [(event.payload["old_status"], event.payload["new_status"]) for event in told] == chain[1:]


def prove_quotes(one: RepairOrder) -> None:
    quotes = list(one.quotes.order_by("version"))
    assert [quote.version for quote in quotes] == list(range(1, len(quotes) + 1))
    assert all(quote.status != "sent" for quote in quotes[:-1])
    decided = {row.quote_id: row for row in QuoteDecision.objects.filter(quote__order=one)}
    answers = {"approved": True, "declined": False}
    assert {pk: row.approved for pk, row in decided.items()} == {
        quote.pk: answers[quote.status] for quote in quotes if quote.status in answers
    }
    for quote in quotes:
        assert quote.text_sha256 == rules.sha256_of(quote.text)
        offered = sum(row.total_price for row in quote.lines.filter(instead_of=None))
        assert quote.total == offered + (0 if quote.prices_include_tax else quote.tax_total)
    approved = [decided[quote.pk].total for quote in quotes if quote.status == "approved"]
    assert one.approved_total == (approved[-1] if approved else None)


def prove_hand_over(one: RepairOrder, lines: Iterable[RepairLine]) -> None:
    """Warranties run from the hand-over for what was built in and is warranted, and nothing secret is left."""
    handed_over = one.status == "delivered"
    assert (one.delivered_at is not None) == handed_over
    assert not (handed_over and DeviceSecret.objects.filter(order=one).exists())
    warranted = {
        row.pk
        for row in lines
        if handed_over and not one.unrepaired and row.state not in {"returned", "faulty"}
        if row.warranty_months or row.covered_by_id
    }
    given = list(one.warranties.select_related("continues", "line"))
    assert {row.line_id for row in given} == warranted
    assert len(given) == len(warranted)
    for row in given:
        assert row.continues_id == row.line.covered_by_id
        assert row.continues is None or row.continues.ends_on == row.ends_on
        assert row.line.warranty_until == row.ends_on
