"""What a customer takes home: the device with what was done to it, or before that what was paid."""

from collections.abc import Iterator

from apps.core.documents import Block, Document, Gap, Paragraph
from apps.core.money import ZERO
from apps.repairs.rules.documents import parts
from apps.repairs.rules.documents.facts import LineFacts, OrderFacts, VisitFacts
from apps.repairs.rules.documents.words import Words


def receipt(visit: VisitFacts, words: Words) -> Document:
    """Outcome, lines, warranties, payments and balance; headed as a payment's receipt until all is handed over."""
    over = all(order.delivered_at for order in visit.orders)
    name = words.say("hand_over" if over else "payment_receipt")
    return parts.document(words, f"{name} {visit.number}", visit.shop, _blocks(visit, words, name))


def _blocks(visit: VisitFacts, words: Words, name: str) -> Iterator[Block]:
    yield from parts.head(words, visit.shop, parts.code(words, visit.code, visit.number))
    several = len(visit.orders) > 1
    rows = [(words.say("visit" if several else "order"), visit.number), (words.say("date"), _day(visit, words))]
    yield from parts.titled(name, rows, visit.customer)
    for order in visit.orders:
        yield from _order(order, words, several=several)
    currency = visit.orders[0].currency
    due = sum((order.due for order in visit.orders), ZERO)
    paid = sum((order.paid for order in visit.orders), ZERO)
    payments = sorted((one for order in visit.orders for one in order.payments), key=lambda one: one.at)
    yield from parts.payments(words, payments, currency)
    if not payments:
        yield Gap(0.5)
        yield Paragraph(words.say("no_payments"))
    total = (words.say("total"), words.money(due, currency))
    yield parts.totals([total, *parts.money_rows(words, due, paid, currency)], 0, -1)
    yield from parts.signed_below(words, visit.signed)


def _day(visit: VisitFacts, words: Words) -> str:
    """When the device went back, else when something was last paid, else when it came."""
    moments = [order.delivered_at for order in visit.orders if order.delivered_at]
    paid = [one.at for order in visit.orders for one in order.payments]
    return words.minute(max([*moments] or [*paid] or [visit.day]))


def _order(order: OrderFacts, words: Words, *, several: bool) -> Iterator[Block]:
    if several:
        yield parts.small_heading(f"{words.say('order')} {order.number}")
    outcome = words.say(f"outcome_{order.outcome}") if order.outcome else ""
    over = words.minute(order.delivered_at) if order.delivered_at else ""
    rows = [*parts.device_rows(words, order.device), (words.say("outcome"), outcome), (words.say("handed_over"), over)]
    yield parts.order_facts(words, order, rows, several=several)
    yield Gap(0.4)
    lines = charged(order, words)
    yield from parts.lines_table(words, lines, order.currency)
    if order.unrepaired:
        yield Paragraph(words.say("unrepaired"))
    tax = parts.tax_rows(words, lines, order.currency, includes_tax=order.includes_tax)
    if tax:
        yield parts.totals(tax)
    if order.warranties:
        yield Gap(0.4)
        yield parts.small_heading(words.say("warranty"))
        for one in order.warranties:
            yield Paragraph(words.say("warranty_until", what=one.description, day=words.day(one.until)))
    yield Gap(0.5)


def charged(order: OrderFacts, words: Words) -> tuple[LineFacts, ...]:
    """What is to be paid for: the lines, or the fee of a device that goes back unrepaired."""
    if not order.unrepaired:
        return order.lines
    return (LineFacts(words.say("fee"), 1, order.fee, ZERO, order.fee),) if order.fee else ()
