"""What lies where: the lists of levels, what is low, and why a number is what it is."""

from __future__ import annotations

from typing import Any

import pytest

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Item, StockLevel, Transfer, TransferLine
from apps.inventory.selectors import explain
from apps.inventory.services import MovementRequest, Need, issue, record_movement, release, reserve
from tests.conftest import Api
from tests.factories import ItemFactory, line, order, stocked

SYSTEM = Actor.system("test")


def promise(item: Item, branch: Branch, units: int) -> Need:
    need = Need(new_id(), item.pk, branch.pk, units, new_id(), "R-1")
    assert reserve("test", [need], actor=SYSTEM) == {need.source_id}
    return need


def take(item: Item, branch: Branch, units: int) -> None:
    record_movement(MovementRequest(item.pk, MovementType.OUT, units, from_branch_id=branch.pk), actor=SYSTEM)


def names(answer: Any) -> list[str]:
    return [row["item"]["name"] for row in answer.body["data"]["items"]]


def test_levels_of_a_branch_are_answered_in_full(manager: Api, branch: Branch) -> None:
    item = stocked(7, branch, sku="LCD-1", name="Display", reorder_level=2)
    promise(item, branch, 3)

    answer = manager.get(f"inventory/stock-levels/branch/{branch.pk}")

    assert answer.status_code == 200
    (row,) = answer.body["data"]["items"]
    level = StockLevel.objects.get()
    assert {name: row[name] for name in row if name not in {"createdAt", "updatedAt"}} == {
        "id": str(level.pk),
        "itemId": str(item.pk),
        "item": {"id": str(item.pk), "name": "Display", "sku": "LCD-1"},
        "branchId": str(branch.pk),
        "branch": {"id": str(branch.pk), "name": "Harbour", "code": "HAR"},
        "quantity": 7,
        "reserved": 3,
        "available": 4,
        "incoming": 0,
        "reorderLevel": 2,
        "averageCost": "8.0000",
        "stockValue": "56.00",
        "currency": "USD",
    }


def test_levels_of_an_item_are_those_of_own_branches(
    admin: Api, manager: Api, branch: Branch, other_branch: Branch
) -> None:
    item = stocked(7, branch)
    record_movement(MovementRequest(item.pk, MovementType.IN, 2, to_branch_id=other_branch.pk), actor=SYSTEM)

    everywhere = admin.get(f"inventory/stock-levels/items/{item.pk}").body["data"]["items"]
    own = manager.get(f"inventory/stock-levels/items/{item.pk}").body["data"]["items"]

    assert [(row["branch"]["code"], row["quantity"]) for row in everywhere] == [("HAR", 7), ("STA", 2)]
    assert [(row["branch"]["code"], row["quantity"]) for row in own] == [("HAR", 7)]


@pytest.mark.parametrize("role", ["manager", "technician", "seller"])
def test_levels_of_a_foreign_branch_are_not_found(
    request: pytest.FixtureRequest, role: str, other_branch: Branch
) -> None:
    api = request.getfixturevalue(role)
    stocked(1, other_branch)
    level = StockLevel.objects.get()

    for path in (f"branch/{other_branch.pk}", f"low-stock?branchId={other_branch.pk}", f"{level.pk}/explain"):
        answer = api.get(f"inventory/stock-levels/{path}")
        assert (answer.status_code, answer.body["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("role", ["manager", "technician", "seller"])
def test_levels_of_the_own_branch_are_read_by_its_staff(
    request: pytest.FixtureRequest, role: str, branch: Branch
) -> None:
    api = request.getfixturevalue(role)
    stocked(1, branch, name="Display")

    answer = api.get(f"inventory/stock-levels/branch/{branch.pk}")

    assert names(answer) == ["Display"]


@pytest.mark.parametrize("path", ["branch/{id}", "items/{id}", "{id}/explain", "low-stock?branchId={id}"])
def test_levels_of_what_does_not_exist_are_not_found(admin: Api, path: str) -> None:
    answer = admin.get(f"inventory/stock-levels/{path.format(id=new_id())}")

    assert (answer.status_code, answer.body["code"]) == (404, "NOT_FOUND")


def test_levels_are_not_for_customers(customer: Api, branch: Branch) -> None:
    for path in (f"stock-levels/branch/{branch.pk}", "stock-levels/low-stock", "movements", "items", "scan/1"):
        answer = customer.get(f"inventory/{path}")
        assert (answer.status_code, answer.body["code"]) == (403, "FORBIDDEN")


def test_low_stock_is_what_is_available_at_or_below_the_reorder_level(manager: Api, branch: Branch) -> None:
    stocked(6, branch, name="above", reorder_level=5)
    stocked(5, branch, name="at", reorder_level=5)
    stocked(4, branch, name="below", reorder_level=5)
    promise(stocked(7, branch, name="promised", reorder_level=5), branch, 2)
    stocked(1, branch, name="retired", reorder_level=5, is_active=False)
    take(stocked(1, branch, name="gone", reorder_level=0), branch, 1)

    answer = manager.get("inventory/stock-levels/low-stock")

    assert names(answer) == ["at", "below", "gone", "promised"]


def test_low_stock_of_one_branch(admin: Api, branch: Branch, other_branch: Branch) -> None:
    stocked(1, branch, name="here", reorder_level=5)
    stocked(1, other_branch, name="there", reorder_level=5)

    assert names(admin.get("inventory/stock-levels/low-stock")) == ["here", "there"]
    assert names(admin.get(f"inventory/stock-levels/low-stock?branchId={branch.pk}")) == ["here"]


def test_low_stock_counts_with_the_largest_reorder_level(manager: Api, branch: Branch) -> None:
    promise(stocked(3, branch, name="hoarded", reorder_level=2**31 - 1), branch, 2)

    answer = manager.get("inventory/stock-levels/low-stock")

    assert answer.status_code == 200
    assert names(answer) == ["hoarded"]


@pytest.mark.parametrize("query", ["branchId=1", "branchId=", "colour=red"])
def test_low_stock_refuses_a_parameter_that_is_none(manager: Api, query: str) -> None:
    answer = manager.get(f"inventory/stock-levels/low-stock?{query}")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [row["field"] for row in answer.body["details"]] == [query.partition("=")[0]]


def test_low_stock_is_told_once_for_each_crossing(branch: Branch) -> None:
    item = stocked(8, branch, reorder_level=5)

    take(item, branch, 2)
    need = promise(item, branch, 2)
    take(item, branch, 1)
    release("test", [need.source_id], actor=SYSTEM)
    record_movement(MovementRequest(item.pk, MovementType.IN, 5, to_branch_id=branch.pk), actor=SYSTEM)
    take(item, branch, 6)

    told = Event.objects.filter(type="inventory.stock_low").order_by("created_at", "id")
    assert [(event.payload["available"], event.payload["reorder_level"]) for event in told] == [(4, 5), (4, 5)]
    assert {event.aggregate_id for event in told} == {item.pk}


def test_explanation_names_every_movement_and_reservation(manager: Api, branch: Branch, other_branch: Branch) -> None:
    item = stocked(10, branch)
    move = {"from_branch_id": branch.pk, "to_branch_id": other_branch.pk}
    record_movement(MovementRequest(item.pk, MovementType.TRANSFER, 4, **move), actor=SYSTEM)
    counted = MovementRequest(
        item.pk, MovementType.ADJUSTMENT, counted_quantity=5, to_branch_id=branch.pk, notes="one is broken"
    )
    record_movement(counted, actor=SYSTEM)
    given, kept = promise(item, branch, 1), promise(item, branch, 2)
    issue("test", [given.source_id], actor=SYSTEM)
    level = StockLevel.objects.get(item=item, branch=branch)

    answer = manager.get(f"inventory/stock-levels/{level.pk}/explain")

    data = answer.body["data"]
    assert (data["openingBalance"], data["quantity"], data["reserved"], data["available"]) == (0, 4, 2, 2)
    assert [(row["movementType"], row["change"], row["balance"]) for row in data["movements"]] == [
        ("IN", 10, 10),
        ("TRANSFER", -4, 6),
        ("ADJUSTMENT", -1, 5),
        ("OUT", -1, 4),
    ]
    assert data["movements"][2]["notes"] == "one is broken"
    assert data["movements"][3]["repairOrderId"] == str(given.document_id)
    assert data["movements"][3]["createdBy"] == {"kind": "system", "id": None, "name": "test"}
    assert [(row["sourceId"], row["quantity"], row["documentLabel"]) for row in data["reservations"]] == [
        (str(kept.source_id), 2, "R-1")
    ]
    assert data["level"]["branch"]["code"] == "HAR"


def test_explanation_tells_value_units_and_what_is_on_its_way(
    manager: Api, branch: Branch, other_branch: Branch
) -> None:
    item = stocked(2, branch, sku="P", tracks_serials=True)
    out = MovementRequest(item.pk, MovementType.OUT, 1, from_branch_id=branch.pk, serials=["P-2"])
    gone = record_movement(out, actor=SYSTEM)
    transfer = Transfer.objects.create(
        number="T-2026-000007", from_branch=other_branch, to_branch=branch, status="sent", actor_kind="system"
    )
    TransferLine.objects.create(transfer=transfer, item=item, position=1, quantity=5, received=2)
    level = StockLevel.objects.get(item=item, branch=branch)

    data = manager.get(f"inventory/stock-levels/{level.pk}/explain").body["data"]

    assert [(row["change"], row["valueChange"], row["serials"]) for row in data["movements"]] == [
        (2, "16.0000", ["P-1", "P-2"]),
        (-1, "-8.0000", ["P-2"]),
    ]
    assert data["movements"][1]["id"] == str(gone.pk)
    assert data["expected"] == [
        {"documentType": "transfer", "documentId": str(transfer.pk), "number": "T-2026-000007", "quantity": 3}
    ]


def test_explanation_goes_back_as_far_as_there_are_movements(manager: Api, branch: Branch) -> None:
    item = stocked(1, branch)
    for units in (2, 3, 4):
        record_movement(MovementRequest(item.pk, MovementType.IN, units, to_branch_id=branch.pk), actor=SYSTEM)
    level = StockLevel.objects.get(item=item)

    latest = explain(level.pk, actor=SYSTEM, most=2)
    older = explain(level.pk, actor=SYSTEM, most=2, before=latest.entries[0].movement.pk)
    over_http = manager.get(f"inventory/stock-levels/{level.pk}/explain?before={latest.entries[0].movement.pk}")
    unknown = manager.get(f"inventory/stock-levels/{level.pk}/explain?before={new_id()}")

    assert ([entry.balance for entry in latest.entries], latest.opening, latest.left_out) == ([6, 10], 3, 2)
    assert ([entry.balance for entry in older.entries], older.opening, older.left_out) == ([1, 3], 0, 0)
    assert [row["balance"] for row in over_http.body["data"]["movements"]] == [1, 3]
    assert (unknown.status_code, unknown.body["code"]) == (404, "NOT_FOUND")


def test_explanation_shows_a_number_that_does_not_add_up(manager: Api, branch: Branch) -> None:
    item = stocked(10, branch)
    StockLevel.objects.filter(item=item).update(quantity=9)
    level = StockLevel.objects.get(item=item)

    data = manager.get(f"inventory/stock-levels/{level.pk}/explain").body["data"]

    assert (data["quantity"], data["movements"][-1]["balance"]) == (9, 10)


def test_order_with_a_part_shows_in_levels_and_movements(manager: Api, branch: Branch) -> None:
    item = stocked(3, branch)

    taken = order(branch, lines=[line(item, quantity=2)], status="in_progress>completed")

    (row,) = manager.get(f"inventory/stock-levels/branch/{branch.pk}").body["data"]["items"]
    assert (row["quantity"], row["reserved"], row["available"]) == (1, 0, 1)
    (moved,) = manager.get(f"inventory/movements?repairOrderId={taken.pk}").body["data"]["items"]
    assert (moved["movementType"], moved["quantity"], moved["balanceAfter"]) == ("OUT", 2, {str(branch.pk): 1})
    assert moved["referenceNumber"] == taken.order_number


def test_item_that_was_never_there_has_no_level(admin: Api) -> None:
    item = ItemFactory()

    answer = admin.get(f"inventory/stock-levels/items/{item.pk}")

    assert answer.body["data"]["items"] == []
