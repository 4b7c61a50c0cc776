"""Lines that are added, changed and taken off after the intake."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.audit.services import sweep
from apps.catalog.models import PartType
from apps.inventory.models import Branch
from apps.inventory.services import verify_stock
from apps.repairs.models import RepairLine, RepairOrder
from apps.repairs.services import change_line
from tests.conftest import Api
from tests.factories import PartTypeFactory, RepairTypeFactory, line, member, order, stock_of, stocked
from tests.repairs.contract import SYSTEM, WAY_TO, books, events_of, fresh_id, item_body, named

OPEN = ["pending", "awaiting_approval", "in_progress", "waiting_parts"]
DONE = ["completed", "ready_pickup", "delivered", "cancelled"]


@pytest.mark.parametrize("status", OPEN)
@pytest.mark.parametrize("role", ["manager", "technician"])
def test_a_line_is_added_while_work_is_open(branch: Branch, role: str, status: str) -> None:
    part, user = stocked(3, branch), member(role, branch)
    taken_in = order(branch, status=WAY_TO[status], technician=user)

    body = item_body(quantity=2, unitPrice="30", inventoryItemId=str(part.pk))
    answer = Api(user).post(f"repairs/{taken_in.pk}/items", body)

    assert answer.status_code == 201
    data = answer.body["data"]
    assert (data["state"], data["quantity"], data["totalPrice"]) == ("reserved", 2, "60.00")
    taken_in.refresh_from_db()
    assert (taken_in.total, stock_of(part, branch)) == (Decimal(160), (3, 2))
    told = events_of(taken_in, "repairs.lines_changed")
    assert [(event["line_id"], event["what"], Decimal(event["total"])) for event in told] == [
        (data["id"], "added", Decimal(160))
    ]
    assert list(taken_in.lines.values_list("position", flat=True)) == [1, 2]


def test_a_part_that_is_not_there_is_backordered(manager: Api, branch: Branch) -> None:
    part = stocked(1, branch)
    taken_in = order(branch)

    answer = manager.post(f"repairs/{taken_in.pk}/items", item_body(quantity=2, inventoryItemId=str(part.pk)))

    assert (answer.status_code, answer.body["data"]["state"]) == (201, "backordered")
    assert stock_of(part, branch) == (1, 0)


@pytest.mark.parametrize("status", DONE)
@pytest.mark.parametrize("verb", ["add", "change", "remove"])
def test_lines_are_closed_once_the_work_is_done(admin: Api, branch: Branch, status: str, verb: str) -> None:
    part = stocked(5, branch)
    taken_in = order(branch, status=WAY_TO[status], lines=[line(part), line()])
    path = f"repairs/{taken_in.pk}/items"
    first = taken_in.lines.first().pk
    new = item_body()
    before = books()

    answer = {
        "add": lambda: admin.post(path, new),
        "change": lambda: admin.patch(f"{path}/{first}", {"quantity": 2}),
        "remove": lambda: admin.delete(f"{path}/{first}"),
    }[verb]()

    assert (answer.status_code, answer.body["code"]) == (409, "CONFLICT")
    assert books() == before


@pytest.mark.parametrize("verb", ["change", "remove"])
def test_an_issued_part_stays_on_its_line_during_rework(admin: Api, branch: Branch, verb: str) -> None:
    part = stocked(5, branch)
    taken_in = order(branch, status="in_progress>completed>in_progress", lines=[line(part), line()])
    path = f"repairs/{taken_in.pk}/items/{taken_in.lines.first().pk}"
    before = books()

    answer = admin.patch(path, {"quantity": 2}) if verb == "change" else admin.delete(path)

    assert (answer.status_code, answer.body["code"]) == (409, "CONFLICT")
    assert books() == before


@pytest.mark.parametrize(("status", "code"), [("pending", 201), ("awaiting_approval", 201), ("in_progress", 409)])
def test_the_counter_changes_lines_before_work_only(seller: Api, branch: Branch, status: str, code: int) -> None:
    taken_in = order(branch, status=WAY_TO[status])

    answer = seller.post(f"repairs/{taken_in.pk}/items", item_body())

    assert answer.status_code == code
    assert taken_in.lines.count() == (2 if code == 201 else 1)


def test_a_line_of_an_order_out_of_scope_is_not_found(branch: Branch, other_branch: Branch) -> None:
    technician = Api(member("technician", branch))
    foreign = [order(branch), order(other_branch)]
    before = books()

    answers = [technician.patch(f"repairs/{one.pk}/items/{one.lines.get().pk}", {"quantity": 2}) for one in foreign]
    answers += [technician.delete(f"repairs/{one.pk}/items/{one.lines.get().pk}") for one in foreign]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert books() == before


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_line_is_found_on_its_own_order_only(manager: Api, branch: Branch, method: str) -> None:
    taken_in, other = order(branch, lines=[line(), line()]), order(branch, lines=[line(), line()])
    before = books()

    answer = manager.request(method, f"repairs/{taken_in.pk}/items/{other.lines.first().pk}", {"quantity": 2})

    assert (answer.status_code, answer.body["code"]) == (404, "NOT_FOUND")
    assert books() == before


@pytest.mark.parametrize(
    ("changes", "state", "stock"),
    [
        ({"quantity": 4}, "reserved", (5, 4)),
        ({"quantity": 1}, "reserved", (5, 1)),
        ({"quantity": 6}, "backordered", (5, 0)),
        ({"unitPrice": "5"}, "reserved", (5, 2)),
        ({"inventoryItemId": None}, "planned", (5, 0)),
    ],
)
def test_a_changed_line_reserves_anew(
    manager: Api, branch: Branch, changes: dict[str, Any], state: str, stock: tuple[int, int]
) -> None:
    part = stocked(5, branch)
    taken_in = order(branch, lines=[line(part, quantity=2)])

    answer = manager.patch(f"repairs/{taken_in.pk}/items/{taken_in.lines.get().pk}", changes)

    assert (answer.status_code, answer.body["data"]["state"]) == (200, state)
    assert stock_of(part, branch) == stock
    assert verify_stock() == []


def test_another_part_releases_the_first(manager: Api, branch: Branch) -> None:
    first, second = stocked(5, branch), stocked(5, branch)
    taken_in = order(branch, lines=[line(first, quantity=2)])

    answer = manager.patch(
        f"repairs/{taken_in.pk}/items/{taken_in.lines.get().pk}", {"inventoryItemId": str(second.pk)}
    )

    assert answer.body["data"]["state"] == "reserved"
    assert (stock_of(first, branch), stock_of(second, branch)) == ((5, 0), (5, 2))
    assert verify_stock() == []


def test_a_changed_line_keeps_what_is_not_named(manager: Api, branch: Branch) -> None:
    part_type = PartTypeFactory(warranty_months=9)
    taken_in = order(branch, lines=[line(), line(part_type_id=part_type.pk, discount=Decimal(10), quantity=2)])
    before = taken_in.lines.last()

    answer = manager.patch(f"repairs/{taken_in.pk}/items/{before.pk}", {"discount": "20"})

    assert answer.status_code == 200
    data, after = answer.body["data"], taken_in.lines.last()
    assert (data["discount"], data["totalPrice"], data["warrantyMonths"]) == ("20.00", "180.00", 9)
    assert (after.pk, after.position, after.created_at) == (before.pk, before.position, before.created_at)
    assert (after.repair_type_id, after.part_type_id, after.quantity) == (before.repair_type_id, part_type.pk, 2)
    assert RepairOrder.objects.get(pk=taken_in.pk).total == Decimal(280)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"quantity": 0}, "quantity", "min_value"),
        ({"discount": "200.01"}, "discount", "max_value"),
        ({"totalPrice": "100"}, "totalPrice", "mismatch"),
        ({"unitPrice": "0.001"}, "unitPrice", "invalid"),
        ({"unitPrice": None}, "unitPrice", "null"),
        ({"repairTypeId": None}, "repairTypeId", "null"),
        ({"repairTypeId": fresh_id()}, "repairTypeId", "does_not_exist"),
        ({"inventoryItemId": fresh_id()}, "inventoryItemId", "does_not_exist"),
        ({"state": "issued"}, "state", "read_only"),
        ({"id": fresh_id()}, "id", "read_only"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_a_wrong_change_is_named_and_nothing_changes(
    manager: Api, branch: Branch, changes: dict[str, Any], field: str, code: str
) -> None:
    part = stocked(5, branch)
    taken_in = order(branch, lines=[line(part, quantity=2)])
    before = books()

    answer = manager.patch(f"repairs/{taken_in.pk}/items/{taken_in.lines.get().pk}", changes)

    assert (answer.status_code, named(answer)) == (400, [(field, code)])
    assert books() == before


def test_a_line_cannot_be_turned_into_one_of_another_order(manager: Api, branch: Branch, other_branch: Branch) -> None:
    taken_in, other = order(branch), order(other_branch)
    victim = other.lines.get()
    before = books()

    answer = manager.patch(f"repairs/{taken_in.pk}/items/{taken_in.lines.get().pk}", {"id": str(victim.pk)})

    assert (answer.status_code, named(answer)) == (400, [("id", "read_only")])
    assert books() == before


def test_the_service_keeps_the_id_of_a_line(branch: Branch) -> None:
    taken_in, other = order(branch), order(branch)
    mine, victim = taken_in.lines.get(), other.lines.get()

    changed = change_line(taken_in.pk, mine.pk, {"id": victim.pk, "quantity": 3}, actor=SYSTEM)

    assert changed.pk == mine.pk
    assert list(RepairLine.objects.order_by("order__order_number").values_list("order_id", "quantity")) == [
        (taken_in.pk, 3),
        (other.pk, 1),
    ]


def test_a_line_may_be_sent_back_as_it_was_answered(manager: Api, branch: Branch) -> None:
    taken_in = order(branch, lines=[line(stocked(1, branch))])
    answered = manager.get(f"repairs/{taken_in.pk}").body["data"]["items"][0]

    answer = manager.patch(f"repairs/{taken_in.pk}/items/{answered['id']}", answered)

    assert answer.status_code == 200
    assert {**answer.body["data"], "updatedAt": None} == {**answered, "updatedAt": None}


def test_a_removed_line_gives_its_part_to_who_waits(manager: Api, branch: Branch) -> None:
    part = stocked(1, branch)
    taken_in = order(branch, lines=[line(part), line()])
    waiting = order(branch, lines=[line(part)])
    removed = taken_in.lines.first().pk

    answer = manager.delete(f"repairs/{taken_in.pk}/items/{removed}")
    sweep()

    assert answer.status_code == 204
    taken_in.refresh_from_db()
    assert (taken_in.total, taken_in.lines.count()) == (Decimal(100), 1)
    assert [(event["line_id"], event["what"]) for event in events_of(taken_in, "repairs.lines_changed")] == [
        (str(removed), "removed")
    ]
    assert waiting.lines.get().state == "reserved"
    assert stock_of(part, branch) == (1, 1)
    assert verify_stock() == []


def test_the_last_line_stays(manager: Api, branch: Branch) -> None:
    taken_in = order(branch, lines=[line(stocked(1, branch))])
    before = books()

    answer = manager.delete(f"repairs/{taken_in.pk}/items/{taken_in.lines.get().pk}")

    assert (answer.status_code, answer.body["code"]) == (409, "CONFLICT")
    assert books() == before


def test_a_line_made_by_a_client_is_made_once(manager: Api, branch: Branch) -> None:
    part = stocked(5, branch)
    taken_in = order(branch)
    body = item_body(id=fresh_id(), inventoryItemId=str(part.pk))
    first = manager.post(f"repairs/{taken_in.pk}/items", body)
    before = books()

    again = manager.post(f"repairs/{taken_in.pk}/items", body)

    assert first.status_code == 201
    assert (again.status_code, again.body["code"]) == (409, "DUPLICATE_ERROR")
    assert books() == before


def test_a_total_that_no_column_holds_is_refused(manager: Api, branch: Branch) -> None:
    taken_in = order(branch, lines=[line(unit_price=Decimal(99_999_999_999))])
    body = item_body(repairTypeId=str(RepairTypeFactory().pk), unitPrice="99999999999")
    before = books()

    answer = manager.post(f"repairs/{taken_in.pk}/items", body)

    assert (answer.status_code, named(answer)) == (400, [("unitPrice", "max_value")])
    assert books() == before


@pytest.mark.exhaustive
def test_every_waiting_line_is_filled_when_enough_arrives(manager: Api, branch: Branch) -> None:
    part = stocked(0, branch)
    taken_in = order(branch, lines=[line(part) for _ in range(100)])
    late = order(branch, lines=[line(part), line(part, quantity=9), line(part)])
    body = {
        "inventoryItemId": str(part.pk), "movementType": "IN", "quantity": 103, "toBranchId": str(branch.pk),
    }  # fmt: skip

    manager.post("inventory/movements", body)
    sweep()

    assert set(taken_in.lines.values_list("state", flat=True)) == {"reserved"}
    assert list(late.lines.values_list("state", flat=True)) == ["reserved", "backordered", "reserved"]
    assert stock_of(part, branch) == (103, 102)


def test_what_stays_the_same_work_keeps_its_warranty(branch: Branch) -> None:
    part = PartTypeFactory(warranty_months=12)
    taken_in = order(branch, lines=[line(part_type_id=part.pk)])
    PartType.objects.filter(pk=part.pk).update(warranty_months=3)

    changed = change_line(taken_in.pk, taken_in.lines.get().pk, {"quantity": 2}, actor=SYSTEM)

    assert changed.warranty_months == 12
    other = change_line(taken_in.pk, changed.pk, {"repair_type_id": RepairTypeFactory().pk}, actor=SYSTEM)
    assert other.warranty_months == 3
