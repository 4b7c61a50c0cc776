"""The text of a quote, to the letter that the customer says yes or no to, and what may be chosen from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from apps.core import money
from apps.core.exceptions import ValidationFailed

LONGEST_VALIDITY = 366  # days
NO_SUCH_LINE = "There is no such line in the quote."


@dataclass(frozen=True)
class OfferedLine:
    """A line of a quote in words; ``number`` is ``2`` for a line of the order and ``2a`` for another way to do it."""

    number: str
    description: str
    quantity: int
    unit_price: Decimal
    discount: Decimal
    total: Decimal
    tax_percent: Decimal
    tax: Decimal
    warranty_months: int
    is_required: bool = False
    instead_of: str = ""


@dataclass(frozen=True)
class Offer:
    """A quote in words."""

    shop: str
    order_number: str
    device: str
    version: int
    currency: str
    prices_include_tax: bool
    lines: Sequence[OfferedLine]
    subtotal: Decimal
    discount_total: Decimal
    tax_total: Decimal
    total: Decimal
    valid_until: datetime  # on the clock of the branch
    message: str = ""


@dataclass(frozen=True)
class Choice:
    """A line of a quote as far as it can be chosen: ``instead_of`` names the line of the order that it would replace."""

    id: UUID
    order_line_id: UUID
    instead_of: UUID | None
    is_required: bool


def line_number(base: int, alternative: int = 0) -> str:
    """``2`` for the second line, ``2b`` for the second other way to do it, ``2-27`` past the letters."""
    if not alternative:
        return str(base)
    return f"{base}{chr(96 + alternative)}" if alternative <= 26 else f"{base}-{alternative}"


def text_of(offer: Offer) -> str:
    """The whole quote as one text; the same quote is the same text."""
    return "\n".join(_sentences(offer)) + "\n"


def sha256_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def chosen(lines: Sequence[Choice], wanted: Sequence[UUID] | None) -> tuple[UUID, ...]:
    """The ids of the lines that are ordered, in the order of the quote; without a wish all lines as they stand.

    A line of the order may be named by its own id as well. Raises ``ValidationFailed`` on ``lines`` for an id that is
    not in the quote, two ways to do the same line, a required line that is left out, and for nothing at all.
    """
    bases = [line for line in lines if line.instead_of is None]
    if wanted is None:
        return tuple(line.id for line in bases)
    picked = _named(lines, wanted)
    taken = [line.instead_of or line.id for line in lines if line.id in picked]
    if len(taken) != len(set(taken)):
        raise ValidationFailed.on("lines", "invalid", "Choose one way only for each line.")
    if any(line.is_required and line.id not in taken for line in bases):
        raise ValidationFailed.on("lines", "required", "A line that the repair cannot do without was left out.")
    if not taken:
        raise ValidationFailed.on("lines", "min_length", "Choose at least one line, or decline the quote.")
    return tuple(line.id for line in lines if line.id in picked)


def _named(lines: Sequence[Choice], wanted: Sequence[UUID]) -> set[UUID]:
    known = {line.order_line_id: line.id for line in lines if line.instead_of is None}
    known |= {line.id: line.id for line in lines}
    for position, name in enumerate(wanted):
        if name not in known:
            raise ValidationFailed.on(f"lines.{position}", "does_not_exist", NO_SUCH_LINE)
    return {known[name] for name in wanted}


def _sentences(offer: Offer) -> Iterator[str]:
    yield f"Quote {offer.version} for repair {offer.order_number}"
    yield offer.shop
    yield f"Device: {offer.device}"
    yield ""
    for line in offer.lines:
        yield from _line(line, offer.currency)
    yield ""
    yield f"Subtotal: {_amount(offer.subtotal, offer)}"
    if offer.discount_total:
        yield f"Discount: {_amount(-offer.discount_total, offer)}"
    if offer.tax_total:
        yield f"Tax{' (included)' if offer.prices_include_tax else ''}: {_amount(offer.tax_total, offer)}"
    yield f"Total: {_amount(offer.total, offer)}"
    yield f"Valid until {offer.valid_until:%Y-%m-%d %H:%M %Z}"
    if offer.message:
        yield f"\n{offer.message}"
    yield "\nApproving this quote orders the lines that are chosen, at these prices."


def _line(line: OfferedLine, currency: str) -> Iterator[str]:
    instead = f"instead of {line.instead_of}: " if line.instead_of else ""
    yield f"{line.number}. {instead}{line.description}"
    price, total = (money.text(amount, currency) for amount in (line.unit_price, line.total))
    discount = f" − {money.text(line.discount, currency)}" if line.discount else ""
    yield f"   {line.quantity} × {price}{discount} = {total} {currency}"
    if line.tax_percent:
        yield f"   tax {line.tax_percent.normalize():f} %: {money.text(line.tax, currency)} {currency}"
    if line.warranty_months:
        yield f"   warranty: {line.warranty_months} months"
    if line.is_required:
        yield "   cannot be left out"


def _amount(amount: Decimal, offer: Offer) -> str:
    return f"{money.text(amount, offer.currency)} {offer.currency}"
