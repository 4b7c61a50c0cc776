"""What may be invoiced and credited, and the arithmetic of both."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from apps.core import money
from apps.repairs.enums import OrderStatus
from apps.repairs.rules.amounts import tax_of

FEE = "Diagnosis fee"
_DONE = frozenset({OrderStatus.COMPLETED, OrderStatus.READY_PICKUP, OrderStatus.DELIVERED})


@dataclass(frozen=True)
class InvoiceTotals:
    """The totals of a document; the tax is that of its lines."""

    net_total: Decimal
    tax_total: Decimal
    total: Decimal


@dataclass(frozen=True)
class Rest:
    """What is left of an invoice's line once its credit notes are taken off: its total, as lines say it, and its tax."""

    line_id: UUID
    order_id: UUID
    total: Decimal
    tax: Decimal
    percent: Decimal

    def gross(self, *, prices_include_tax: bool) -> Decimal:
        """What it is for who pays."""
        return self.total if prices_include_tax else self.total + self.tax


def can_be_invoiced(status: str, *, unrepaired: bool, return_fee: Decimal) -> bool:
    """Whether it stands what the order costs: the work is done, or it goes back unrepaired for a fee."""
    return return_fee > 0 if unrepaired else status in _DONE


def fee_amounts(fee: Decimal, percent: Decimal, currency: str, *, prices_include_tax: bool) -> tuple[Decimal, Decimal]:
    """Total and tax of a fee's line; the fee itself holds its tax, however the prices of the order do."""
    tax = tax_of(fee, percent, currency, included=True)
    return (fee if prices_include_tax else fee - tax), tax


def invoice_totals(amounts: Iterable[tuple[Decimal, Decimal]], *, prices_include_tax: bool) -> InvoiceTotals:
    """The totals of lines, each given by its total and its tax."""
    total = tax = money.ZERO
    for line_total, line_tax in amounts:
        total += line_total
        tax += line_tax
    return InvoiceTotals(total - tax, tax, total) if prices_include_tax else InvoiceTotals(total, tax, total + tax)


def credited_tax(rest: Rest, amount: Decimal, currency: str, *, prices_include_tax: bool) -> Decimal:
    """The tax that goes with a part of what is left; the last part takes what is left of it, so that nothing remains."""
    if amount == rest.total:
        return rest.tax
    return min(tax_of(amount, rest.percent, currency, included=prices_include_tax), rest.tax)
