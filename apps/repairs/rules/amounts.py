"""The money of an order: every total is computed here, once, and rounded once.

Tax is rounded for each line, half up, in whole minor units of the currency; what a document says of its tax is the sum of
its lines'. Prices either hold their tax, and the total is the sum of the lines, or the tax is added to that sum.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.core import money

_WHOLE = Decimal(100)


@dataclass(frozen=True)
class LineAmounts:
    """What a line is made of; the discount is an amount off the whole line."""

    quantity: int
    unit_price: Decimal
    discount: Decimal
    tax_percent: Decimal = money.ZERO


@dataclass(frozen=True)
class OrderAmounts:
    """The totals that stand on an order."""

    subtotal: Decimal
    discount_total: Decimal
    tax_total: Decimal
    total: Decimal


@dataclass(frozen=True)
class Charged:
    """What is known of an order's money; ``credited`` is what credit notes took off an invoice that still holds."""

    total: Decimal
    paid: Decimal
    unrepaired: bool = False
    return_fee: Decimal = money.ZERO
    credited: Decimal = money.ZERO


def line_total(line: LineAmounts, currency: str) -> Decimal:
    """``quantity × unit price − discount``, in whole minor units."""
    return money.rounded(line.quantity * line.unit_price - line.discount, currency)


def tax_of(total: Decimal, percent: Decimal, currency: str, *, included: bool) -> Decimal:
    """The tax within a line's total, or on it."""
    return money.rounded(total * percent / (_WHOLE + percent if included else _WHOLE), currency)


def order_amounts(lines: Iterable[LineAmounts], currency: str, *, prices_include_tax: bool = True) -> OrderAmounts:
    """The sum of the lines; the total is the sum of the rounded line totals, so that a column adds up as printed."""
    subtotal = discount_total = tax_total = total = money.ZERO
    for line in lines:
        subtotal += money.rounded(line.quantity * line.unit_price, currency)
        discount_total += line.discount
        own = line_total(line, currency)
        total += own
        tax_total += tax_of(own, line.tax_percent, currency, included=prices_include_tax)
    return OrderAmounts(subtotal, discount_total, tax_total, total if prices_include_tax else total + tax_total)


def charge(order: Charged) -> Decimal:
    """What an order costs its customer; a device that goes back unrepaired costs its fee alone."""
    return (order.return_fee if order.unrepaired else order.total) - order.credited


def balance(order: Charged) -> Decimal:
    """What is still owed, negative if money is to be given back."""
    return charge(order) - order.paid
