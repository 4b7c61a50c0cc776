"""The money of an order: every total is computed here, once, and rounded once."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.core import money


@dataclass(frozen=True)
class LineAmounts:
    """What a line is made of; the discount is an amount off the whole line."""

    quantity: int
    unit_price: Decimal
    discount: Decimal


@dataclass(frozen=True)
class OrderAmounts:
    """The totals that stand on an order."""

    subtotal: Decimal
    discount_total: Decimal
    total: Decimal


def line_total(line: LineAmounts, currency: str) -> Decimal:
    """``quantity × unit price − discount``, in whole minor units."""
    return money.rounded(line.quantity * line.unit_price - line.discount, currency)


def order_amounts(lines: Iterable[LineAmounts], currency: str) -> OrderAmounts:
    """The sum of the lines; the total is the sum of the rounded line totals, so that a column adds up as printed."""
    subtotal = discount_total = total = money.ZERO
    for line in lines:
        subtotal += money.rounded(line.quantity * line.unit_price, currency)
        discount_total += line.discount
        total += line_total(line, currency)
    return OrderAmounts(subtotal, discount_total, total)


def balance(total: Decimal, paid: Decimal, *, unrepaired: bool) -> Decimal:
    """What is still owed, negative if money is to be given back; a device that goes back unrepaired owes nothing."""
    return (money.ZERO if unrepaired else total) - paid
