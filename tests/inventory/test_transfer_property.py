"""Whatever is sent, received, lost, found and called back in whatever order: no unit and no value is lost or copied."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from apps.core.exceptions import Conflict, ValidationFailed
from apps.core.ids import new_id
from apps.inventory.exceptions import InsufficientStock
from apps.inventory.models import Serial, StockLevel, StockMovement, TransferLine
from apps.inventory.services import (
    Arrival,
    Need,
    ReceiptRequest,
    cancel_transfer,
    delete_transfer,
    receive_transfer,
    reserve,
    send_transfer,
    verify_stock,
)
from tests.factories import BranchFactory
from tests.inventory.transferring import SYSTEM, bought, draft, restock

UNITS = st.integers(min_value=1, max_value=4)
SIDES = st.integers(min_value=0, max_value=1)
ANY = st.integers(min_value=0, max_value=1_000)


@dataclass
class Trip:
    """What the model knows of a transfer: of each item how many units left, and how many are still under way."""

    pk: UUID
    source: int
    lines: list[int]
    state: str = "draft"
    under_way: list[int] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    last: ReceiptRequest | None = None


class Van(RuleBasedStateMachine):
    """Two items at two branches, the second with serial numbers; ``held`` is what the books must say."""

    def __init__(self) -> None:
        super().__init__()
        self.branches = [BranchFactory(), BranchFactory()]
        self.numbers = [[f"{side}-{number}" for number in range(6)] for side in (0, 1)]
        self.items = [bought(6, self.branches[0], "3.33"), bought(6, self.branches[0], "7.01", self.numbers[0])]
        restock(self.items[0], 6, self.branches[1], "5.00")
        restock(self.items[1], 6, self.branches[1], "9.99", self.numbers[1])
        self.held = [[6, 6], [6, 6]]  # by item, then branch
        self.reserved = [0, 0]  # of the first item, by branch
        self.trips: list[Trip] = []
        self.found = 0

    def of(self, *states: str) -> list[Trip]:
        return [trip for trip in self.trips if trip.state in states]

    @rule(source=SIDES, plain=st.integers(0, 4), numbered=st.integers(0, 2))
    def is_drafted(self, source: int, plain: int, numbered: int) -> None:
        numbers = self.numbers[source][:numbered]
        lines = [plain, len(numbers)]
        wanted = [
            (item, units, *named) for item, units, named in zip(self.items, lines, ([], numbers), strict=True) if units
        ]
        if wanted:
            made = draft(self.branches[source], self.branches[1 - source], *wanted)
            self.trips.append(Trip(made.pk, source, lines, numbers=numbers))

    @rule(where=SIDES, units=UNITS)
    def is_promised(self, where: int, units: int) -> None:
        need = Need(new_id(), self.items[0].pk, self.branches[where].pk, units, new_id(), "R-1")
        if reserve("property", [need], actor=SYSTEM):
            self.reserved[where] += units

    @precondition(lambda self: self.of("draft"))
    @rule(which=ANY)
    def is_sent(self, which: int) -> None:
        trip = self.of("draft")[which % len(self.of("draft"))]
        enough = self.held[0][trip.source] - self.reserved[trip.source] >= trip.lines[0]
        there = set(trip.numbers) <= set(self.numbers[trip.source])
        if not (enough and there):
            # Units that have gone meanwhile are fewer than asked for, or not those.
            with pytest.raises((InsufficientStock, Conflict)):
                send_transfer(trip.pk, actor=SYSTEM)
            return
        send_transfer(trip.pk, actor=SYSTEM)
        trip.state, trip.under_way = "sent", list(trip.lines)
        for item in (0, 1):
            self.held[item][trip.source] -= trip.lines[item]
        self.numbers[trip.source] = [n for n in self.numbers[trip.source] if n not in trip.numbers]

    @precondition(lambda self: self.of("sent", "partly"))
    @rule(which=ANY, received=st.integers(0, 3), missing=st.integers(0, 2), surplus=st.integers(0, 2), item=SIDES)
    def arrives(self, which: int, received: int, missing: int, surplus: int, item: int) -> None:
        trip = self.of("sent", "partly")[which % len(self.of("sent", "partly"))]
        row = TransferLine.objects.filter(transfer=trip.pk, item=self.items[item]).first()
        if row is None or not received + missing + surplus:
            return
        came, lost = trip.numbers[:received], trip.numbers[received : received + missing]
        new = [f"new-{self.found + n}" for n in range(surplus)] if item else []
        arrival = Arrival(
            row.pk, received, missing, surplus, "differs",
            *((came, lost, new) if item else ()),
        )  # fmt: skip
        request = ReceiptRequest(new_id(), [arrival])
        left = trip.under_way[item] - received - missing
        if left < 0 or (surplus and left):
            with pytest.raises(ValidationFailed):
                receive_transfer(trip.pk, request, actor=SYSTEM)
            return
        receive_transfer(trip.pk, request, actor=SYSTEM)
        trip.last, trip.under_way[item] = request, left
        self.held[item][1 - trip.source] += received + surplus
        if item:
            self.found += surplus
            self.numbers[1 - trip.source] += [*came, *new]
            trip.numbers = trip.numbers[received + missing :]
        trip.state = "partly" if any(trip.under_way) else "done"

    @precondition(lambda self: self.of("sent", "partly"))
    @rule(which=ANY)
    def arrives_in_full(self, which: int) -> None:
        trip = self.of("sent", "partly")[which % len(self.of("sent", "partly"))]
        trip.last = ReceiptRequest(new_id())
        receive_transfer(trip.pk, trip.last, actor=SYSTEM)
        for item in (0, 1):
            self.held[item][1 - trip.source] += trip.under_way[item]
        self.numbers[1 - trip.source] += trip.numbers
        trip.state, trip.under_way, trip.numbers = "done", [0, 0], []

    @precondition(lambda self: any(trip.last for trip in self.trips))
    @rule(which=ANY)
    def receipt_is_sent_again(self, which: int) -> None:
        known = [trip for trip in self.trips if trip.last]
        trip = known[which % len(known)]
        assert trip.last is not None
        receive_transfer(trip.pk, trip.last, actor=SYSTEM)

    @precondition(lambda self: self.trips)
    @rule(which=ANY, deletes=st.booleans())
    def is_given_up(self, which: int, deletes: bool) -> None:
        trip = self.trips[which % len(self.trips)]
        if trip.state in {"partly", "done", "cancelled"}:
            with pytest.raises(Conflict):
                cancel_transfer(trip.pk, "no more", actor=SYSTEM)
        elif trip.state == "draft" and deletes:
            delete_transfer(trip.pk, actor=SYSTEM)
            self.trips.remove(trip)
        else:
            cancel_transfer(trip.pk, "no more", actor=SYSTEM)
            if trip.state == "sent":
                for item in (0, 1):
                    self.held[item][trip.source] += trip.lines[item]
                self.numbers[trip.source] += trip.numbers
            trip.state = "cancelled"

    @invariant()
    def every_unit_is_where_the_model_has_it(self) -> None:
        for number, item in enumerate(self.items):
            for side, branch in enumerate(self.branches):
                level = StockLevel.objects.get(item=item, branch=branch)
                coming = sum(trip.under_way[number] for trip in self.of("sent", "partly") if trip.source != side)
                assert (level.quantity, level.incoming) == (self.held[number][side], coming)
        for side, branch in enumerate(self.branches):
            here = Serial.objects.filter(item=self.items[1], branch=branch).values_list("number", flat=True)
            assert sorted(here) == sorted(number.upper() for number in self.numbers[side])
        travelling = Serial.objects.filter(item=self.items[1], state="in_transit").values_list("number", flat=True)
        assert sorted(travelling) == sorted(n for trip in self.of("sent", "partly") for n in trip.numbers)

    @invariant()
    def transit_is_what_movements_put_into_it_and_took_out(self) -> None:
        for trip in self.trips:
            for row in TransferLine.objects.filter(transfer=trip.pk):
                moves = StockMovement.objects.filter(document_line_id=row.pk, movement_type="TRANSFER")
                out = [one for one in moves if one.from_branch_id]
                back = [one for one in moves if one.to_branch_id]
                units = sum(one.quantity for one in out) - sum(one.quantity for one in back)
                value = sum(one.from_value_micros or 0 for one in out) + sum(one.to_value_micros or 0 for one in back)
                item = next(i for i, one in enumerate(self.items) if one.pk == row.item_id)
                assert units == (trip.under_way[item] if trip.state in {"sent", "partly"} else 0)
                assert -value == row.value_micros
                assert bool(units) or row.value_micros == 0
        assert verify_stock() == []


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_nothing_is_lost_or_copied_on_the_way() -> None:
    how = settings(
        max_examples=12,
        stateful_step_count=18,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # eighteen steps are read faster than they are shortened
    )

    run_state_machine_as_test(Van, settings=how)
