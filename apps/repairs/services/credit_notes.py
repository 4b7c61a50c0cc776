"""Credit notes: what an invoice said is never changed, it is taken back, in whole or in part."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.repairs import events, rules, selectors
from apps.repairs.enums import InvoiceKind, OrderStatus
from apps.repairs.models import Invoice, InvoicedOrder, InvoiceLine, RepairOrder
from apps.repairs.services.invoices import store
from apps.repairs.services.locking import actor_columns, locked_many


@dataclass(frozen=True)
class CreditRequest:
    """A line of the invoice, and how much of its total is taken back; without an amount whatever is left of it."""

    line_id: UUID
    amount: Decimal | None = None


@transaction.atomic
def issue_credit_note(
    invoice_id: UUID, reason: str, lines: Sequence[CreditRequest] = (), *, actor: Actor, note_id: UUID | None = None
) -> Invoice:
    """Take back an invoice, or some of its lines: never more than is left of it.

    An order costs that much less. One of which nothing is left on the invoice is free to be changed and invoiced again.
    Raises ``NotFound`` outside the actor's scope, ``ValidationFailed`` for amounts that are none or too large,
    ``ReferenceMissing`` for a line of another invoice, ``Conflict`` for a credit note and where nothing is left.
    """
    require(actor, Right.PAYMENTS_REFUND)
    invoice = selectors.get_invoice(invoice_id, actor=actor, right=Right.PAYMENTS_REFUND)
    if not reason.strip():
        raise ValidationFailed.on("reason", "required", "A credit note needs a reason.")
    if invoice.kind != InvoiceKind.INVOICE:
        raise Conflict("A credit note cannot be credited.")
    orders = locked_many(invoice.lines.order_by().values_list("order_id", flat=True))
    standing = selectors.standing_on(invoice)
    if not standing:
        raise Conflict("Nothing of this invoice is left to be credited.")
    rests = {rest.line_id: rest for rest in selectors.rests_of(invoice) if rest.order_id in standing}
    amounts = _asked(rests, lines, invoice.currency) if lines else {pk: rest.total for pk, rest in rests.items()}
    note = _draft(invoice, reason, note_id, actor)
    lines_back = _lines(note, invoice, rests, amounts)
    freed = _take_off(invoice, orders, rests, lines_back)
    store(note, lines_back, f"{invoice.branch.code}-C")
    event = events.CreditNoteIssued(
        aggregate_id=note.pk,
        number=note.number,
        corrects_id=invoice.pk,
        order_ids=tuple(sorted({str(line.order_id) for line in lines_back})),
        freed_order_ids=tuple(sorted(map(str, freed))),
        total=note.total,
        currency=note.currency,
        reason=reason,
    )
    audit.record(event, actor=actor)
    return note


def _asked(rests: dict[UUID, rules.Rest], lines: Sequence[CreditRequest], currency: str) -> dict[UUID, Decimal]:
    amounts: dict[UUID, Decimal] = {}
    for number, asked in enumerate(lines):
        rest, field = rests.get(asked.line_id), f"lines.{number}.amount"
        if rest is None:
            raise ReferenceMissing.on(f"lines.{number}.lineId", "line on this invoice")
        if asked.line_id in amounts:
            raise ValidationFailed.on(f"lines.{number}.lineId", "repeated", "This line is named twice.")
        amount = rest.total if asked.amount is None else asked.amount
        if amount <= 0 or not money.fits(amount, currency):
            raise ValidationFailed.on(field, "invalid", f"This is not an amount of {currency}.")
        if amount > rest.total:
            left = money.text(rest.total, currency)
            raise ValidationFailed.on(field, "max_value", f"Only {left} {currency} is left of this line.")
        amounts[asked.line_id] = amount
    return amounts


def _draft(invoice: Invoice, reason: str, note_id: UUID | None, actor: Actor) -> Invoice:
    return Invoice(
        id=note_id or new_id(),
        kind=InvoiceKind.CREDIT_NOTE,
        branch=invoice.branch,
        drop_off_id=invoice.drop_off_id,
        corrects=invoice,
        issued_on=timezone.now().astimezone(invoice.branch.zone).date(),
        language=invoice.language,
        seller=invoice.seller,
        customer=invoice.customer,
        currency=invoice.currency,
        prices_include_tax=invoice.prices_include_tax,
        reason=reason.strip(),
        **actor_columns(actor),
    )


def _lines(
    note: Invoice, invoice: Invoice, rests: dict[UUID, rules.Rest], amounts: dict[UUID, Decimal]
) -> list[InvoiceLine]:
    include = invoice.prices_include_tax
    worth_nothing = not any(amounts.values())  # of an invoice over nothing, every line is taken back
    found = []
    for line in invoice.lines.all():
        amount = amounts.get(line.pk)
        if amount is None or not (amount or worth_nothing):
            continue
        tax = rules.credited_tax(rests[line.pk], amount, invoice.currency, prices_include_tax=include)
        as_it_was = amount == line.total_price
        found.append(InvoiceLine(
            invoice=note, order_id=line.order_id, order_line_id=line.order_line_id, credits=line,
            description=line.description, quantity=line.quantity if as_it_was else 1,
            unit_price=line.unit_price if as_it_was else amount, discount=line.discount if as_it_was else 0,
            total_price=amount, tax_percent=line.tax_percent, tax_amount=tax,
        ))  # fmt: skip
    return found


def _take_off(
    invoice: Invoice, orders: dict[UUID, RepairOrder], rests: dict[UUID, rules.Rest], lines_back: Sequence[InvoiceLine]
) -> set[UUID]:
    """Lower what the orders cost by what is taken back; those of which nothing is left, freed from the invoice."""
    include, freed = invoice.prices_include_tax, set()
    for order_id in {line.order_id for line in lines_back}:
        own = [line for line in lines_back if line.order_id == order_id]
        back = rules.invoice_totals(((line.total_price, line.tax_amount) for line in own), prices_include_tax=include)
        left = sum(
            (rest.gross(prices_include_tax=include) for rest in rests.values() if rest.order_id == order_id),
            -back.total,
        )
        order = orders[order_id]
        order.credited += back.total
        if not left:
            freed.add(order_id)
            # Of what was handed over nothing is owed any more. Otherwise it costs again what its lines say.
            if order.status != OrderStatus.DELIVERED:
                order.credited = money.ZERO
        order.save(update_fields=["credited"])
    InvoicedOrder.objects.filter(invoice=invoice, order_id__in=freed).delete()
    return freed
