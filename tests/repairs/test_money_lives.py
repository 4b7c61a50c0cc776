"""Random lives of orders in one drop-off: whatever is done with their money, the books agree after each step."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from apps.core.exceptions import DomainError
from apps.inventory.models import Branch
from apps.repairs import rules, services
from apps.repairs.enums import OrderStatus
from apps.repairs.models import DropOff, InvoicedOrder, InvoiceLine, RepairOrder, WorkshopSettings
from tests.factories import BranchFactory, CustomerFactory, RepairTypeFactory, line, order
from tests.factories.work import SYSTEM
from tests.repairs.billing import taxed
from tests.repairs.proving import prove_money, prove_papers, state

STEPS = 60
PRICES = {"USD": "0.01", "JPY": "1", "KWD": "0.001"}


class Life:
    """A shop with one drop-off of three orders, and everything that can happen to their money."""

    def __init__(self, seed: int, currency: str, *, included: bool) -> None:
        self.chance = random.Random(seed)
        self.smallest = Decimal(PRICES[currency])
        self.branch: Branch = BranchFactory(code="HAR", currency=currency)
        WorkshopSettings.objects.create(branch=self.branch, prices_include_tax=included, diagnosis_fee=20)
        taxed("19")
        customer = CustomerFactory()
        self.repair = RepairTypeFactory()
        self.visit = DropOff.objects.create(number="D-1", customer=customer, branch=self.branch)
        self.orders = [order(self.branch, customer=customer.pk, lines=[self.line()]).pk for _ in range(3)]
        RepairOrder.objects.update(drop_off=self.visit)
        self.done: dict[str, int] = {}

    def amount(self) -> Decimal:
        return self.smallest * self.chance.randint(1, 9_000)

    def line(self) -> services.LineRequest:
        return line(repair_type_id=self.repair.pk, unit_price=self.amount(), quantity=self.chance.randint(1, 3))

    def step(self) -> None:
        name = self.chance.choice([
            "add", "price", "remove", "move", "move", "move", "move", "pay", "refund", "tender", "tender_back",
            "invoice", "invoice", "invoice_all", "credit", "credit_part",
        ])  # fmt: skip
        pk = self.chance.choice(self.orders)
        works: dict[str, Callable[[], object]] = {
            "add": lambda: services.add_line(pk, self.line(), actor=SYSTEM),
            "price": lambda: services.change_line(pk, self.line_of(pk), {"unit_price": self.amount()}, actor=SYSTEM),
            "remove": lambda: services.remove_line(pk, self.line_of(pk), actor=SYSTEM),
            "move": lambda: self.move(pk),
            "pay": lambda: services.take_payment(pk, self.payment("payment"), actor=SYSTEM),
            "refund": lambda: services.take_payment(pk, self.payment("refund"), actor=SYSTEM),
            "tender": lambda: services.take_tender(self.visit.pk, self.tender("payment"), actor=SYSTEM),
            "tender_back": lambda: services.take_tender(self.visit.pk, self.tender("refund"), actor=SYSTEM),
            "invoice": lambda: services.issue_invoice(pk, actor=SYSTEM),
            "invoice_all": lambda: services.issue_drop_off_invoice(self.visit.pk, actor=SYSTEM),
            "credit": self.credit,
            "credit_part": partial(self.credit, part=True),
        }
        before = state()
        try:
            works[name]()
        except DomainError:
            assert state() == before, name
        else:
            self.done[name] = self.done.get(name, 0) + 1

    def line_of(self, pk: Any) -> Any:
        return self.chance.choice(list(RepairOrder.objects.get(pk=pk).lines.values_list("pk", flat=True)))

    def move(self, pk: Any) -> None:
        possible = rules.TRANSITIONS[OrderStatus(RepairOrder.objects.get(pk=pk).status)]
        # Handed over is the end of most of what can happen: as often as not it is put off.
        wanted = [to for to in possible if to != OrderStatus.DELIVERED or self.chance.random() < 0.3]
        if wanted:
            services.change_status(pk, self.chance.choice(wanted), actor=SYSTEM, note="so")

    def payment(self, kind: str) -> services.PaymentRequest:
        return services.PaymentRequest(self.amount(), kind, "cash")

    def tender(self, kind: str) -> services.TenderRequest:
        return services.TenderRequest(self.amount() * 2, kind, "card")

    def credit(self, *, part: bool = False) -> None:
        standing = list(InvoicedOrder.objects.values_list("invoice", flat=True).order_by("invoice"))
        if not standing:
            return
        invoice = self.chance.choice(standing)
        lines = list(InvoiceLine.objects.filter(invoice=invoice).values_list("pk", flat=True))
        asked = [services.CreditRequest(self.chance.choice(lines), self.amount())] if part else []
        services.issue_credit_note(invoice, "because", asked, actor=SYSTEM)


def check() -> None:
    for one in RepairOrder.objects.all():
        prove_money(one, one.lines.all())
    prove_papers("HAR")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seed", "currency", "included"),
    [(1, "USD", True), (2, "USD", False), (3, "JPY", False), (4, "KWD", True), (5, "KWD", False), (6, "JPY", True)],
)
def test_the_books_agree_after_each_step(seed: int, currency: str, included: bool) -> None:
    life = Life(seed, currency, included=included)

    for _ in range(STEPS):
        life.step()
        check()

    assert len(life.done) >= 6
