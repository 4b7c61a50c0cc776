"""The receipt for devices that were handed in."""

from collections.abc import Iterator

from apps.core.documents import Block, Document, Facts, Gap
from apps.core.money import ZERO
from apps.repairs.rules.documents import parts
from apps.repairs.rules.documents.facts import OrderFacts, VisitFacts
from apps.repairs.rules.documents.words import Words


def intake_receipt(visit: VisitFacts, words: Words) -> Document:
    """What was handed in, in which condition and for what, what it is to cost, and what was agreed."""
    title = f"{words.say('intake')} {visit.number}"
    return parts.document(words, title, visit.shop, _blocks(visit, words))


def _blocks(visit: VisitFacts, words: Words) -> Iterator[Block]:
    yield from parts.head(words, visit.shop, parts.code(words, visit.code, visit.number))
    several = len(visit.orders) > 1
    number = (words.say("visit" if several else "order"), visit.number)
    rows = [number, (words.say("date"), words.minute(visit.day))]
    if not several:
        rows += [_promise(order, words) for order in visit.orders]
    yield from parts.titled(words.say("intake"), rows, visit.customer)
    for order in visit.orders:
        yield from _device(order, words, several=several)
    if several:
        yield Gap(0.6)
        yield parts.totals(_sums(visit, words), 0, -1)
    for order in [] if several else visit.orders:
        yield from parts.payments(words, order.payments, order.currency)
    signed = visit.signed
    yield from parts.small_print(words.say("terms"), signed.text if signed else visit.terms)
    yield from parts.signed_below(words, signed)


def _device(order: OrderFacts, words: Words, *, several: bool) -> Iterator[Block]:
    if several:
        yield parts.small_heading(f"{words.say('order')} {order.number}")
    rows = [
        *parts.device_rows(words, order.device),
        (words.say("fault"), parts.without_breaks(order.issue)),
        (words.say("condition"), parts.without_breaks(order.condition)),
        (words.say("accessories"), ", ".join(order.accessories)),
        *([_promise(order, words)] if several else []),
    ]
    yield parts.order_facts(words, order, rows, several=several)
    if order.checklist:
        yield Gap(0.4)
        yield parts.small_heading(words.say("checklist"))
        yield Facts(tuple((question, _answer(answer, words)) for question, answer in order.checklist))
    yield Gap(0.5)
    yield from parts.lines_table(words, order.lines, order.currency)
    tax = parts.tax_rows(words, order.lines, order.currency, includes_tax=order.includes_tax)
    total = (words.say("total"), words.money(order.due, order.currency))
    money = [] if several else parts.money_rows(words, order.due, order.paid, order.currency)
    before = [] if order.includes_tax else tax
    within = tax if order.includes_tax else []
    yield parts.totals([*before, total, *within, *money], len(before))
    if several:
        yield Gap(0.6)


def _promise(order: OrderFacts, words: Words) -> tuple[str, str]:
    return words.say("promised"), words.minute(order.promised) if order.promised else ""


def _answer(answer: str, words: Words) -> str:
    key = f"answer_{answer}"
    return words.say(key) if key in {"answer_yes", "answer_no", "answer_not_testable", "answer_photo"} else answer


def _sums(visit: VisitFacts, words: Words) -> list[tuple[str, str]]:
    currency = visit.orders[0].currency
    due = sum((order.due for order in visit.orders), ZERO)
    paid = sum((order.paid for order in visit.orders), ZERO)
    return [(words.say("total"), words.money(due, currency)), *parts.money_rows(words, due, paid, currency)]
