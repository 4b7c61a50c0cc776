"""What several papers have in common: letterhead, lines, totals, taxes, payments and signatures."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from apps.core.documents import (
    Block,
    Code,
    Column,
    Document,
    Facts,
    Gap,
    Paragraph,
    Picture,
    Row,
    Rule,
    Sides,
    Table,
    Together,
    Totals,
)
from apps.core.money import ZERO
from apps.repairs.rules.documents.facts import (
    DeviceFacts,
    LineFacts,
    OrderFacts,
    PaymentFacts,
    PersonFacts,
    ShopFacts,
    SignatureFacts,
)
from apps.repairs.rules.documents.words import Words

CODE_SIDE = 27.0  # millimetres
_TITLE, _SHOP, _SMALL, _QUIET = 1.75, 1.25, 0.82, 0.35
_SIGNATURE = (60.0, 20.0)


def document(words: Words, title: str, shop: ShopFacts, blocks: Iterable[Block]) -> Document:
    return Document(
        title=title,
        blocks=tuple(blocks),
        footer=shop.footer,
        page_words=words.page_words(),
        right_to_left=words.right_to_left,
    )


def code(words: Words, text: str, number: str) -> tuple[Block, ...]:
    """What is scanned; where that is the customer's page, it says so."""
    return (Code(text, CODE_SIDE, number, words.say("follow") if text != number else ""),)


def head(words: Words, shop: ShopFacts, scanned: tuple[Block, ...] = ()) -> Iterator[Block]:
    """Who writes, and what is scanned."""
    lines = [shop.letterhead, *shop.lines]
    if shop.tax_number:
        lines.append(f"{words.say('tax_number')}: {shop.tax_number}")
    who: tuple[Block, ...] = (
        Paragraph(shop.name, _SHOP, bold=True),
        *(Paragraph(line, _SMALL, grey=_QUIET) for line in lines if line),
    )
    yield Sides(who, scanned, 0.7) if scanned else Together(who)
    yield Rule()


def titled(title: str, rows: Sequence[tuple[str, str]], person: PersonFacts) -> Iterator[Block]:
    """What it is, for whom, and its facts beside that."""
    yield Paragraph(title, _TITLE, bold=True)
    yield Gap(0.4)
    whom: tuple[Block, ...] = (
        Paragraph(person.name),
        *(Paragraph(line, _SMALL, grey=_QUIET) for line in person.lines if line),
    )
    yield Sides(whom, (Facts(tuple((name, value) for name, value in rows if value)),), 0.45)
    yield Gap(0.6)


def small_heading(text: str) -> Block:
    return Paragraph(text, 1, bold=True)


def device_rows(words: Words, device: DeviceFacts) -> list[tuple[str, str]]:
    rows = [("device", device.model), ("imei", device.imei), ("serial", device.serial)]
    return [(words.say(key), value) for key, value in rows if value]


def order_facts(words: Words, order: OrderFacts, rows: Sequence[tuple[str, str]], *, several: bool) -> Block:
    """The facts of a device; of several each has its own page for the customer, and so its own code."""
    facts = Facts(tuple((name, value) for name, value in rows if value))
    if not several or order.code == order.number:
        return facts
    return Sides((facts,), code(words, order.code, order.number), 0.7)


def lines_table(words: Words, lines: Sequence[LineFacts], currency: str) -> Iterator[Block]:
    """Description, quantity, price and amount; taxes and discounts only where there are any."""
    if not lines:
        return
    discounted, taxed = any(line.discount for line in lines), any(line.tax_percent for line in lines)
    keys = ["quantity", "unit_price", *["discount"] * discounted, *["tax_percent"] * taxed, "amount"]
    columns = (Column(words.say("description")), *(Column(words.say(key), right=True) for key in keys))
    yield Table(columns, tuple(_row(words, line, currency, discounted, taxed) for line in lines))


def _row(words: Words, line: LineFacts, currency: str, discounted: bool, taxed: bool) -> Row:
    named = f"{line.description} ({words.quality(line.quality)})" if line.quality else line.description
    what = words.say("option", what=named) if line.is_option else named
    price = words.money(line.unit_price, currency)
    discount = words.money(-line.discount, currency) if line.discount else ""
    percent = words.percent(line.tax_percent) if line.tax_percent else ""
    middle = [*[discount] * discounted, *[percent] * taxed]
    short = " ".join(part for part in (f"{line.quantity} × {price}", discount) if part)
    below = words.say("warranty_months", months=line.warranty_months) if line.warranty_months else ""
    return Row((what, str(line.quantity), price, *middle, words.money(line.total, currency)), short, below)


def tax_rows(words: Words, lines: Sequence[LineFacts], currency: str, *, includes_tax: bool) -> list[tuple[str, str]]:
    """For each rate the tax on, or within, what it is charged on; nothing where there is no tax."""
    rows = []
    for percent in sorted({line.tax_percent for line in lines if line.tax_percent}, reverse=True):
        same = [line for line in lines if line.tax_percent == percent]
        tax = sum((line.tax_amount for line in same), ZERO)
        net = sum((line.total for line in same), ZERO) - (tax if includes_tax else ZERO)
        name = words.say("tax_of", percent=words.percent(percent), net=words.money(net, currency))
        rows.append((name, words.money(tax, currency)))
    return rows


def money_rows(words: Words, due: Decimal, paid: Decimal, currency: str) -> list[tuple[str, str]]:
    """What was paid and what is open."""
    rest = due - paid
    rows = [(words.say("paid"), words.money(paid, currency))]
    key = "to_return" if rest < 0 else "balance"
    return [*rows, (words.say(key), words.money(abs(rest), currency))]


def totals(rows: Sequence[tuple[str, str]], *strong: int) -> Block:
    """Negative numbers count from the end."""
    return Totals(tuple(rows), frozenset(number % len(rows) for number in strong))


def payments(words: Words, found: Sequence[PaymentFacts], currency: str) -> Iterator[Block]:
    if not found:
        return
    columns = (Column(words.say("payments")), Column(words.say("date")), Column(words.say("amount"), right=True))
    rows = []
    for paid in found:
        what = f"{words.say(f'kind_{paid.kind}')}, {words.say(f'method_{paid.method}')}"
        when = words.day_of(paid.at)
        name = f"{what} ({paid.reference})" if paid.reference else what
        rows.append(Row((name, when, words.money(paid.amount, currency)), when))
    yield Gap(0.6)
    yield Table(columns, tuple(rows))
    yield Gap(0.3)


def small_print(heading: str, text: str) -> Iterator[Block]:
    if text:
        yield Gap(0.6)
        yield small_heading(heading)
        yield Paragraph(text, _SMALL, grey=_QUIET)


def signed_below(words: Words, signed: SignatureFacts | None) -> Iterator[Block]:
    if signed is None:
        return
    yield Gap(0.6)
    who = words.say("signed", name=signed.name, when=words.moment(signed.at))
    yield Together((Picture(signed.image, *_SIGNATURE), Paragraph(who, _SMALL, grey=_QUIET)))


def without_breaks(text: str) -> str:
    return " ".join(text.split())
