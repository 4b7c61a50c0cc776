"""Orders that are done, and what was billed for them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.inventory.models import Branch
from apps.repairs.models import DropOff, RepairOrder, TaxRate, TaxRule
from tests.factories import CustomerFactory, line, order

D = Decimal


def done(branch: Branch, *prices: str, status: str = "in_progress>completed", **fields: Any) -> RepairOrder:
    """A completed order with a line for each price."""
    return order(branch, status=status, lines=[line(unit_price=D(price)) for price in prices or ("100.00",)], **fields)


def taxed(percent: str) -> TaxRule:
    """From now on everything is taxed so."""
    rate = TaxRate.objects.create(name=f"rate {TaxRate.objects.count()}", percent=D(percent))
    return TaxRule.objects.create(rate=rate, starts_on="2020-01-01")


def visit(branch: Branch, *prices: str, status: str = "in_progress>completed", **fields: Any) -> DropOff:
    """A drop-off of one order for each price."""
    customer = CustomerFactory()
    found: DropOff = DropOff.objects.create(number=f"D-{DropOff.objects.count() + 1}", customer=customer, branch=branch)
    for price in prices:
        one = done(branch, price, status=status, customer=customer.pk, **fields)
        RepairOrder.objects.filter(pk=one.pk).update(drop_off=found)
    return found


def orders_of(found: DropOff) -> list[RepairOrder]:
    return list(found.orders.order_by("created_at", "id"))
