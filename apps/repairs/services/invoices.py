"""Invoices: issued once for an order, frozen, numbered without gaps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Customer
from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict
from apps.core.numbering import counted_up
from apps.inventory.models import Branch
from apps.repairs import events, rules, selectors
from apps.repairs.enums import InvoiceKind
from apps.repairs.models import DropOff, Invoice, InvoiceCounter, InvoicedOrder, InvoiceLine, RepairLine, RepairOrder
from apps.repairs.services.locking import actor_columns, locked_for, locked_many


@dataclass(frozen=True)
class Issued:
    """The invoice that holds, and whether it was issued just now."""

    invoice: Invoice
    is_new: bool


@transaction.atomic
def issue_invoice(order_id: UUID, *, actor: Actor) -> Issued:
    """The invoice over an order: issued, unless there is one that holds.

    What stands on it never changes: who sells and buys, the lines, their tax, and the totals, which are the order's to
    the cent. Raises ``NotFound`` outside the actor's scope, ``Conflict`` while it is not settled what the order costs.
    """
    order = locked_for(actor, Right.PAYMENTS_TAKE, order_id)
    standing = selectors.invoice_of(order)
    if standing is not None:
        return Issued(standing, is_new=False)
    return Issued(issue([order], actor=actor), is_new=True)


@transaction.atomic
def issue_drop_off_invoice(drop_off_id: UUID, *, actor: Actor) -> Issued:
    """One invoice over the orders of a drop-off that cost something and stand on none yet; else the one there is.

    Raises as ``issue_invoice``, and ``Conflict`` where nothing is to be invoiced.
    """
    drop_off = selectors.get_drop_off(drop_off_id, actor=actor, right=Right.PAYMENTS_TAKE)
    orders = locked_of(drop_off)
    invoiced = selectors.invoiced_among(orders)
    chargeable = [order for order in orders if order.pk not in invoiced and rules.charge(order.charged) > 0]
    if chargeable:
        return Issued(issue(chargeable, actor=actor, drop_off=drop_off), is_new=True)
    standing = Invoice.objects.filter(pk__in=invoiced.values()).first()
    if standing is None:
        raise Conflict("Nothing of this drop-off is to be invoiced.")
    return Issued(standing, is_new=False)


def locked_of(drop_off: DropOff) -> list[RepairOrder]:
    """The orders of a drop-off, locked, the oldest first."""
    ids = RepairOrder.objects.filter(drop_off=drop_off).order_by().values_list("pk", flat=True)
    return sorted(locked_many(ids).values(), key=lambda order: (order.created_at, order.pk))


def issue(
    orders: Sequence[RepairOrder], *, actor: Actor, drop_off: DropOff | None = None, at: datetime | None = None
) -> Invoice:
    """Issue one invoice over orders that are locked and stand on none. Called last: it holds the branch's counter."""
    _require_settled(orders)
    first = orders[0]
    branch = first.branch
    issued_on = (at or timezone.now()).astimezone(branch.zone).date()
    customer = Customer.objects.get(pk=first.customer_id)
    invoice = Invoice(
        kind=InvoiceKind.INVOICE,
        branch=branch,
        drop_off=drop_off,
        issued_on=issued_on,
        language=(customer.locale or "en")[:10],
        seller=_seller(branch),
        customer=_buyer(customer),
        currency=first.currency,
        prices_include_tax=first.prices_include_tax,
        paid=sum((order.paid for order in orders), Decimal(0)),
        **actor_columns(actor),
    )
    lines = _lines(invoice, orders)
    for order in orders:
        if order.credited:
            order.credited = Decimal(0)  # what an earlier invoice was corrected by
            order.save(update_fields=["credited"])
    InvoicedOrder.objects.bulk_create([InvoicedOrder(order=order, invoice=invoice) for order in orders])
    store(invoice, lines, branch.code)
    event = events.InvoiceIssued(
        aggregate_id=invoice.pk,
        number=invoice.number,
        branch_id=branch.pk,
        order_ids=tuple(str(order.pk) for order in orders),
        total=invoice.total,
        currency=invoice.currency,
    )
    audit.record(event, actor=actor)
    return invoice


def store(invoice: Invoice, lines: Sequence[InvoiceLine], series: str) -> None:
    """Total a document, give it the next number of its series and year, and write it."""
    totals = rules.invoice_totals(
        ((line.total_price, line.tax_amount) for line in lines), prices_include_tax=invoice.prices_include_tax
    )
    invoice.net_total, invoice.tax_total, invoice.total = totals.net_total, totals.tax_total, totals.total
    for position, line in enumerate(lines, start=1):
        line.position = position
    # What belongs to the document comes before it; references are checked at the commit. The counter's row is held
    # until then, and a rollback gives the number back: so there are no gaps.
    InvoiceLine.objects.bulk_create(lines)
    year_of_series = f"{series}-{invoice.issued_on.year}"
    invoice.number = f"{year_of_series}-{counted_up(InvoiceCounter, year_of_series):05d}"
    invoice.save(force_insert=True)


def _require_settled(orders: Sequence[RepairOrder]) -> None:
    for order in orders:
        if not rules.can_be_invoiced(order.status, unrepaired=order.unrepaired, return_fee=order.return_fee):
            raise Conflict(
                f"What {order.order_number} costs is not settled yet: it has been neither done nor given up."
            )
    if len({(order.currency, order.prices_include_tax, order.customer_id) for order in orders}) > 1:
        raise Conflict("These orders were priced on different terms; invoice them one by one.")


def _lines(invoice: Invoice, orders: Iterable[RepairOrder]) -> list[InvoiceLine]:
    repaired = [order for order in orders if not order.unrepaired]
    rows = RepairLine.objects.filter(order__in=repaired).select_related("repair_type", "part_type")
    of_order: dict[UUID, list[RepairLine]] = {order.pk: [] for order in repaired}
    for row in rows.order_by("position", "id"):
        of_order[row.order_id].append(row)
    lines = []
    for order in orders:
        if order.unrepaired:
            lines.append(_fee_line(invoice, order))
        else:
            lines += [_line(invoice, row) for row in of_order[order.pk]]
    return lines


def _line(invoice: Invoice, row: RepairLine) -> InvoiceLine:
    words = f"{row.repair_type.name}, {row.part_type.name}" if row.part_type else row.repair_type.name
    return InvoiceLine(
        invoice=invoice,
        order_id=row.order_id,
        order_line_id=row.pk,
        description=words[:300],
        quantity=row.quantity,
        unit_price=row.unit_price,
        discount=row.discount,
        total_price=row.total_price,
        tax_percent=row.tax_percent,
        tax_amount=row.tax_amount,
    )


def _fee_line(invoice: Invoice, order: RepairOrder) -> InvoiceLine:
    taxes = selectors.price_terms(order.branch_id).taxes
    percent = rules.tax_percent(
        taxes, branch_id=order.branch_id, repair_type_id=None, part_type_id=None, on=invoice.issued_on
    )
    total, tax = rules.fee_amounts(
        order.return_fee, percent, order.currency, prices_include_tax=order.prices_include_tax
    )
    return InvoiceLine(
        invoice=invoice, order=order, description=rules.FEE, quantity=1, unit_price=total, discount=0, total_price=total,
        tax_percent=percent, tax_amount=tax,
    )  # fmt: skip


def _seller(branch: Branch) -> dict[str, Any]:
    own = selectors.workshop_of(branch.pk)
    return {
        "name": branch.name, "address": branch.address, "city": branch.city, "country": branch.country,
        "phone": branch.phone_number, "email": branch.email, "letterhead": own.letterhead,
        "taxNumber": own.tax_number, "footer": own.footer,
    }  # fmt: skip


def _buyer(customer: Customer) -> dict[str, Any]:
    name = f"{customer.first_name} {customer.last_name}".strip()
    return {"name": name, "phone": customer.phone, "email": customer.email or ""}
