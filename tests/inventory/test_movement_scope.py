"""Who may record and see which movements. A manager and a technician work at Harbour."""

from __future__ import annotations

from typing import Any

import pytest

from apps.inventory.models import Branch, Item, StockMovement
from tests.conftest import Api
from tests.factories import order, stock_of, stocked
from tests.inventory.books import HERE, books, move


def test_manager_does_not_move_stock_of_a_foreign_branch(manager: Api, other_branch: Branch, item: Item) -> None:
    before = books()

    into = move(manager, item, "IN", {"quantity": 1, "toBranchId": str(other_branch.pk)})
    out_of = move(manager, item, "OUT", {"quantity": 1, "fromBranchId": str(other_branch.pk)})

    for answer, field in ((into, "toBranchId"), (out_of, "fromBranchId")):
        assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
        assert [row["field"] for row in answer.body["details"]] == [field]
    assert books() == before


@pytest.mark.parametrize("role", ["seller", "customer"])
def test_roles_without_the_right_record_no_movement(
    request: pytest.FixtureRequest, role: str, branch: Branch, item: Item
) -> None:
    api = request.getfixturevalue(role)
    before = books()

    answer = move(api, item, "IN", {"quantity": 1, "toBranchId": str(branch.pk)})

    assert (answer.status_code, answer.body["code"]) == (403, "FORBIDDEN")
    assert books() == before


@pytest.mark.parametrize(("kind", "side", "left"), [("OUT", "fromBranchId", 9), ("RETURN", "toBranchId", 11)])
def test_technician_takes_and_returns_parts_for_an_own_order(
    technician: Api, branch: Branch, item: Item, kind: str, side: str, left: int
) -> None:
    own = order(branch, technician=technician.user)

    answer = move(technician, item, kind, {"quantity": 1, side: str(branch.pk), "repairOrderId": str(own.pk)})

    assert answer.status_code == 201
    assert answer.body["data"]["repairOrderId"] == str(own.pk)
    assert stock_of(item, branch) == (left, 2)


def test_technician_takes_nothing_for_the_order_of_another(technician: Api, branch: Branch, item: Item) -> None:
    others = order(branch)
    before = books()

    answer = move(
        technician, item, "OUT", {"quantity": 1, "fromBranchId": str(branch.pk), "repairOrderId": str(others.pk)}
    )

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert [row["field"] for row in answer.body["details"]] == ["repairOrderId"]
    assert books() == before


def test_technician_takes_nothing_from_a_foreign_branch(
    technician: Api, branch: Branch, other_branch: Branch, item: Item
) -> None:
    own = order(branch, technician=technician.user)
    before = books()

    answer = move(
        technician, item, "OUT", {"quantity": 1, "fromBranchId": str(other_branch.pk), "repairOrderId": str(own.pk)}
    )

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert books() == before


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("OUT", {"fromBranchId": HERE, "repairOrderId": None}),
        ("IN", {"toBranchId": HERE}),
        ("ADJUSTMENT", {"toBranchId": HERE, "notes": "found"}),
    ],
)
def test_technician_records_nothing_without_an_order(
    technician: Api, branch: Branch, item: Item, kind: str, body: dict[str, Any]
) -> None:
    own = {} if "repairOrderId" in body else {"repairOrderId": str(order(branch, technician=technician.user).pk)}
    before = books()

    answer = move(
        technician,
        item,
        kind,
        {"quantity": 1, **own, **{name: str(branch.pk) if value == HERE else value for name, value in body.items()}},
    )

    assert (answer.status_code, answer.body["code"]) == (403, "FORBIDDEN")
    assert books() == before


def test_movements_of_a_foreign_branch_are_not_found(manager: Api, other_branch: Branch, branch: Branch) -> None:
    part = stocked(1, other_branch)
    foreign = StockMovement.objects.get(item=part)

    one = manager.get(f"inventory/movements/{foreign.pk}")
    listed = manager.get("inventory/movements")

    assert (one.status_code, one.body["code"]) == (404, "NOT_FOUND")
    assert listed.body["data"]["items"] == []


def test_movements_are_filtered(admin: Api, branch: Branch, other_branch: Branch, item: Item) -> None:
    taken = order(branch)
    move(admin, item, "OUT", {"quantity": 1, "fromBranchId": str(branch.pk), "repairOrderId": str(taken.pk)})
    moved = {"quantity": 1, "fromBranchId": str(branch.pk), "toBranchId": str(other_branch.pk)}
    move(admin, item, "TRANSFER", moved)
    other = stocked(5, branch)

    def kinds(query: str) -> list[str]:
        rows = admin.get(f"inventory/movements?ordering=createdAt&{query}").body["data"]["items"]
        return [row["movementType"] for row in rows]

    assert kinds("") == ["IN", "IN", "OUT", "TRANSFER", "IN"]
    assert kinds(f"inventoryItemId={other.pk}") == ["IN"]
    assert kinds(f"branchId={other_branch.pk}") == ["IN", "TRANSFER"]
    assert kinds("movementType=OUT") == ["OUT"]
    assert kinds(f"repairOrderId={taken.pk}") == ["OUT"]
    assert kinds("dateFrom=2100-01-01T00:00:00Z") == []
    assert kinds("dateTo=2100-01-01") == ["IN", "IN", "OUT", "TRANSFER", "IN"]


@pytest.mark.parametrize("query", ["movementType=LOSS", "branchId=1", "dateFrom=yesterday", "colour=red"])
def test_movements_refuse_a_filter_that_is_none(admin: Api, query: str) -> None:
    answer = admin.get(f"inventory/movements?{query}")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [row["field"] for row in answer.body["details"]] == [query.partition("=")[0]]
