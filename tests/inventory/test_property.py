"""Whatever is done in whatever order: the books balance after each step, and a plain model of them agrees.

``LONG_PROPERTY=2000`` runs that many examples of fifty steps, each another time with other ones.
"""

from __future__ import annotations

import os
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory import services
from apps.inventory.enums import MovementType
from apps.inventory.exceptions import AlreadyReversed, InsufficientStock, SerialElsewhere, SerialsMissing
from apps.inventory.models import Reservation, Serial, StockLevel, StockMovement
from apps.inventory.selectors import explain
from apps.inventory.services import MovementRequest, Need, verify_stock
from tests.factories import BranchFactory, ItemFactory
from tests.inventory.plain_documents import PlainDocuments
from tests.inventory.plain_shop import NUMBERED, PLAIN, Moved, Place, PlainShop, Promise

SYSTEM = Actor.system("property")
UNITS = st.integers(min_value=1, max_value=6)
BRANCHES = st.integers(min_value=0, max_value=1)
ANY = st.integers(min_value=0, max_value=1_000)
LONG = int(os.environ.get("LONG_PROPERTY", "0"))


class Books(RuleBasedStateMachine):
    """The services beside the plain shop: each step is done by both."""

    def __init__(self) -> None:
        # What one example leaves behind must not expire in the next one.
        self.frame = transaction.atomic()
        self.frame.__enter__()
        super().__init__()
        self.items = [ItemFactory(), ItemFactory(tracks_serials=True)]
        self.branches = [BranchFactory(), BranchFactory()]
        self.plain = PlainShop()
        self.moved: list[Moved] = []
        self.made = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    def new_numbers(self, units: int) -> list[str]:
        self.made += units
        return [f"N{self.made - number}" for number in range(units)]

    def record(self, kind: MovementType, item: int, refusal: Any = None, **fields: Any) -> StockMovement | None:
        request = MovementRequest(self.items[item].pk, kind, **fields)
        if refusal is None:
            return services.record_movement(request, actor=SYSTEM)
        with pytest.raises(refusal):
            services.record_movement(request, actor=SYSTEM)
        return None

    def keep(self, movement: StockMovement | None, *what: Any, **more: Any) -> None:
        assert movement is not None
        self.moved.append(Moved(movement.pk, *what, **more))


class Movements(Books):
    """Single movements, and undoing them."""

    @rule(where=BRANCHES, item=BRANCHES, units=UNITS, price=st.none() | st.integers(1, 900), back=st.booleans())
    def comes_in(self, where: int, item: int, units: int, price: int | None, back: bool) -> None:
        kind = MovementType.RETURN if back else MovementType.IN
        numbers = self.new_numbers(units) if item == NUMBERED else []
        cost = None if price is None else Decimal(price) / 100
        fields = {"quantity": units, "to_branch_id": self.branches[where].pk, "unit_price": cost, "serials": numbers}
        movement = self.record(kind, item, **fields)
        # What a customer brings back has no cost of its own.
        worth = None if back or price is None else price * 10_000 * units
        worth = self.plain.shelves[item, where].bring(units, worth)
        self.plain.put(numbers, where)
        self.keep(movement, item, units, None, where, worth, numbers)

    @rule(where=BRANCHES, item=BRANCHES, units=UNITS)
    def goes_out(self, where: int, item: int, units: int) -> None:
        numbers, refusal = self.chosen(item, where, units)
        fields = {"quantity": units, "from_branch_id": self.branches[where].pk, "serials": numbers}
        movement = self.record(MovementType.OUT, item, refusal, **fields)
        if refusal is None:
            worth = self.plain.shelves[item, where].take(units)
            self.plain.put(numbers, "gone")
            self.keep(movement, item, units, where, None, worth, numbers)

    @rule(source=BRANCHES, item=BRANCHES, units=UNITS)
    def is_carried(self, source: int, item: int, units: int) -> None:
        numbers, refusal = self.chosen(item, source, units)
        ends = {"from_branch_id": self.branches[source].pk, "to_branch_id": self.branches[1 - source].pk}
        movement = self.record(MovementType.TRANSFER, item, refusal, quantity=units, serials=numbers, **ends)
        if refusal is None:
            worth = self.plain.shelves[item, source].take(units)
            self.plain.shelves[item, 1 - source].bring(units, worth)
            self.plain.put(numbers, 1 - source)
            self.keep(movement, item, units, source, 1 - source, worth, numbers)

    @rule(where=BRANCHES, units=UNITS, sign=st.sampled_from([1, -1]))
    def is_corrected(self, where: int, units: int, sign: int) -> None:
        self.correct(where, sign * units, quantity=sign * units)

    @rule(where=BRANCHES, counted=st.integers(min_value=0, max_value=12))
    def is_set(self, where: int, counted: int) -> None:
        self.correct(where, counted - self.plain.shelves[PLAIN, where].quantity, counted_quantity=counted)

    def correct(self, where: int, change: int, **fields: Any) -> None:
        shelf, possible = self.plain.shelves[PLAIN, where], self.plain.available((PLAIN, where)) + change >= 0
        fields |= {"to_branch_id": self.branches[where].pk, "notes": "corrected"}
        movement = self.record(MovementType.ADJUSTMENT, PLAIN, None if possible else InsufficientStock, **fields)
        if possible:
            worth = shelf.bring(change) if change > 0 else shelf.take(-change) if change else 0
            self.plain.corrected((PLAIN, where))
            if change:
                self.keep(movement, PLAIN, change, None, where, worth, [], is_correction=True)

    @rule(which=ANY)
    def is_undone(self, which: int) -> None:
        if not self.moved:
            return
        one = self.moved[which % len(self.moved)]
        refusal = self.why_not(one)
        if refusal is not None:
            with pytest.raises(refusal):
                services.reverse_movement(one.pk, "a mistake", actor=SYSTEM)
            return
        services.reverse_movement(one.pk, "a mistake", actor=SYSTEM)
        one.is_undone = True
        self.undo(one)

    def why_not(self, one: Moved) -> Any:
        if one.is_undone:
            return AlreadyReversed
        leaving = one.target if one.units > 0 else None
        if any(self.plain.units[number] != ("gone" if leaving is None else leaving) for number in one.numbers):
            return SerialElsewhere
        if set(one.numbers) & self.plain.picked():
            return SerialElsewhere
        short = leaving is not None and self.plain.available((one.item, leaving)) < abs(one.units)
        return InsufficientStock if short else None

    def undo(self, one: Moved) -> None:
        units, back = abs(one.units), one.source if one.units > 0 else one.target
        worth = one.worth
        if one.units > 0 and one.target is not None:
            worth = self.plain.shelves[one.item, one.target].take(units, worth)
        if back is not None:
            self.plain.shelves[one.item, back].bring(units, worth)
        self.plain.put(one.numbers, "gone" if back is None else back)
        for where in {one.source, one.target} - {None}:
            self.plain.corrected((one.item, where))  # type: ignore[arg-type]

    def chosen(self, item: int, where: int, units: int) -> tuple[list[str], Any]:
        """Units to send away, and how that will be refused."""
        free, short = self.plain.free(where), self.plain.available((item, where)) < units
        if item == PLAIN:
            return [], InsufficientStock if short else None
        if len(free) < units:
            return [*free, *(f"unknown {number}" for number in range(units - len(free)))], SerialElsewhere
        return free[:units], InsufficientStock if short else None


class Promises(Books):
    """Reserving, picking, handing out, giving back, and what was offered for a time."""

    @rule(where=BRANCHES, item=BRANCHES, units=UNITS, times=st.integers(1, 2), expires=st.booleans())
    def is_promised(self, where: int, item: int, units: int, times: int, expires: bool) -> None:
        source, place = new_id(), (item, where)
        until = timezone.now() - timedelta(seconds=1) if expires else None
        need = Need(source, self.items[item].pk, self.branches[where].pk, units, new_id(), "R-1", expires_at=until)
        fits = self.plain.available(place) >= units
        for _ in range(times):
            assert services.reserve("property", [need], actor=SYSTEM) == ({source} if fits else set())
        if fits:
            self.plain.live[source] = Promise(place, units, expires)

    def one_promise(self, which: int) -> UUID:
        """One that is live, or one that nobody knows."""
        known = list(self.plain.live)
        return known[which % len(known)] if known else new_id()

    @rule(which=ANY)
    def is_picked(self, which: int) -> None:
        promise = self.plain.live.get(self.one_promise(which))
        if promise is None or promise.place[0] == PLAIN:
            return
        reservation = Reservation.objects.get(source_id=self.one_promise(which))
        numbers = self.plain.free(promise.place[1])[: promise.units]
        if len(numbers) == promise.units:
            services.pick_serials(reservation.pk, numbers, actor=SYSTEM)
            promise.picked = numbers

    @rule(which=ANY)
    def is_handed_out(self, which: int) -> None:
        source = self.one_promise(which)
        promise = self.plain.live.get(source)
        if promise is not None and promise.place[0] == NUMBERED and not promise.picked:
            with pytest.raises(SerialsMissing):
                services.issue("property", [source], actor=SYSTEM)
            return
        for held in ({source} if promise else set(), set()):
            assert services.issue("property", [source], actor=SYSTEM) == held
        if promise is not None:
            self.plain.shelves[promise.place].take(promise.units)
            self.plain.put(promise.picked, "gone")
            del self.plain.live[source]

    @rule(which=ANY)
    def is_given_back(self, which: int) -> None:
        source = self.one_promise(which)
        held = {source} if source in self.plain.live else set()
        assert services.release("property", [source], actor=SYSTEM) == held
        self.plain.live.pop(source, None)

    @rule(which=ANY, units=UNITS)
    def is_reduced(self, which: int, units: int) -> None:
        source = self.one_promise(which)
        promise = self.plain.live.get(source)
        is_more = promise is not None and promise.units > units
        assert services.reduce("property", source, units, actor=SYSTEM) == is_more
        if promise is not None and is_more:
            promise.units, promise.picked = units, []

    @rule()
    def time_passes(self) -> None:
        over = [source for source, promise in self.plain.live.items() if promise.expires]
        assert services.release_expired(actor=SYSTEM, now=timezone.now()) == len(over)
        for source in over:
            del self.plain.live[source]


class Shop(Movements, Promises, PlainDocuments):
    """Everything at once, and what must be true after each step."""

    @invariant()
    def books_say_what_happened(self) -> None:
        rows = StockLevel.objects.values_list(
            "item", "branch", "quantity", "reserved", "incoming", "value_micros", "last_cost_micros"
        )
        said = {(row[0], row[1]): row[2:] for row in rows}
        for place, shelf in self.plain.shelves.items():
            known = said.get((self.items[place[0]].pk, self.branches[place[1]].pk), (0, 0, 0, 0, None))
            reserved = self.plain.reserved(place)
            assert known == (shelf.quantity, reserved, self.incoming(place), shelf.value, shelf.last)
            assert 0 <= reserved <= shelf.quantity
        assert verify_stock() == []

    @invariant()
    def units_are_where_they_were_left(self) -> None:
        known = {None: None, **{branch.pk: where for where, branch in enumerate(self.branches)}}
        found = Serial.objects.filter(item=self.items[NUMBERED]).values_list("number", "branch", "state", "reservation")
        places = {
            number: known[branch] if branch else {"in_transit": "transit"}.get(state, state)
            for number, branch, state, _ in found
        }
        assert places == self.plain.units
        assert {number for number, _, _, chosen in found if chosen} == self.plain.picked()

    @invariant()
    def explanation_adds_up_to_the_level(self) -> None:
        for level in StockLevel.objects.filter(item__in=self.items):
            explained = explain(level.pk, actor=SYSTEM)
            balance = explained.opening
            for entry in explained.entries:
                balance += entry.change
                assert entry.balance == balance
            assert balance == level.quantity
            assert sum(reservation.quantity for reservation in explained.reservations) == level.reserved

    def incoming(self, place: Place) -> int:
        item, where = place
        on_order = sum(one.outstanding for one in self.orders if one.where == where) if item == PLAIN else 0
        return on_order + self.plain.in_transit(where)[item]


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_books_balance_whatever_is_done_in_whatever_order() -> None:
    how = settings(
        max_examples=LONG or 7,
        stateful_step_count=50 if LONG else 24,
        derandomize=not LONG,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # so few steps are read faster than they are shortened
    )

    run_state_machine_as_test(Shop, settings=how)
