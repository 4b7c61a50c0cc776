"""Invoices and credit notes as they were issued, and what an invoice would say before it is."""

from collections.abc import Iterator

from apps.core.documents import Block, Document, Gap, Paragraph
from apps.repairs.rules.documents import parts
from apps.repairs.rules.documents.facts import InvoiceFacts, VisitFacts
from apps.repairs.rules.documents.receipt import charged
from apps.repairs.rules.documents.words import Words


def invoice(facts: InvoiceFacts, words: Words) -> Document:
    """Everything from the frozen rows, so that the same invoice is always the same paper."""
    name = words.say("credit_note" if facts.is_credit_note else "invoice")
    return parts.document(words, f"{name} {facts.number}", facts.shop, _blocks(facts, words, name))


def _blocks(facts: InvoiceFacts, words: Words, name: str) -> Iterator[Block]:
    yield from parts.head(words, facts.shop)
    rows = [
        (words.say("number"), facts.number),
        (words.say("date"), words.day(facts.issued_on)),
        (words.say("corrects"), facts.corrects),
        (words.say("order"), ", ".join(facts.orders)),
    ]
    yield from parts.titled(name, rows, facts.customer)
    if facts.reason:
        yield Paragraph(f"{words.say('reason')}: {facts.reason}")
        yield Gap(0.5)
    yield from parts.lines_table(words, facts.lines, facts.currency)
    tax = parts.tax_rows(words, facts.lines, facts.currency, includes_tax=facts.includes_tax)
    net = [(words.say("net"), words.money(facts.net, facts.currency))] if tax else []
    total = (words.say("total"), words.money(facts.total, facts.currency))
    money = [] if facts.is_credit_note else parts.money_rows(words, facts.total, facts.paid, facts.currency)
    yield parts.totals([*net, *tax, total, *money], len(net) + len(tax))


def pro_forma(visit: VisitFacts, words: Words) -> Document:
    """What would be invoiced now; without a number, which only an issued invoice has."""
    name = words.say("pro_forma")
    return parts.document(words, f"{name} · {visit.number}", visit.shop, _pro_forma_blocks(visit, words, name))


def _pro_forma_blocks(visit: VisitFacts, words: Words, name: str) -> Iterator[Block]:
    [order] = visit.orders
    yield from parts.head(words, visit.shop)
    rows = [(words.say("order"), order.number), (words.say("date"), words.day_of(order.taken_in))]
    yield from parts.titled(name, [*rows, *parts.device_rows(words, order.device)], visit.customer)
    lines = charged(order, words)
    yield from parts.lines_table(words, lines, order.currency)
    tax = parts.tax_rows(words, lines, order.currency, includes_tax=order.includes_tax)
    total = (words.say("total"), words.money(order.due, order.currency))
    money = parts.money_rows(words, order.due, order.paid, order.currency)
    yield parts.totals([*tax, total, *money], len(tax))
