"""Undoing a movement: by its opposite, with the same units at the same cost, once."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.db import retrying
from apps.core.ids import new_id
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Item, StockLevel, StockMovement
from apps.inventory.services import (
    MovementRequest,
    Need,
    issue,
    record_movement,
    reserve,
    reverse_movement,
    verify_stock,
)
from tests.conftest import Api
from tests.factories import BranchFactory, ItemFactory, stock_of, stocked
from tests.inventory.books import books
from tests.racing import kinds, race

SYSTEM = Actor.system("test")
HERE, THERE = "here", "there"


def at(branch: Branch, other_branch: Branch, **sides: str) -> dict[str, Any]:
    return {f"{name}_id": {HERE: branch, THERE: other_branch}[side].pk for name, side in sides.items()}


@pytest.mark.parametrize(
    ("kind", "quantity", "sides", "opposite", "moves"),
    [
        ("IN", 3, {"to_branch": HERE}, "OUT", {"from_branch": HERE}),
        ("RETURN", 3, {"to_branch": HERE}, "OUT", {"from_branch": HERE}),
        ("OUT", 3, {"from_branch": HERE}, "RETURN", {"to_branch": HERE}),
        (
            "TRANSFER",
            3,
            {"from_branch": HERE, "to_branch": THERE},
            "TRANSFER",
            {"from_branch": THERE, "to_branch": HERE},
        ),
        ("ADJUSTMENT", 3, {"to_branch": HERE}, "ADJUSTMENT", {"to_branch": HERE}),
        ("ADJUSTMENT", -3, {"to_branch": HERE}, "ADJUSTMENT", {"to_branch": HERE}),
    ],
)
def test_reversal_puts_stock_and_value_back(
    admin: Api, branch: Branch, other_branch: Branch, kind: str, quantity: int, sides: Any, opposite: str, moves: Any
) -> None:
    item = stocked(5, branch)
    before = list(StockLevel.objects.filter(branch=branch).values_list("quantity", "value_micros"))
    price = Decimal("33.00") if kind == "IN" else None
    request = MovementRequest(
        item.pk, MovementType(kind), quantity, unit_price=price, notes="typo", **at(branch, other_branch, **sides)
    )
    movement = record_movement(request, actor=SYSTEM)

    answer = admin.post(f"inventory/movements/{movement.pk}/reverse", {"notes": "typed twice"})

    assert answer.status_code == 201
    data = answer.body["data"]
    ends = {f"{name}_id": data[f"{name.split('_')[0]}BranchId"] for name in ("from_branch", "to_branch")}
    assert (data["movementType"], data["reversesId"], data["notes"]) == (opposite, str(movement.pk), "typed twice")
    assert data["quantity"] == (-quantity if kind == "ADJUSTMENT" else quantity)
    assert {name: pk for name, pk in ends.items() if pk} == {
        name: str(pk) for name, pk in at(branch, other_branch, **moves).items()
    }
    assert list(StockLevel.objects.filter(branch=branch).values_list("quantity", "value_micros")) == before
    assert stock_of(item, other_branch) == (0, 0)
    assert verify_stock() == []


def test_same_movement_is_not_undone_twice(manager: Api, branch: Branch) -> None:
    item = stocked(5, branch)
    movement = StockMovement.objects.get()
    first = manager.post(f"inventory/movements/{movement.pk}/reverse", {"notes": "typed twice"})
    before = books()

    again = manager.post(f"inventory/movements/{movement.pk}/reverse", {"notes": "typed twice"})
    of_reversal = manager.post(f"inventory/movements/{first.body['data']['id']}/reverse", {"notes": "no, it was right"})

    assert (first.status_code, again.status_code, of_reversal.status_code) == (201, 409, 409)
    assert (again.body["code"], of_reversal.body["code"]) == ("CONFLICT", "CONFLICT")
    assert books() == before
    assert stock_of(item, branch) == (0, 0)


def test_reversal_of_what_is_gone_is_refused(manager: Api, branch: Branch) -> None:
    item = stocked(5, branch)
    arrival = StockMovement.objects.get()
    record_movement(MovementRequest(item.pk, MovementType.OUT, 1, from_branch_id=branch.pk), actor=SYSTEM)
    before = books()

    answer = manager.post(f"inventory/movements/{arrival.pk}/reverse", {"notes": "typed twice"})

    assert (answer.status_code, answer.body["code"]) == (409, "INSUFFICIENT_STOCK")
    assert books() == before


def test_part_that_an_order_has_used_is_not_undone_here(manager: Api, branch: Branch) -> None:
    item = stocked(5, branch)
    need = Need(new_id(), item.pk, branch.pk, 1, new_id(), "R-1")
    reserve("test", [need], actor=SYSTEM)
    issue("test", [need.source_id], actor=SYSTEM)
    used = StockMovement.objects.get(movement_type="OUT")
    before = books()

    answer = manager.post(f"inventory/movements/{used.pk}/reverse", {"notes": "typed twice"})

    assert (answer.status_code, answer.body["code"]) == (409, "CONFLICT")
    assert answer.body["error"] == "This movement belongs to R-1; correct it there."
    assert books() == before


@pytest.mark.parametrize("body", [{}, {"notes": " "}, {"notes": "x", "quantity": 1}])
def test_reversal_says_why_and_nothing_else(manager: Api, branch: Branch, body: dict[str, Any]) -> None:
    stocked(5, branch)
    before = books()

    answer = manager.post(f"inventory/movements/{StockMovement.objects.get().pk}/reverse", body)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert books() == before


def test_transfer_is_undone_only_by_who_manages_both_branches(
    admin: Api, manager: Api, branch: Branch, other_branch: Branch
) -> None:
    item = stocked(5, branch)
    ends = {"from_branch_id": branch.pk, "to_branch_id": other_branch.pk}
    movement = record_movement(MovementRequest(item.pk, MovementType.TRANSFER, 1, **ends), actor=SYSTEM)
    before = books()

    refused = manager.post(f"inventory/movements/{movement.pk}/reverse", {"notes": "wrong shop"})
    kept = books()
    done = admin.post(f"inventory/movements/{movement.pk}/reverse", {"notes": "wrong shop"})

    assert (refused.status_code, done.status_code) == (404, 201)
    assert kept == before


def test_reversal_is_an_event_like_every_movement(manager: Api, branch: Branch) -> None:
    stocked(5, branch)
    sent = new_id()

    answer = manager.post(
        f"inventory/movements/{StockMovement.objects.get().pk}/reverse", {"id": str(sent), "notes": "typed twice"}
    )

    assert answer.body["data"]["id"] == str(sent)
    recorded = Event.objects.filter(type="inventory.movement_recorded").latest("created_at")
    assert (recorded.payload["movement_id"], recorded.actor_id) == (str(sent), manager.user.pk)


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_sixteen_who_undo_a_movement_undo_it_once() -> None:
    branch: Branch = BranchFactory()
    item: Item = stocked(40, branch)
    request = MovementRequest(item.pk, MovementType.IN, 2, to_branch_id=branch.pk)
    movement = record_movement(request, actor=SYSTEM)

    outcomes = race(*[lambda: retrying(partial(reverse_movement, movement.pk, "again", actor=SYSTEM))] * 16)

    assert kinds(outcomes) == {"AlreadyReversed": 15, "StockMovement": 1}
    assert stock_of(item, branch) == (40, 0)
    assert verify_stock() == []


def test_transfer_to_another_currency_comes_back_at_what_it_was_worth_here(branch: Branch) -> None:
    there = BranchFactory(currency="JPY")
    item = ItemFactory()
    for place, cost in ((branch, "5"), (there, "750")):
        brought = MovementRequest(item.pk, MovementType.IN, 10, to_branch_id=place.pk, unit_price=Decimal(cost))
        record_movement(brought, actor=SYSTEM)
    sent = MovementRequest(item.pk, MovementType.TRANSFER, 4, from_branch_id=branch.pk, to_branch_id=there.pk)
    transfer = record_movement(sent, actor=SYSTEM)
    assert (transfer.from_value_micros, transfer.to_value_micros) == (-20_000_000, 3_000_000_000)

    back = reverse_movement(transfer.pk, "wrong shop", actor=SYSTEM)

    assert (back.from_value_micros, back.to_value_micros) == (-3_000_000_000, 20_000_000)
    values = dict(StockLevel.objects.values_list("branch__currency", "value_micros"))
    assert values == {branch.currency: 50_000_000, "JPY": 7_500_000_000}
    assert verify_stock() == []
