"""Sixteen at once, each with a connection of its own: nothing is sold twice, lost or locked for ever."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from apps.core.actor import Actor
from apps.core.db import retrying
from apps.core.ids import new_id
from apps.inventory.enums import MovementType
from apps.inventory.exceptions import InsufficientStock
from apps.inventory.models import Branch, Item, Reservation, StockLevel, StockMovement
from apps.inventory.services import MovementRequest, Need, issue, record_movement, release, reserve, verify_stock
from tests.factories import BranchFactory, ItemFactory, stock_of, stocked
from tests.racing import kinds, race

SYSTEM = Actor.system("race")
CLIENTS = 16

pytestmark = pytest.mark.django_db(transaction=True)


def take(item: Item, branch: Branch, quantity: int = 1) -> StockMovement:
    request = MovementRequest(item.pk, MovementType.OUT, quantity, from_branch_id=branch.pk)
    return retrying(lambda: record_movement(request, actor=SYSTEM))


def carry(item: Item, source: Branch, target: Branch) -> StockMovement:
    request = MovementRequest(item.pk, MovementType.TRANSFER, 1, from_branch_id=source.pk, to_branch_id=target.pk)
    return retrying(lambda: record_movement(request, actor=SYSTEM))


def adjust(item: Item, branch: Branch, by: int) -> StockMovement:
    request = MovementRequest(item.pk, MovementType.ADJUSTMENT, by, to_branch_id=branch.pk, notes="broken")
    return retrying(lambda: record_movement(request, actor=SYSTEM))


def promise(*places: tuple[Item, Branch]) -> set[Any]:
    needs = [Need(new_id(), item.pk, branch.pk, 1, new_id(), "R-1") for item, branch in places]
    return retrying(lambda: reserve("test", needs, actor=SYSTEM))


def assert_exactly_five_won(outcomes: list[Any], item: Item, branch: Branch) -> None:
    """What must be true after sixteen have asked for one each of the last five."""
    assert kinds(outcomes) == {"InsufficientStock": 11, "StockMovement": 5}
    assert stock_of(item, branch) == (0, 0)
    issued = StockMovement.objects.filter(item=item, movement_type=MovementType.OUT)
    assert sorted(issued.values_list("from_balance", flat=True)) == [0, 1, 2, 3, 4]
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_last_five_of_a_part_go_to_exactly_five_of_sixteen() -> None:
    branch = BranchFactory()
    item = stocked(5, branch)

    outcomes = race(*[partial(take, item, branch)] * CLIENTS)

    assert_exactly_five_won(outcomes, item, branch)


@pytest.mark.postgresql
def test_race_shows_what_a_missing_lock_would_do() -> None:
    branch = BranchFactory()
    item = stocked(5, branch)

    outcomes = race(*[partial(take_without_lock, item, branch)] * CLIENTS)

    with pytest.raises(AssertionError):
        assert_exactly_five_won(outcomes, item, branch)
    assert kinds(outcomes)["StockMovement"] > 5
    found = verify_stock()
    assert {difference.what for difference in found} == {"quantity", "balance"}
    assert [difference.stored > difference.proven for difference in found if difference.what == "quantity"] == [True]


@transaction.atomic
def take_without_lock(item: Item, branch: Branch) -> StockMovement:
    """The control of the race above: the same work, read and then written without a lock."""
    level = StockLevel.objects.get(item=item, branch=branch)
    if level.available < 1:
        raise InsufficientStock("none left")
    time.sleep(0.05)
    level.quantity -= 1
    level.save()
    return StockMovement.objects.create(
        item=item,
        movement_type=MovementType.OUT,
        quantity=1,
        from_branch=branch,
        from_balance=level.quantity,
        actor_kind="system",
        actor_label="race",
    )


@pytest.mark.exhaustive
def test_last_five_of_a_part_are_promised_exactly_five_times() -> None:
    branch = BranchFactory()
    item = stocked(5, branch)

    outcomes = race(*[partial(promise, (item, branch))] * CLIENTS)

    assert sorted(len(held) for held in outcomes) == [0] * 11 + [1] * 5
    assert stock_of(item, branch) == (5, 5)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_first_arrivals_of_a_new_item_are_all_counted() -> None:
    branch, item = BranchFactory(), ItemFactory()
    request = MovementRequest(item.pk, MovementType.IN, 3, to_branch_id=branch.pk)

    outcomes = race(*[lambda: record_movement(request, actor=SYSTEM)] * CLIENTS)

    assert kinds(outcomes) == {"StockMovement": 16}
    assert stock_of(item, branch) == (48, 0)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_promises_and_adjustments_share_out_what_is_available() -> None:
    branch = BranchFactory()
    item = stocked(10, branch)

    outcomes = race(*[partial(promise, (item, branch)), partial(adjust, item, branch, -1)] * (CLIENTS // 2))

    promised = sum(len(held) for held in outcomes[::2])
    adjusted = kinds(outcomes[1::2]).get("StockMovement", 0)
    assert promised + adjusted == 10
    assert kinds(outcomes[1::2]).get("InsufficientStock", 0) == 8 - adjusted
    assert stock_of(item, branch) == (10 - adjusted, promised)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_transfers_in_opposite_directions_do_not_deadlock() -> None:
    here, there = BranchFactory(), BranchFactory()
    item = stocked(20, here)
    record_movement(MovementRequest(item.pk, MovementType.IN, 20, to_branch_id=there.pk), actor=SYSTEM)

    outcomes = race(*[partial(carry, item, here, there), partial(carry, item, there, here)] * (CLIENTS // 2))

    assert kinds(outcomes) == {"StockMovement": 16}
    assert (stock_of(item, here), stock_of(item, there)) == ((20, 0), (20, 0))
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_promises_of_the_same_items_in_opposite_order_do_not_deadlock() -> None:
    branch = BranchFactory()
    first, second = stocked(16, branch), stocked(16, branch)
    one_way = partial(promise, (first, branch), (second, branch))
    other_way = partial(promise, (second, branch), (first, branch))

    outcomes = race(*[one_way, other_way] * (CLIENTS // 2))

    assert [len(held) for held in outcomes] == [2] * 16
    assert (stock_of(first, branch), stock_of(second, branch)) == ((16, 16), (16, 16))
    assert verify_stock() == []


def test_promise_is_handed_out_or_given_back_once() -> None:
    branch = BranchFactory()
    item = stocked(5, branch)
    source = new_id()
    reserve("test", [Need(source, item.pk, branch.pk, 2, new_id(), "R-1")], actor=SYSTEM)
    give = partial(issue, "test", [source], actor=SYSTEM)
    take_back = partial(release, "test", [source], actor=SYSTEM)

    outcomes = race(*[give, take_back] * (CLIENTS // 2))

    won = [i for i, sources in enumerate(outcomes) if sources == {source}]
    assert len(won) == 1
    assert stock_of(item, branch) == ((3, 0) if won[0] % 2 == 0 else (5, 0))
    assert verify_stock() == []


def test_one_source_is_promised_once_however_often_it_asks_at_once() -> None:
    branch = BranchFactory()
    item = stocked(50, branch)
    need = Need(new_id(), item.pk, branch.pk, 3, new_id(), "R-1")

    outcomes = race(*[lambda: reserve("test", [need], actor=SYSTEM)] * CLIENTS)

    assert outcomes == [{need.source_id}] * 16
    assert Reservation.objects.count() == 1
    assert stock_of(item, branch) == (50, 3)


@pytest.mark.exhaustive
def test_movement_with_one_client_made_id_is_booked_once() -> None:
    branch = BranchFactory()
    item = stocked(50, branch)
    request = MovementRequest(item.pk, MovementType.OUT, 2, from_branch_id=branch.pk, id=new_id())

    outcomes = race(*[lambda: record_movement(request, actor=SYSTEM)] * CLIENTS)

    assert kinds(outcomes) == {"IntegrityError": 15, "StockMovement": 1}
    assert stock_of(item, branch) == (48, 0)
    assert verify_stock() == []


@pytest.mark.postgresql
def test_verification_reads_one_moment_while_work_goes_on() -> None:
    branch = BranchFactory()
    items = [stocked(100_000, branch) for _ in range(3)]
    stop = threading.Event()

    def keep_moving(item: Item) -> int:
        moved = 0
        while not stop.is_set():
            take(item, branch)
            moved += 1
        return moved

    def keep_verifying() -> list[Any]:
        try:
            return [difference for _ in range(40) for difference in verify_stock()]
        finally:
            stop.set()

    *moved, differences = race(*[partial(keep_moving, item) for item in items], keep_verifying)

    assert differences == []
    assert sum(moved) > 0
