"""What a repair would cost: a version of a quote as it was sent, or the lines as they are before one was."""

from collections.abc import Iterator

from apps.core.documents import Block, Document, Gap, Paragraph
from apps.repairs.rules.documents import parts
from apps.repairs.rules.documents.facts import QuoteFacts, VisitFacts
from apps.repairs.rules.documents.words import Words


def quote(facts: QuoteFacts, words: Words) -> Document:
    """A frozen version with its alternatives, and what the customer said."""
    title = f"{words.say('quote')} {facts.order_number}/{facts.version}"
    return parts.document(words, title, facts.shop, _quote_blocks(facts, words))


def _quote_blocks(facts: QuoteFacts, words: Words) -> Iterator[Block]:
    yield from parts.head(words, facts.shop, parts.code(words, facts.code, facts.order_number))
    rows = [
        (words.say("order"), facts.order_number),
        (words.say("version"), str(facts.version)),
        (words.say("date"), words.day_of(facts.sent_at)),
        (words.say("valid_until"), words.minute(facts.valid_until)),
        (words.say("state"), words.say(f"quote_{facts.status}")),
        *parts.device_rows(words, facts.device),
    ]
    yield from parts.titled(words.say("quote"), rows, facts.customer)
    if facts.message:
        yield Paragraph(facts.message)
        yield Gap(0.5)
    yield from parts.lines_table(words, facts.lines, facts.currency)
    kept = [line for line in facts.lines if not line.is_option]
    tax = parts.tax_rows(words, kept, facts.currency, includes_tax=facts.includes_tax)
    total = (words.say("total"), words.money(facts.total, facts.currency))
    rows = [total, *tax] if facts.includes_tax else [*tax, total]
    yield parts.totals(rows, rows.index(total))
    if facts.decision is not None:
        decision = facts.decision
        amount = words.money(decision.total, facts.currency)
        key = "approved_by" if decision.approved else "declined_by"
        yield Gap(0.5)
        yield Paragraph(words.say(key, name=decision.name, when=words.moment(decision.at), total=amount))
        if decision.reason:
            yield Paragraph(f"{words.say('reason')}: {decision.reason}")


def cost_estimate(visit: VisitFacts, words: Words) -> Document:
    """The lines of an order for which no quote was sent yet."""
    name = words.say("estimate")
    return parts.document(words, f"{name} {visit.number}", visit.shop, _estimate_blocks(visit, words, name))


def _estimate_blocks(visit: VisitFacts, words: Words, name: str) -> Iterator[Block]:
    [order] = visit.orders
    yield from parts.head(words, visit.shop, parts.code(words, visit.code, visit.number))
    rows = [(words.say("order"), order.number), (words.say("date"), words.day_of(order.taken_in))]
    yield from parts.titled(name, [*rows, *parts.device_rows(words, order.device)], visit.customer)
    yield from parts.lines_table(words, order.lines, order.currency)
    tax = parts.tax_rows(words, order.lines, order.currency, includes_tax=order.includes_tax)
    total = (words.say("total"), words.money(order.due, order.currency))
    rows = [total, *tax] if order.includes_tax else [*tax, total]
    yield parts.totals(rows, rows.index(total))
