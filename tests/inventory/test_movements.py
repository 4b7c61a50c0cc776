"""Each kind of movement over HTTP: its effect, and each refusal that leaves everything as it was."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory import services
from apps.inventory.models import Branch, Item, StockLevel, StockMovement
from tests.conftest import Api
from tests.factories import BranchFactory, ItemFactory, stock_of
from tests.inventory.books import HERE, THERE, books, move

SYSTEM = Actor.system("test")


EFFECTS: list[tuple[dict[str, Any], int, int, int]] = [
    # body, booked quantity, on hand here (10 before) and there (3 before)
    ({"movementType": "IN", "quantity": 4, "toBranchId": HERE}, 4, 14, 3),
    ({"movementType": "RETURN", "quantity": 1, "toBranchId": THERE}, 1, 10, 4),
    ({"movementType": "OUT", "quantity": 8, "fromBranchId": HERE}, 8, 2, 3),
    ({"movementType": "TRANSFER", "quantity": 3, "fromBranchId": THERE, "toBranchId": HERE}, 3, 13, 0),
    ({"movementType": "TRANSFER", "quantity": 8, "fromBranchId": HERE, "toBranchId": THERE}, 8, 2, 11),
    ({"movementType": "ADJUSTMENT", "quantity": 5, "toBranchId": HERE, "notes": "found"}, 5, 15, 3),
    ({"movementType": "ADJUSTMENT", "quantity": -8, "toBranchId": HERE, "notes": "broken"}, -8, 2, 3),
    ({"movementType": "ADJUSTMENT", "countedQuantity": 7, "toBranchId": HERE, "notes": "count"}, -3, 7, 3),
    ({"movementType": "ADJUSTMENT", "countedQuantity": 12, "toBranchId": HERE, "notes": "count"}, 2, 12, 3),
    ({"movementType": "ADJUSTMENT", "countedQuantity": 10, "toBranchId": HERE, "notes": "right"}, 0, 10, 3),
    ({"movementType": "ADJUSTMENT", "countedQuantity": 0, "toBranchId": THERE, "notes": "gone"}, -3, 10, 0),
]


@pytest.mark.parametrize(("body", "booked", "here", "there"), EFFECTS, ids=str)
def test_movement_changes_what_is_on_hand(
    admin: Api,
    branch: Branch,
    other_branch: Branch,
    item: Item,
    body: dict[str, Any],
    booked: int,
    here: int,
    there: int,
) -> None:
    ids = {HERE: str(branch.pk), THERE: str(other_branch.pk)}

    answer = move(admin, item, body["movementType"], {name: ids.get(value, value) for name, value in body.items()})

    assert answer.status_code == 201
    assert answer.body["data"]["quantity"] == booked
    told = {HERE: here, THERE: there}
    assert answer.body["data"]["balanceAfter"] == {ids[name]: told[name] for name in told if name in body.values()}
    assert stock_of(item, branch) == (here, 2)
    assert stock_of(item, other_branch) == (there, 0)
    assert services.verify_stock() == []


def test_movement_is_answered_in_full(manager: Api, branch: Branch, item: Item) -> None:
    answer = move(
        manager,
        item,
        "IN",
        {
            "quantity": 2,
            "toBranchId": str(branch.pk),
            "unitPrice": 7.5,
            "referenceNumber": "PO-9",
            "notes": "from the wholesaler",
        },
    )

    data = answer.body["data"]
    times = {data.pop("createdAt"), data.pop("updatedAt")}
    assert all(time.endswith("Z") and len(time) == 27 for time in times)
    assert data == {
        "id": data["id"],
        "inventoryItemId": str(item.pk),
        "inventoryItem": {"id": str(item.pk), "name": "Display", "sku": "LCD-1"},
        "movementType": "IN",
        "quantity": 2,
        "unitPrice": "7.50",
        "currency": "USD",
        "fromBranchId": None,
        "toBranchId": str(branch.pk),
        "balanceAfter": {str(branch.pk): 12},
        "referenceNumber": "PO-9",
        "notes": "from the wholesaler",
        "unitCost": "7.5000",
        "repairOrderId": None,
        "documentType": None,
        "documentId": None,
        "reversesId": None,
        "serials": [],
        "createdBy": {"kind": "user", "id": str(manager.user.pk), "name": manager.user.get_full_name()},
    }
    assert manager.get(f"inventory/movements/{data['id']}").body["data"]["quantity"] == 2


def test_movement_is_an_event(manager: Api, branch: Branch, item: Item) -> None:
    answer = move(manager, item, "OUT", {"quantity": 1, "fromBranchId": str(branch.pk)})

    event = Event.objects.get(type="inventory.movement_recorded", actor_id=manager.user.pk)
    assert event.aggregate_id == item.pk
    assert event.payload == {
        "movement_id": answer.body["data"]["id"],
        "movement_type": "OUT",
        "quantity": 1,
        "from_branch_id": str(branch.pk),
        "to_branch_id": None,
        "repair_order_id": None,
    }


TOO_MUCH: list[tuple[str, dict[str, Any], str]] = [
    ("OUT", {"quantity": 9, "fromBranchId": HERE}, "Only 8 available, 9 asked for."),
    ("TRANSFER", {"quantity": 9, "fromBranchId": HERE, "toBranchId": THERE}, "Only 8 available, 9 asked for."),
    ("TRANSFER", {"quantity": 4, "fromBranchId": THERE, "toBranchId": HERE}, "Only 3 available, 4 asked for."),
    ("ADJUSTMENT", {"quantity": -9, "toBranchId": HERE, "notes": "lost"}, "Only 8 available, 9 asked for."),
    ("ADJUSTMENT", {"countedQuantity": 1, "toBranchId": HERE, "notes": "count"}, "Only 8 available, 9 asked for."),
]


@pytest.mark.parametrize(("kind", "body", "message"), TOO_MUCH, ids=str)
def test_movement_beyond_what_is_available_is_refused(
    admin: Api, branch: Branch, other_branch: Branch, item: Item, kind: str, body: dict[str, Any], message: str
) -> None:
    ids = {HERE: str(branch.pk), THERE: str(other_branch.pk)}
    before = books()

    answer = move(admin, item, kind, {name: ids.get(value, value) for name, value in body.items()})

    assert (answer.status_code, answer.body["code"]) == (409, "INSUFFICIENT_STOCK")
    assert (answer.body["error"], answer.body["details"]) == (message, [])
    assert books() == before


def test_movement_from_a_branch_that_never_held_the_item_is_refused(admin: Api, branch: Branch) -> None:
    part = ItemFactory()
    before = books()

    answer = move(admin, part, "OUT", {"quantity": 1, "fromBranchId": str(branch.pk)})

    assert (answer.status_code, answer.body["code"]) == (409, "INSUFFICIENT_STOCK")
    assert books() == before


SHAPES: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("IN", {"quantity": 1}, [("toBranchId", "required")]),
    ("OUT", {"quantity": 1}, [("fromBranchId", "required")]),
    ("TRANSFER", {"quantity": 1, "fromBranchId": HERE, "toBranchId": HERE}, [("toBranchId", "same_branch")]),
    ("IN", {"quantity": 1, "fromBranchId": HERE, "toBranchId": HERE}, [("fromBranchId", "not_allowed")]),
    ("IN", {"countedQuantity": 1, "quantity": 1, "toBranchId": HERE}, [("countedQuantity", "not_allowed")]),
    ("ADJUSTMENT", {"quantity": 1, "toBranchId": HERE}, [("notes", "required")]),
    ("ADJUSTMENT", {"toBranchId": HERE, "notes": "?"}, [("countedQuantity", "required")]),
    ("ADJUSTMENT", {"countedQuantity": -1, "toBranchId": HERE, "notes": "?"}, [("countedQuantity", "min_value")]),
    ("ADJUSTMENT", {"countedQuantity": 2**31, "toBranchId": HERE, "notes": "?"}, [("countedQuantity", "max_value")]),
    ("LOSS", {"quantity": 1, "toBranchId": HERE}, [("movementType", "invalid_choice")]),
    ("IN", {"quantity": 1, "toBranchId": "harbour"}, [("toBranchId", "invalid")]),
    ("IN", {"quantity": 1, "toBranchId": 7}, [("toBranchId", "invalid")]),
    ("IN", {"quantity": 1, "toBranchId": HERE, "colour": "red"}, [("colour", "unknown_field")]),
    ("IN", {"quantity": 1, "toBranchId": HERE, "unitPrice": "7.505"}, [("unitPrice", "invalid")]),
    ("IN", {"quantity": 1, "toBranchId": HERE, "unitPrice": "-1"}, [("unitPrice", "min_value")]),
    ("IN", {"quantity": 1, "toBranchId": HERE, "notes": "x" * 1001}, [("notes", "max_length")]),
    ("IN", {"quantity": 1, "toBranchId": HERE, "referenceNumber": "x" * 101}, [("referenceNumber", "max_length")]),
    ("IN", {"quantity": 1, "toBranchId": HERE, "id": "1"}, [("id", "invalid")]),
]


@pytest.mark.parametrize(("kind", "body", "wrong"), SHAPES, ids=str)
def test_movement_without_what_its_kind_needs_is_refused(
    admin: Api, branch: Branch, item: Item, kind: str, body: dict[str, Any], wrong: list[tuple[str, str]]
) -> None:
    before = books()

    answer = move(admin, item, kind, {name: str(branch.pk) if value == HERE else value for name, value in body.items()})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == wrong
    assert books() == before


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        (0, "min_value"), (-1, "min_value"), (True, "invalid"), (1.5, "invalid"), ("two", "invalid"), ("", "invalid"),
        (None, "required"), ([], "invalid"), ({}, "invalid"), (1_000_001, "max_value"), (2**31, "max_value"),
        (2**63, "max_value"), (-(2**63), "min_value"), (10**40, "max_value"), ("9" * 2000, "max_string_length"),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_movement_of_a_quantity_that_is_none_is_refused(
    admin: Api, branch: Branch, item: Item, quantity: Any, code: str
) -> None:
    before = books()

    answer = move(admin, item, "IN", {"quantity": quantity, "toBranchId": str(branch.pk)})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [("quantity", code)]
    assert books() == before


def test_stock_that_would_grow_beyond_what_can_be_stored_is_refused(admin: Api, branch: Branch, item: Item) -> None:
    StockLevel.objects.filter(item=item, branch=branch).update(quantity=1_999_999_999)
    before = books()

    answer = move(admin, item, "IN", {"quantity": 2, "toBranchId": str(branch.pk)})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [("quantity", "max_value")]
    assert books() == before


@pytest.mark.parametrize("field", ["inventoryItemId", "toBranchId", "repairOrderId"])
def test_movement_that_names_what_does_not_exist_is_refused(admin: Api, branch: Branch, item: Item, field: str) -> None:
    before = books()

    answer = move(admin, item, "IN", {"quantity": 1, "toBranchId": str(branch.pk)} | {field: str(new_id())})

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [(field, "does_not_exist")]
    assert books() == before


def test_movement_sent_again_with_its_idempotency_key_is_booked_once(manager: Api, branch: Branch, item: Item) -> None:
    body = {"quantity": 1, "fromBranchId": str(branch.pk)}

    first = move(manager, item, "OUT", body, **{"Idempotency-Key": "till-7"})
    again = move(manager, item, "OUT", body, **{"Idempotency-Key": "till-7"})
    other = move(manager, item, "OUT", body | {"quantity": 2}, **{"Idempotency-Key": "till-7"})

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.body["code"] == "IDEMPOTENCY_MISMATCH"
    assert stock_of(item, branch) == (9, 2)


def test_movement_with_a_client_made_id_is_booked_once(manager: Api, branch: Branch, item: Item) -> None:
    body = {"id": str(new_id()), "quantity": 1, "fromBranchId": str(branch.pk)}
    first = move(manager, item, "OUT", body)
    before = books()

    again = move(manager, item, "OUT", body)

    assert first.body["data"]["id"] == body["id"]
    assert (again.status_code, again.body["code"]) == (409, "DUPLICATE_ERROR")
    assert books() == before
    assert stock_of(item, branch) == (9, 2)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_movement_cannot_be_changed_over_http(admin: Api, item: Item, method: str) -> None:
    movement = StockMovement.objects.earliest("created_at")
    before = books()

    answer = admin.request(method, f"inventory/movements/{movement.pk}", {"quantity": 1})

    assert (answer.status_code, answer.body["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert books() == before


@pytest.mark.parametrize("what", ["update", "delete"])
def test_movement_cannot_be_changed_in_the_database(item: Item, what: str) -> None:
    rows = StockMovement.objects.filter(item=item)
    before = books()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(quantity=99) if what == "update" else rows._raw_delete(rows.db)

    assert books() == before


@pytest.mark.parametrize(
    "fields", [{"quantity": -1, "reserved": 0}, {"quantity": 1}, {"reserved": -1}, {"reserved": 11}]
)
def test_database_holds_the_bounds_of_a_level(item: Item, branch: Branch, fields: dict[str, int]) -> None:
    level = StockLevel.objects.filter(item=item, branch=branch)

    with pytest.raises(IntegrityError, match="inventory_"), transaction.atomic():
        level.update(**fields)

    assert stock_of(item, branch) == (10, 2)


def test_first_movement_of_an_item_at_a_branch_makes_its_level(admin: Api, item: Item) -> None:
    elsewhere = BranchFactory()

    answer = move(admin, item, "IN", {"quantity": 1, "toBranchId": str(elsewhere.pk)})

    assert answer.body["data"]["balanceAfter"] == {str(elsewhere.pk): 1}
    assert stock_of(item, elsewhere) == (1, 0)
