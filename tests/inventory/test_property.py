"""Whatever is done in whatever order: the books balance after each step, and a plain model of them agrees."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory.enums import MovementType
from apps.inventory.exceptions import InsufficientStock
from apps.inventory.models import StockLevel, StockMovement
from apps.inventory.selectors import explain
from apps.inventory.services import MovementRequest, Need, issue, record_movement, release, reserve, verify_stock
from tests.factories import BranchFactory, ItemFactory, stock_of

SYSTEM = Actor.system("property")
UNITS = st.integers(min_value=1, max_value=6)
BRANCHES = st.integers(min_value=0, max_value=1)


class Shop(RuleBasedStateMachine):
    """One item at two branches; ``held`` and ``live`` are what the books must say."""

    promises = Bundle("promises")

    def __init__(self) -> None:
        super().__init__()
        self.item = ItemFactory()
        self.branches = [BranchFactory(), BranchFactory()]
        self.held = [0, 0]
        self.live: dict[UUID, tuple[int, int]] = {}

    def available(self, where: int) -> int:
        return self.held[where] - sum(units for branch, units in self.live.values() if branch == where)

    def record(self, kind: MovementType, *, possible: bool, **fields: object) -> None:
        request = MovementRequest(self.item.pk, kind, **fields)
        if possible:
            record_movement(request, actor=SYSTEM)
            return
        with pytest.raises(InsufficientStock):
            record_movement(request, actor=SYSTEM)

    @rule(where=BRANCHES, units=UNITS, kind=st.sampled_from([MovementType.IN, MovementType.RETURN]))
    def comes_in(self, where: int, units: int, kind: MovementType) -> None:
        self.record(kind, possible=True, quantity=units, to_branch_id=self.branches[where].pk)
        self.held[where] += units

    @rule(where=BRANCHES, units=UNITS)
    def goes_out(self, where: int, units: int) -> None:
        possible = self.available(where) >= units
        self.record(MovementType.OUT, possible=possible, quantity=units, from_branch_id=self.branches[where].pk)
        self.held[where] -= units if possible else 0

    @rule(source=BRANCHES, units=UNITS)
    def is_transferred(self, source: int, units: int) -> None:
        possible = self.available(source) >= units
        ends = {"from_branch_id": self.branches[source].pk, "to_branch_id": self.branches[1 - source].pk}
        self.record(MovementType.TRANSFER, possible=possible, quantity=units, **ends)
        if possible:
            self.held[source] -= units
            self.held[1 - source] += units

    @rule(where=BRANCHES, units=UNITS, sign=st.sampled_from([1, -1]))
    def is_corrected(self, where: int, units: int, sign: int) -> None:
        possible = self.available(where) + sign * units >= 0
        fields = {"to_branch_id": self.branches[where].pk, "notes": "corrected"}
        self.record(MovementType.ADJUSTMENT, possible=possible, quantity=sign * units, **fields)
        self.held[where] += sign * units if possible else 0

    @rule(where=BRANCHES, counted=st.integers(min_value=0, max_value=12))
    def is_counted(self, where: int, counted: int) -> None:
        possible = self.available(where) + counted - self.held[where] >= 0
        fields = {"to_branch_id": self.branches[where].pk, "notes": "counted"}
        self.record(MovementType.ADJUSTMENT, possible=possible, counted_quantity=counted, **fields)
        self.held[where] = counted if possible else self.held[where]

    @rule(target=promises, where=BRANCHES, units=UNITS, times=st.integers(min_value=1, max_value=2))
    def is_promised(self, where: int, units: int, times: int) -> UUID:
        source = new_id()
        need = Need(source, self.item.pk, self.branches[where].pk, units, new_id(), "R-1")
        fits = self.available(where) >= units
        for _ in range(times):
            assert reserve("property", [need], actor=SYSTEM) == ({source} if fits else set())
        if fits:
            self.live[source] = (where, units)
        return source

    @rule(source=promises)
    def is_handed_out(self, source: UUID) -> None:
        assert issue("property", [source], actor=SYSTEM) == ({source} if source in self.live else set())
        where, units = self.live.pop(source, (0, 0))
        self.held[where] -= units

    @rule(source=consumes(promises))
    def is_given_back(self, source: UUID) -> None:
        assert release("property", [source], actor=SYSTEM) == ({source} if source in self.live else set())
        self.live.pop(source, None)

    @invariant()
    def books_say_what_happened(self) -> None:
        moved = StockMovement.objects.filter(item=self.item).values_list("from_branch", "to_branch", "quantity")
        ends = list(moved)
        for where, branch in enumerate(self.branches):
            into = sum(units for _, target, units in ends if target == branch.pk)
            out_of = sum(units for source, _, units in ends if source == branch.pk)
            assert stock_of(self.item, branch) == (self.held[where], self.held[where] - self.available(where))
            assert self.held[where] == into - out_of >= 0
            assert 0 <= self.available(where) <= self.held[where]
        assert verify_stock() == []

    @invariant()
    def explanation_adds_up_to_the_level(self) -> None:
        for level in StockLevel.objects.filter(item=self.item):
            explained = explain(level.pk, actor=SYSTEM)
            balance = explained.opening
            for entry in explained.entries:
                balance += entry.change
                assert entry.balance == balance
            assert balance == level.quantity
            assert sum(reservation.quantity for reservation in explained.reservations) == level.reserved


@pytest.mark.django_db
def test_books_balance_whatever_is_done_in_whatever_order() -> None:
    how = settings(
        max_examples=8,
        stateful_step_count=16,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # sixteen steps are read faster than they are shortened
    )

    run_state_machine_as_test(Shop, settings=how)
