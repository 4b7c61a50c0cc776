"""Promises: in full or not at all, once for each source, and filled later when stock arrives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.models import Event
from apps.audit.services import sweep
from apps.core.actor import Actor
from apps.core.exceptions import ValidationFailed
from apps.core.ids import new_id
from apps.inventory.enums import MovementType, ReservationStatus
from apps.inventory.models import Branch, Item, Reservation, StockMovement
from apps.inventory.services import (
    MovementRequest,
    Need,
    issue,
    record_movement,
    reduce,
    release,
    release_expired,
    reserve,
    verify_stock,
)
from apps.repairs.models import RepairLine
from tests.factories import line, order, stock_of, stocked

SYSTEM = Actor.system("test")


def need(item: Item, branch: Branch, units: int, source: UUID | None = None) -> Need:
    return Need(source or new_id(), item.pk, branch.pk, units, new_id(), "R-7")


def told(kind: str) -> list[tuple[Any, ...]]:
    events = Event.objects.filter(type=f"inventory.{kind}").order_by("created_at", "id")
    return [(event.aggregate_id, event.payload.get("quantity")) for event in events]


def test_promise_is_made_in_full_or_not_at_all(branch: Branch) -> None:
    item = stocked(5, branch)
    first, second, third = need(item, branch, 3), need(item, branch, 3), need(item, branch, 2)

    held = reserve("test", [first, second, third], actor=SYSTEM)

    assert held == {first.source_id, third.source_id}
    assert stock_of(item, branch) == (5, 5)
    assert told("stock_reserved") == [(item.pk, 3), (item.pk, 2)]


def test_promise_is_kept_when_it_is_asked_for_again(branch: Branch) -> None:
    item = stocked(5, branch)
    wanted = need(item, branch, 3)
    reserve("test", [wanted], actor=SYSTEM)

    again = reserve("test", [wanted], actor=SYSTEM)

    assert again == {wanted.source_id}
    assert stock_of(item, branch) == (5, 3)
    assert Reservation.objects.count() == 1


def test_promise_of_nothing_changes_nothing(branch: Branch) -> None:
    assert reserve("test", [], actor=SYSTEM) == set()
    assert issue("test", [new_id()], actor=SYSTEM) == set()
    assert release("test", [], actor=SYSTEM) == set()
    assert Event.objects.count() == 0


def test_promise_is_handed_out_with_its_movement(branch: Branch) -> None:
    item = stocked(5, branch)
    wanted = need(item, branch, 3)
    reserve("test", [wanted], actor=SYSTEM)

    issued = issue("test", [wanted.source_id], actor=SYSTEM)

    assert issued == {wanted.source_id}
    assert stock_of(item, branch) == (2, 0)
    movement = StockMovement.objects.get(movement_type=MovementType.OUT)
    assert (movement.quantity, movement.from_branch_id, movement.from_balance) == (3, branch.pk, 2)
    assert (movement.reference_number, movement.repair_order_id) == ("R-7", wanted.document_id)
    reservation = Reservation.objects.get()
    assert (reservation.status, movement.reservation_id) == (ReservationStatus.ISSUED, reservation.pk)
    assert reservation.closed_at is not None


@pytest.mark.parametrize("close", [issue, release])
def test_promise_is_closed_once(branch: Branch, close: Any) -> None:
    item = stocked(5, branch)
    wanted = need(item, branch, 3)
    reserve("test", [wanted], actor=SYSTEM)
    close("test", [wanted.source_id], actor=SYSTEM)
    after, events = stock_of(item, branch), Event.objects.count()

    assert issue("test", [wanted.source_id], actor=SYSTEM) == set()
    assert release("test", [wanted.source_id], actor=SYSTEM) == set()

    assert (stock_of(item, branch), Event.objects.count()) == (after, events)
    assert verify_stock() == []


def test_promise_that_is_given_back_can_be_made_anew(branch: Branch) -> None:
    item = stocked(5, branch)
    wanted = need(item, branch, 3)
    reserve("test", [wanted], actor=SYSTEM)
    release("test", [wanted.source_id], actor=SYSTEM)

    held = reserve("test", [need(item, branch, 5, wanted.source_id)], actor=SYSTEM)

    assert held == {wanted.source_id}
    assert stock_of(item, branch) == (5, 5)
    assert sorted(Reservation.objects.values_list("status", "quantity")) == [("live", 5), ("released", 3)]
    assert told("stock_released") == [(item.pk, 3)]


def test_promises_of_other_kinds_of_source_are_left_alone(branch: Branch) -> None:
    item = stocked(5, branch)
    source = new_id()
    reserve("one", [need(item, branch, 1, source)], actor=SYSTEM)
    reserve("other", [need(item, branch, 2, source)], actor=SYSTEM)

    release("one", [source], actor=SYSTEM)

    assert stock_of(item, branch) == (5, 2)


def test_database_holds_one_live_promise_for_a_source(branch: Branch) -> None:
    item = stocked(5, branch)
    wanted = need(item, branch, 1)
    reserve("test", [wanted], actor=SYSTEM)
    level = Reservation.objects.get().level

    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(level=level, quantity=1, source_type="test", source_id=wanted.source_id)

    assert Reservation.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "fields", "tells"),
    [
        (MovementType.IN, {"quantity": 1, "to_branch_id": "here"}, True),
        (MovementType.ADJUSTMENT, {"quantity": 1, "to_branch_id": "here", "notes": "found"}, True),
        (MovementType.ADJUSTMENT, {"quantity": -1, "to_branch_id": "here", "notes": "lost"}, False),
        (MovementType.OUT, {"quantity": 1, "from_branch_id": "here"}, False),
    ],
)
def test_more_to_promise_is_told(branch: Branch, kind: MovementType, fields: dict[str, Any], tells: bool) -> None:
    item = stocked(3, branch)
    before = len(told("stock_became_available"))

    request = {name: branch.pk if value == "here" else value for name, value in fields.items()}
    record_movement(MovementRequest(item.pk, kind, **request), actor=SYSTEM)

    assert len(told("stock_became_available")) - before == int(tells)


def test_transfer_tells_where_there_is_more(branch: Branch, other_branch: Branch) -> None:
    item = stocked(3, branch)

    ends = {"from_branch_id": branch.pk, "to_branch_id": other_branch.pk}
    record_movement(MovementRequest(item.pk, MovementType.TRANSFER, 1, **ends), actor=SYSTEM)

    latest = Event.objects.filter(type="inventory.stock_became_available").latest("created_at", "id")
    assert (latest.aggregate_id, latest.payload) == (item.pk, {"branch_id": str(other_branch.pk)})


def test_backordered_line_gets_its_part_when_stock_arrives(branch: Branch, other_branch: Branch) -> None:
    item = stocked(1, branch)
    waiting = order(branch, lines=[line(item, quantity=2)])
    elsewhere = order(other_branch, lines=[line(item, quantity=1)])

    request = MovementRequest(item.pk, MovementType.IN, 1, to_branch_id=branch.pk)
    record_movement(request, actor=SYSTEM)
    sweep()

    assert list(waiting.lines.values_list("state", flat=True)) == ["reserved"]
    assert list(elsewhere.lines.values_list("state", flat=True)) == ["backordered"]
    assert stock_of(item, branch) == (2, 2)
    assert verify_stock() == []


def test_backorder_of_the_oldest_order_is_filled_first(branch: Branch) -> None:
    item = stocked(0, branch)
    orders = [order(branch, lines=[line(item, quantity=units)]) for units in (3, 2, 1)]

    request = MovementRequest(item.pk, MovementType.IN, 3, to_branch_id=branch.pk)
    record_movement(request, actor=SYSTEM)
    sweep()

    states = [RepairLine.objects.get(order=taken).state for taken in orders]
    assert states == ["reserved", "backordered", "backordered"]
    assert stock_of(item, branch) == (3, 3)


# --- reduced, and expired -------------------------------------------------------------------------------------------


def test_promise_is_reduced_and_never_grows(branch: Branch) -> None:
    item = stocked(5, branch)
    wanted = need(item, branch, 4)
    reserve("test", [wanted], actor=SYSTEM)

    reduced = [reduce("test", wanted.source_id, units, actor=SYSTEM) for units in (3, 3, 4)]

    assert reduced == [True, False, False]
    assert Reservation.objects.get().quantity == 3
    assert stock_of(item, branch) == (5, 3)
    assert told("stock_released") == [(item.pk, 1)]
    assert verify_stock() == []


def test_promise_is_not_reduced_to_nothing(branch: Branch) -> None:
    item = stocked(5, branch)
    wanted = need(item, branch, 4)
    reserve("test", [wanted], actor=SYSTEM)

    with pytest.raises(ValidationFailed):
        reduce("test", wanted.source_id, 0, actor=SYSTEM)

    assert stock_of(item, branch) == (5, 4)
    assert reduce("test", new_id(), 1, actor=SYSTEM) is False


def test_offer_is_taken_back_when_its_time_is_over(branch: Branch) -> None:
    item, now = stocked(9, branch), timezone.now()
    over, still, lasting = (
        replace(need(item, branch, units), expires_at=when)
        for units, when in ((1, now), (2, now + timedelta(seconds=1)), (3, None))
    )
    reserve("test", [over, still, lasting], actor=SYSTEM)

    released = [release_expired(actor=SYSTEM, now=now) for _ in range(2)]

    states = dict(Reservation.objects.values_list("source_id", "status"))
    assert released == [1, 0]
    assert states == {over.source_id: "expired", still.source_id: "live", lasting.source_id: "live"}
    assert stock_of(item, branch) == (9, 5)
    assert told("stock_released") == [(item.pk, 1)]
    assert verify_stock() == []


def test_expired_offer_is_neither_handed_out_nor_in_the_way_of_a_new_one(branch: Branch) -> None:
    item, now = stocked(1, branch), timezone.now()
    offer = replace(need(item, branch, 1), expires_at=now)
    reserve("test", [offer], actor=SYSTEM)
    release_expired(actor=SYSTEM, now=now)

    issued = issue("test", [offer.source_id], actor=SYSTEM)
    again = reserve("test", [replace(offer, expires_at=None)], actor=SYSTEM)

    assert (issued, again) == (set(), {offer.source_id})
    assert sorted(Reservation.objects.values_list("status", flat=True)) == ["expired", "live"]
    assert stock_of(item, branch) == (1, 1)
    assert verify_stock() == []
