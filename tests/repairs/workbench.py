"""A workshop to which things happen in any sequence: orders, their lines, their parts and their statuses.

Each step says by its name what is tried; a refusal must leave every table as it was, and only a move moves a status.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone

from apps.audit.services import sweep
from apps.core.actor import Actor
from apps.core.exceptions import DomainError
from apps.inventory.enums import MovementType
from apps.inventory.models import Item, PurchaseLine, Reservation, Serial
from apps.inventory.services import MovementRequest, pick_serials, record_movement, verify_stock
from apps.repairs import rules, services
from apps.repairs.enums import OrderStatus
from apps.repairs.models import InvoicedOrder, RepairLine, RepairOrder, WorkshopSettings
from tests.factories import (
    BranchFactory,
    CustomerFactory,
    DeviceModelFactory,
    ItemFactory,
    PartTypeFactory,
    RepairTypeFactory,
    SupplierFactory,
    line,
)
from tests.inventory.purchases import ordered, received, wanted
from tests.repairs.billing import taxed
from tests.repairs.contract import STATUSES, SYSTEM, TABLE
from tests.repairs.living import among, happens, whole
from tests.repairs.proving import WRITTEN_ONCE, prove_order, prove_papers, state, statuses
from tests.tables import rows_of

MANAGER = Actor("user", "a manager", role="admin")
NUMBER = whole(0, 99)
EITHER = among([True, False])
UNITS = whole(1, 3)
PRICE = whole(0, 5_000)  # in the smallest coin
PASSWORD = "1234"
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
WORKED_ON = ["pending", "in_progress", "waiting_parts", "awaiting_approval"]
SMALLEST = {"USD": "0.01", "JPY": "1", "KWD": "0.001"}
NUMBERED = 2  # the part whose units have serial numbers


class Workbench:
    """One branch, three parts, and a few orders to which things happen."""

    most_orders: ClassVar[int] = 3
    done: ClassVar[Counter[str]]  # how often each kind of step was done, and not refused

    def __init__(self) -> None:
        self.branch = BranchFactory(code="HAR")
        self.customer = CustomerFactory()
        self.parts: list[Item] = [ItemFactory(), ItemFactory(), ItemFactory(tracks_serials=True)]
        self.seller, self.model = SupplierFactory(), DeviceModelFactory()
        self.repair_type, self.part_type = RepairTypeFactory(), PartTypeFactory()
        self.orders: list[UUID] = []
        self.touched: set[UUID] = set()
        self.numbers = 0
        self.written: dict[str, set[str]] = {}

    @happens(whole(0, 6), whole(0, 6), among(sorted(SMALLEST)), EITHER, weight=0)
    def open(self, some: int, others: int, currency: str, included: bool) -> None:
        self.smallest = Decimal(SMALLEST[currency])
        for record in (self.branch, self.seller):
            record.currency = currency
            record.save()
        WorkshopSettings.objects.create(branch=self.branch, prices_include_tax=included, diagnosis_fee=20)
        taxed("19")
        for part, number in zip(self.parts, (some, others, 2), strict=True):
            if number:
                self._move(part, MovementType.IN, number)
        self.take_in(0, 1, 1000, 0)
        self.take_in(1, 2, 1000, 1)

    @contextmanager
    def step(self, name: str, *, moves: bool = False) -> Iterator[None]:
        """Try something. A refusal must have changed nothing, and what is no move leaves every status."""
        before, stood = state(), statuses()
        try:
            yield
        except DomainError:
            assert state() == before, f"{name} was refused and has changed something"
        else:
            self.done[name] += 1
            if not moves:
                assert {pk: status for pk, status in statuses().items() if pk in stood} == stood, name

    def amount(self, coins: int) -> Decimal:
        return self.smallest * coins

    def an_order(self, number: int, **fitting: Any) -> RepairOrder:
        """Any order; where conditions are given, mostly one that they fit."""
        known = RepairOrder.objects.filter(pk__in=self.orders).order_by("created_at", "pk")
        found = list(known.filter(**fitting).distinct()) if fitting and number % 10 else []
        found = found or list(known)
        self.touched.add(found[number % len(found)].pk)
        return found[number % len(found)]

    def a_line(self, found: RepairOrder, number: int) -> RepairLine:
        lines = list(found.lines.all())
        return lines[number % len(lines)]

    def request(self, part: int, quantity: int, price: int) -> services.LineRequest:
        """A line, in half of the cases with a part from stock, in half of them warranted."""
        item = self.parts[part % 6] if part % 6 < 3 else None
        warranted = self.part_type.pk if part % 2 else None
        return line(
            item, repair_type_id=self.repair_type.pk, part_type_id=warranted, quantity=quantity,
            unit_price=self.amount(price),
        )  # fmt: skip

    def device(self, part: int, quantity: int, price: int, extras: int) -> dict[str, Any]:
        """Fields of an intake: with a promise, a password, a limit or a deposit, as the bits of ``extras`` say."""
        return {
            "device_model_id": self.model.pk,
            "issue_description": "dead",
            "items": [self.request(part, quantity, price)],
            "estimated_completion": timezone.now() + timedelta(days=extras % 5) if extras & 1 else None,
            "device_password": PASSWORD if extras & 2 else "",
            "spend_limit": self.amount(price * quantity) if extras & 4 else None,
            "deposit_paid": self.amount(price // 2) if extras & 8 else Decimal(0),
        }

    @happens(NUMBER, UNITS, PRICE, NUMBER)
    def take_in(self, part: int, quantity: int, price: int, extras: int) -> None:
        if len(self.orders) == self.most_orders:
            return
        fields = {"customer_id": self.customer.pk, "branch_id": self.branch.pk}
        with self.step("take in"):
            intake = services.Intake(**fields, **self.device(part, quantity, price, extras))
            self.orders.append(services.create_order(intake, actor=MANAGER).pk)
            self.an_order(-1)

    @happens(NUMBER, NUMBER, among(["because", ""]), weight=3)
    def change(self, which: int, to: int, note: str) -> None:
        """Mostly to where the contract leads, and sometimes to anywhere; with what is handed over little can happen."""
        found = self.an_order(which, status__in=TABLE.keys() - {"delivered"})
        legal = sorted(TABLE[found.status]) if to % 5 else STATUSES
        if legal:
            self.move(found, OrderStatus(legal[to % len(legal)]), note)

    @happens(NUMBER, whole(1, 3), weight=3)
    def advance(self, which: int, steps: int) -> None:
        for _ in range(steps):
            self.go_on(self.an_order(which))

    def go_on(self, found: RepairOrder) -> None:
        if found.status in FORWARD:
            self.move(found, OrderStatus(FORWARD[found.status]), "because")

    @happens(NUMBER, weight=2)
    def do_again(self, which: int) -> None:
        self.move(self.an_order(which, status__in=["completed", "ready_pickup"]), OrderStatus.IN_PROGRESS, "because")

    def move(self, found: RepairOrder, to: OrderStatus, note: str) -> None:
        lacking = rules.Consent(found.approved_total, found.spend_limit).is_exceeded_by(found.total)
        with self.step(f"move to {to}", moves=True):
            services.change_status(found.pk, to, actor=MANAGER, note=note)
            assert note or not (lacking and to in {OrderStatus.IN_PROGRESS, OrderStatus.COMPLETED})
            found.refresh_from_db()
            owed = rules.charge(found.charged) > 0
            handed_over = to == OrderStatus.DELIVERED
            assert not (handed_over and owed) or InvoicedOrder.objects.filter(order=found).exists()
            assert note or not handed_over or rules.balance(found.charged) <= 0

    @happens(NUMBER, NUMBER, UNITS, PRICE)
    def add(self, which: int, part: int, quantity: int, price: int) -> None:
        found = self.an_order(which)
        with self.step("add a line"):
            services.add_line(found.pk, self.request(part, quantity, price), actor=MANAGER)
            self.prove_asked(found)

    @happens(NUMBER, NUMBER, NUMBER, whole(1, 4))
    def alter(self, which: int, row: int, part: int, quantity: int) -> None:
        found, asked = self.an_order(which), self.request(part, quantity, 0)
        changes = {"quantity": quantity, "item_id": asked.item_id}
        with self.step("change a line"):
            services.change_line(found.pk, self.a_line(found, row).pk, changes, actor=MANAGER)
            self.prove_asked(found)

    @happens(NUMBER, NUMBER, PRICE)
    def price(self, which: int, row: int, price: int) -> None:
        found = self.an_order(which)
        with self.step("price a line"):
            changes = {"unit_price": self.amount(price)}
            services.change_line(found.pk, self.a_line(found, row).pk, changes, actor=MANAGER)
            self.prove_asked(found)

    @happens(NUMBER, NUMBER)
    def remove(self, which: int, row: int) -> None:
        found = self.an_order(which)
        with self.step("remove a line"):
            services.remove_line(found.pk, self.a_line(found, row).pk, actor=MANAGER)
            self.prove_asked(found)

    def prove_asked(self, found: RepairOrder) -> None:
        """Lines that came to more than was agreed on have been quoted anew by themselves."""
        found.refresh_from_db()
        if rules.Consent(found.approved_total, found.spend_limit).is_exceeded_by(found.total):
            newest = found.quotes.latest("version")
            assert (newest.status, newest.total) == ("sent", found.total)

    @happens(NUMBER, NUMBER, among(["return", "faulty", "replace", "reserve"]), weight=4)
    def take_out(self, which: int, row: int, what: str) -> None:
        given_up = {"returned", "faulty"} if what == "reserve" else {"issued"}
        found = self.an_order(which, lines__state__in=given_up, delivered_at=None)
        if found.status in {"completed", "ready_pickup"} and row % 5:
            self.move(found, OrderStatus.IN_PROGRESS, "because")
        fitting = [one for one in found.lines.all() if one.state in given_up]
        chosen = fitting[row % len(fitting)] if fitting else self.a_line(found, row)
        number = Serial.objects.filter(item=chosen.item_id).values_list("number", flat=True).first() or ""
        failure = services.Failure("dead", number, replace=what == "replace")
        with self.step(f"{what} a part"):
            if what == "return":
                services.return_part(found.pk, chosen.pk, "not needed", actor=MANAGER)
            elif what == "reserve":
                services.reserve_part(found.pk, chosen.pk, actor=MANAGER)
            else:
                services.report_faulty(found.pk, chosen.pk, failure, actor=MANAGER)

    @happens(NUMBER, whole(0, 9))
    def promise(self, which: int, days: int) -> None:
        found, when = self.an_order(which), timezone.now() + timedelta(days=days)
        with self.step("promise"):
            services.edit_order(found.pk, {"estimated_completion": when}, actor=MANAGER)

    @happens(whole(0, 2), among(["IN", "OUT", "RETURN"]), UNITS)
    def stock(self, part: int, kind: str, units: int) -> None:
        self._move(self.parts[part], MovementType(kind), units)

    @happens(whole(0, 1), among([-2, -1, 1, 2]))
    def adjust(self, part: int, units: int) -> None:
        self._move(self.parts[part], MovementType.ADJUSTMENT, units)

    def _move(self, part: Item, kind: MovementType, units: int) -> None:
        sides = {"from_branch_id": self.branch.pk} if kind is MovementType.OUT else {"to_branch_id": self.branch.pk}
        with self.step(f"stock {kind}"):
            serials = self._serials(kind, units) if part.tracks_serials else ()
            request = MovementRequest(part.pk, kind, units, notes="count", serials=serials, **sides)
            record_movement(request, actor=SYSTEM)

    def _serials(self, kind: MovementType, units: int) -> list[str]:
        if kind is MovementType.OUT:
            return list(self._free().values_list("number", flat=True)[:units])
        self.numbers += units
        return [f"N{self.numbers - number}" for number in range(units)]

    def _free(self) -> Any:
        return Serial.objects.filter(branch=self.branch, reservation=None).order_by("number")

    @happens(NUMBER, weight=2)
    def pick(self, which: int) -> None:
        waiting = list(Reservation.objects.filter(status="live", level__item=self.parts[NUMBERED]).order_by("pk"))
        if waiting:
            one = waiting[which % len(waiting)]
            numbers = list(self._free().values_list("number", flat=True)[: one.quantity])
            with self.step("pick units"):
                pick_serials(one.pk, numbers, actor=MANAGER)

    @happens(whole(0, 1), whole(1, 5))
    def buy(self, part: int, units: int) -> None:
        with self.step("buy"):
            ordered(self.branch, wanted(self.parts[part], units, "10"), supplier=self.seller)

    @happens(whole(1, 5))
    def delivery(self, units: int) -> None:
        coming = [row for row in PurchaseLine.objects.order_by("created_at", "pk") if row.received < row.quantity]
        if coming:
            left = coming[0].quantity - coming[0].received
            with self.step("delivery"):
                received(coming[0].order, (coming[0].position, min(units, left)))

    @happens()
    def handle_events(self) -> None:
        with self.step("handle events"):
            sweep()
        self.touched.update(self.orders)

    def prove(self) -> None:
        """Each step is judged by the stock, the papers, and the orders that it touched."""
        assert verify_stock() == []
        for found in RepairOrder.objects.filter(pk__in=self.touched):
            prove_order(found)
        prove_papers("HAR")
        self.touched = set()
        now = {table: set(rows) for table, rows in rows_of(WRITTEN_ONCE).items()}
        assert all(rows <= now[table] for table, rows in self.written.items())
        self.written = now

    def close(self) -> None:
        """What is proved once, at the end of a life."""
