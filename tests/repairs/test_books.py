"""Whatever is done to orders, in whatever sequence: stock, lines, money, history and events tell the same story."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.audit.models import Event
from apps.audit.services import sweep
from apps.core.actor import Actor
from apps.core.api.rows import reader_for
from apps.core.exceptions import DomainError
from apps.inventory.enums import MovementType, ReservationStatus
from apps.inventory.models import Branch, Item, Reservation, StockMovement
from apps.inventory.services import MovementRequest, record_movement, verify_stock
from apps.repairs.api.serializers import OrderSerializer
from apps.repairs.enums import OrderStatus, PaymentKind
from apps.repairs.models import FaultyPart, RepairLine, RepairOrder
from apps.repairs.services import (
    Failure,
    PaymentRequest,
    add_line,
    change_line,
    change_status,
    remove_line,
    report_faulty,
    reserve_part,
    return_part,
    take_payment,
)
from tests.factories import BranchFactory, ItemFactory, RepairTypeFactory, line, order
from tests.repairs.contract import STATUSES, SYSTEM, TABLE

MANAGER = Actor("user", "a manager", role="admin")
NUMBER = st.integers(0, 99)
# The way of a repair that goes well, and back to work from where it ended otherwise.
FORWARD = {
    "pending": "in_progress",
    "awaiting_approval": "in_progress",
    "waiting_parts": "in_progress",
    "in_progress": "completed",
    "completed": "ready_pickup",
    "ready_pickup": "delivered",
    "cancelled": "pending",
}
PRICE = st.decimals(0, 50, places=2)


class Shop(RuleBasedStateMachine):
    """One branch, two parts, and a few orders to which things happen."""

    branch: Branch
    parts: list[Item]
    orders: list[RepairOrder]
    touched: set[UUID]

    @initialize(units=st.tuples(st.integers(0, 6), st.integers(0, 6)))
    def open(self, units: tuple[int, int]) -> None:
        self.branch = BranchFactory()
        self.parts = [ItemFactory(), ItemFactory()]
        self.orders, self.touched = [], set()
        self.repair_type = RepairTypeFactory()
        for part, number in zip(self.parts, units, strict=True):
            if number:
                self._move(part, MovementType.IN, number)
        self.take_in(0, 1, Decimal(10))
        self.take_in(1, 2, Decimal(10))

    def _move(self, part: Item, kind: MovementType, units: int) -> None:
        sides = {"from_branch_id": self.branch.pk} if kind is MovementType.OUT else {"to_branch_id": self.branch.pk}
        request = MovementRequest(item_id=part.pk, movement_type=kind, quantity=units, notes="count", **sides)
        with suppress(DomainError):
            record_movement(request, actor=SYSTEM)

    def _part(self, number: int) -> Item | None:
        return self.parts[number % 3] if number % 3 < 2 else None

    def _order(self, number: int) -> RepairOrder:
        found = self.orders[number % len(self.orders)]
        self.touched.add(found.pk)
        return RepairOrder.objects.get(pk=found.pk)

    def _line(self, found: RepairOrder, number: int) -> RepairLine:
        lines = list(found.lines.all())
        return lines[number % len(lines)]

    def _request(self, part: int, quantity: int, price: Decimal) -> object:
        return line(self._part(part), repair_type_id=self.repair_type.pk, quantity=quantity, unit_price=Decimal(price))

    @precondition(lambda self: len(self.orders) < 3)
    @rule(part=NUMBER, quantity=st.integers(1, 3), price=PRICE)
    def take_in(self, part: int, quantity: int, price: Decimal) -> None:
        self.orders.append(order(self.branch, lines=[self._request(part, quantity, price)]))
        self._order(-1)

    @precondition(lambda self: self.orders)
    @rule(which=NUMBER, to=st.sampled_from(STATUSES), note=st.sampled_from(["because", ""]))
    def change(self, which: int, to: str, note: str) -> None:
        with suppress(DomainError):
            change_status(self._order(which).pk, OrderStatus(to), actor=MANAGER, note=note)

    @precondition(lambda self: self.orders)
    @rule(which=NUMBER, steps=st.integers(1, 4))
    def advance(self, which: int, steps: int) -> None:
        for _ in range(steps):
            found = self._order(which)
            with suppress(DomainError):
                change_status(
                    found.pk, OrderStatus(FORWARD.get(found.status, "pending")), actor=MANAGER, note="because"
                )

    @precondition(lambda self: self.orders)
    @rule(which=NUMBER, part=NUMBER, quantity=st.integers(1, 3), price=PRICE)
    def add(self, which: int, part: int, quantity: int, price: Decimal) -> None:
        with suppress(DomainError):
            add_line(self._order(which).pk, self._request(part, quantity, price), actor=MANAGER)

    @precondition(lambda self: self.orders)
    @rule(which=NUMBER, row=NUMBER, part=NUMBER, quantity=st.integers(1, 4))
    def alter(self, which: int, row: int, part: int, quantity: int) -> None:
        found, item = self._order(which), self._part(part)
        changes = {"quantity": quantity, "item_id": item.pk if item else None}
        with suppress(DomainError):
            change_line(found.pk, self._line(found, row).pk, changes, actor=MANAGER)

    @precondition(lambda self: self.orders)
    @rule(which=NUMBER, row=NUMBER)
    def remove(self, which: int, row: int) -> None:
        found = self._order(which)
        with suppress(DomainError):
            remove_line(found.pk, self._line(found, row).pk, actor=MANAGER)

    @precondition(lambda self: self.orders)
    @rule(which=NUMBER, row=NUMBER, what=st.sampled_from(["return", "faulty", "replace", "reserve"]))
    def take_out(self, which: int, row: int, what: str) -> None:
        found = self._order(which)
        chosen = self._line(found, row).pk
        with suppress(DomainError):
            if what == "return":
                return_part(found.pk, chosen, "not needed", actor=MANAGER)
            elif what == "reserve":
                reserve_part(found.pk, chosen, actor=MANAGER)
            else:
                report_faulty(found.pk, chosen, Failure("dead", replace=what == "replace"), actor=MANAGER)

    @precondition(lambda self: self.orders)
    @rule(which=NUMBER, kind=st.sampled_from(PaymentKind.values), amount=st.decimals("0.01", 60, places=2))
    def pay(self, which: int, kind: str, amount: Decimal) -> None:
        with suppress(DomainError):
            take_payment(self._order(which).pk, PaymentRequest(amount, kind, "cash"), actor=MANAGER)

    @rule(part=st.integers(0, 1), kind=st.sampled_from(["IN", "OUT", "RETURN"]), units=st.integers(1, 4))
    def stock(self, part: int, kind: str, units: int) -> None:
        self._move(self.parts[part], MovementType(kind), units)

    @rule(part=st.integers(0, 1), units=st.sampled_from([-2, -1, 1, 2]))
    def adjust(self, part: int, units: int) -> None:
        self._move(self.parts[part], MovementType.ADJUSTMENT, units)

    @rule()
    def handle_events(self) -> None:
        sweep()
        self.touched.update(found.pk for found in self.orders)

    @invariant()
    def books_are_right(self) -> None:
        """Each step is judged by the stock, and by the orders that it touched."""
        assert verify_stock() == []
        for found in RepairOrder.objects.filter(pk__in=self.touched):
            lines = list(found.lines.all())
            self._prove_stock_of(found, lines)
            self._prove_states(found, lines)
            self._prove_money(found, lines)
            self._prove_history(found)
        self.touched = set()

    def teardown(self) -> None:
        self.touched = {found.pk for found in self.orders}
        self.books_are_right()
        for shown in reader_for(OrderSerializer, RepairOrder).read(RepairOrder.objects.filter(branch=self.branch)):
            found = RepairOrder.objects.get(pk=shown["id"])
            assert Decimal(shown["balance"]) == (Decimal(0) if found.unrepaired else found.total) - found.paid

    def _prove_stock_of(self, found: RepairOrder, lines: list[RepairLine]) -> None:
        live = Reservation.objects.filter(document_id=found.pk, status=ReservationStatus.LIVE)
        assert dict(live.values_list("source_id", "quantity")) == {
            row.pk: row.quantity for row in lines if row.state == "reserved"
        }
        out = StockMovement.objects.filter(repair_order_id=found.pk, movement_type=MovementType.OUT, reversed_by=None)
        moved = Counter[UUID]()
        for source, quantity in out.values_list("reservation__source_id", "quantity"):
            moved[source] += quantity
        # What a line holds, and what of it has failed; what was put back is neither.
        used = Counter({row.pk: row.quantity for row in lines if row.state == "issued"})
        for line_id, quantity in FaultyPart.objects.filter(order=found).values_list("line_id", "quantity"):
            used[line_id] += quantity
        assert moved == used

    def _prove_states(self, found: RepairOrder, lines: list[RepairLine]) -> None:
        states = {row.state for row in lines if row.item_id is not None}
        if found.unrepaired:
            assert states <= {"planned", "issued", "returned", "faulty"}
        elif found.status in {"completed", "ready_pickup", "delivered"}:
            assert states <= {"issued", "returned", "faulty"}
        else:
            assert states <= {"reserved", "backordered", "issued", "returned", "faulty"}
        assert {row.state for row in lines if row.item_id is None} <= {"planned"}

    def _prove_money(self, found: RepairOrder, lines: list[RepairLine]) -> None:
        signed = [-row.amount if row.kind == "refund" else row.amount for row in found.payments.all()]
        assert found.paid == sum(signed, Decimal(0))
        assert found.paid >= 0
        assert found.total == sum((row.total_price for row in lines), Decimal(0))
        assert found.total == found.subtotal - found.discount_total

    def _prove_history(self, found: RepairOrder) -> None:
        chain = list(found.history.values_list("old_status", "new_status"))
        assert chain[0] == (None, "pending")
        assert [old for old, _ in chain[1:]] == [new for _, new in chain[:-1]]
        assert chain[-1][1] == found.status
        assert all(new in TABLE[old] for old, new in chain[1:])
        told = Event.objects.about("repairs.order", found.pk).filter(type="repairs.status_changed")
        assert [(event.payload["old_status"], event.payload["new_status"]) for event in told] == chain[1:]


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_the_books_stay_right_whatever_happens() -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
