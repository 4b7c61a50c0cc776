"""Whatever is bought, received, taken back and cancelled in whatever order: the books agree with a plain model."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ValidationFailed
from apps.inventory.enums import MovementType
from apps.inventory.exceptions import AlreadyReversed, InsufficientStock
from apps.inventory.models import PurchaseOrder
from apps.inventory.services import MovementRequest, purchasing, record_movement, verify_stock
from tests.factories import BranchFactory, ItemFactory, SupplierFactory
from tests.inventory.purchases import delivery, drafted, level, state, wanted

SYSTEM = Actor.system("property")
UNITS = st.integers(min_value=1, max_value=5)
COSTS = st.sampled_from(["0.01", "3.33", "10.00", "99.99"])
RATES = st.sampled_from(["0.00731285", "1.08370125", "150.5"])
ANY = st.integers(min_value=0, max_value=9)


class Bought:
    """An order as the model keeps it: units to come by line, and receipts with what each line brought."""

    def __init__(self, pk: UUID, quantities: list[int], cost: Decimal) -> None:
        self.pk, self.quantities, self.cost = pk, quantities, cost
        self.received, self.cancelled = [0] * len(quantities), [0] * len(quantities)
        self.is_sent = False
        self.receipts: list[dict[str, Any]] = []

    def to_come(self, line: int) -> int:
        return self.quantities[line] - self.received[line] - self.cancelled[line]

    @property
    def status(self) -> str:
        is_open = any(self.to_come(line) for line in range(len(self.quantities)))
        if not self.is_sent:
            return "draft" if is_open else "cancelled"
        if is_open:
            return "partly_received" if any(self.received) else "ordered"
        return "received" if any(self.received) else "cancelled"


class Purchases(RuleBasedStateMachine):
    """One item at one branch, bought in another currency; ``held`` and ``worth`` are what the books must say."""

    def __init__(self) -> None:
        super().__init__()
        self.branch, self.item = BranchFactory(), ItemFactory()
        self.supplier = SupplierFactory(currency="EUR")
        self.held, self.worth = 0, 0
        self.orders: list[Bought] = []

    def pick(self, which: int) -> tuple[Bought, PurchaseOrder]:
        bought = self.orders[which % len(self.orders)]
        return bought, PurchaseOrder.objects.get(pk=bought.pk)

    def leave(self, units: int, wanted_value: int | None) -> None:
        value = self.worth
        if units < self.held:
            value = (2 * self.worth * units + self.held) // (2 * self.held)
            if wanted_value is not None:
                value = min(wanted_value, self.worth)
        self.held, self.worth = self.held - units, self.worth - value

    @rule(first=UNITS, second=UNITS, cost=COSTS, rate=RATES)
    def is_drafted(self, first: int, second: int, cost: str, rate: str) -> None:
        lines = [wanted(self.item, quantity, cost) for quantity in (first, second)]
        made = drafted(self.branch, *lines, supplier=self.supplier, rate=rate)
        self.orders.append(Bought(made.pk, [first, second], Decimal(cost) * Decimal(rate)))

    @precondition(lambda self: self.orders)
    @rule(which=ANY)
    def is_ordered(self, which: int) -> None:
        bought, _ = self.pick(which)
        if bought.status != "draft":
            with pytest.raises(Conflict):
                purchasing.order_purchase(bought.pk, actor=SYSTEM)
            return
        purchasing.order_purchase(bought.pk, actor=SYSTEM)
        bought.is_sent = True

    @precondition(lambda self: self.orders)
    @rule(which=ANY, line=st.integers(min_value=0, max_value=1), units=UNITS, times=st.integers(1, 2))
    def comes(self, which: int, line: int, units: int, times: int) -> None:
        bought, purchase = self.pick(which)
        came = delivery(purchase, (line + 1, units))
        possible = bought.status in {"ordered", "partly_received"} and units <= bought.to_come(line)
        if not possible:
            with pytest.raises((Conflict, ValidationFailed)):
                purchasing.receive_purchase(purchase.pk, came, actor=SYSTEM)
            return
        for _ in range(times):
            purchasing.receive_purchase(purchase.pk, came, actor=SYSTEM)
        value = int((units * bought.cost * 1_000_000).to_integral_value(rounding=ROUND_HALF_UP))
        bought.received[line] += units
        bought.receipts.append({"id": came.id, "line": line, "units": units, "value": value, "stands": True})
        self.held, self.worth = self.held + units, self.worth + value

    @precondition(lambda self: any(bought.receipts for bought in self.orders))
    @rule(which=ANY, receipt=ANY)
    def is_taken_back(self, which: int, receipt: int) -> None:
        known = [(bought, one) for bought in self.orders for one in bought.receipts]
        bought, one = known[(which * 10 + receipt) % len(known)]
        kind = AlreadyReversed if not one["stands"] else InsufficientStock if one["units"] > self.held else None
        if kind is not None:
            with pytest.raises(kind):
                purchasing.reverse_receipt(bought.pk, one["id"], "wrong", actor=SYSTEM)
            return
        purchasing.reverse_receipt(bought.pk, one["id"], "wrong", actor=SYSTEM)
        one["stands"] = False
        bought.received[one["line"]] -= one["units"]
        self.leave(one["units"], one["value"])

    @precondition(lambda self: self.orders)
    @rule(which=ANY)
    def is_cancelled(self, which: int) -> None:
        bought, _ = self.pick(which)
        if bought.status in {"received", "cancelled"}:
            with pytest.raises(Conflict):
                purchasing.cancel_purchase(bought.pk, actor=SYSTEM)
            return
        purchasing.cancel_purchase(bought.pk, actor=SYSTEM)
        for line in range(2):
            bought.cancelled[line] += bought.to_come(line)

    @rule(units=UNITS)
    def goes_out(self, units: int) -> None:
        request = MovementRequest(self.item.pk, MovementType.OUT, units, from_branch_id=self.branch.pk)
        if units > self.held:
            with pytest.raises(InsufficientStock):
                record_movement(request, actor=SYSTEM)
            return
        record_movement(request, actor=SYSTEM)
        self.leave(units, None)

    @invariant()
    def books_say_what_happened(self) -> None:
        incoming = sum(bought.to_come(line) for bought in self.orders if bought.is_sent for line in range(2))
        assert level(self.item, self.branch) == (self.held, incoming, self.worth)
        for bought in self.orders:
            lines = zip(bought.received, bought.cancelled, strict=True)
            assert state(PurchaseOrder(pk=bought.pk)) == (bought.status, *lines)
        assert verify_stock() == []


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_purchases_agree_with_a_plain_model_whatever_is_done() -> None:
    how = settings(
        max_examples=8,
        stateful_step_count=24,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
    )

    run_state_machine_as_test(Purchases, settings=how)
