"""Several devices in one visit: an order each, all or none, and what they come to together."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from apps.accounts.services import merge_customers
from apps.inventory.models import Branch
from apps.repairs.models import DropOff, RepairOrder
from apps.repairs.services import DropOffRequest, LineRequest, create_drop_off
from tests.conftest import Api
from tests.factories import (
    CustomerFactory,
    DeviceModelFactory,
    RepairTypeFactory,
    UserFactory,
    member,
    stock_of,
    stocked,
)
from tests.inventory.killing import every_statement_killed
from tests.racing import kinds, race
from tests.repairs.contract import SYSTEM, books, fresh_id, intake_body, item_body, named

pytestmark = pytest.mark.django_db(transaction=True)


def device(**changes: Any) -> dict[str, Any]:
    body = intake_body(None, **changes)
    del body["customerId"]
    return body


def visit(branch: Branch | None, *devices: dict[str, Any], **changes: Any) -> dict[str, Any]:
    place = {"branchId": str(branch.pk)} if branch else {}
    return {"customerId": str(CustomerFactory().pk), **place, "devices": list(devices), **changes}


def test_each_device_is_an_order_and_all_are_one_visit(manager: Api, branch: Branch) -> None:
    body = visit(branch, device(deviceImei="490154203237518"), device(depositPaid="30.00"), id=fresh_id())

    answer = manager.post("drop-offs", body)

    data = answer.body["data"]
    assert (answer.status_code, data["id"], data["number"][:2], data["number"][-7:]) == (
        201,
        body["id"],
        "D-",
        "-000001",
    )
    assert (data["currency"], data["totalPrice"], data["paid"], data["balance"]) == ("USD", "200.00", "30.00", "170.00")
    orders = RepairOrder.objects.filter(drop_off_id=body["id"])
    assert sorted(row["id"] for row in data["orders"]) == sorted(str(order.pk) for order in orders)
    assert {str(order.customer_id) for order in orders} == {body["customerId"]}
    assert {order.branch_id for order in orders} == {branch.pk}
    listed = manager.get(f"drop-offs?customerId={body['customerId']}&branchId={branch.pk}").body["data"]["items"]
    assert [row["id"] for row in listed] == [body["id"]]
    assert manager.get(f"drop-offs/{body['id']}").body["data"] == data
    again = manager.post("drop-offs", body)
    assert (again.status_code, again.body["code"], DropOff.objects.count()) == (409, "DUPLICATE_ERROR", 1)


def test_visit_is_found_by_number_and_customer(manager: Api, branch: Branch) -> None:
    made = manager.post("drop-offs", visit(branch, device())).body["data"]
    name = made["customer"]["lastName"]

    found = {
        text: len(manager.get(f"drop-offs?q={text}").body["data"]["items"]) for text in (made["number"], name, "zzz")
    }

    assert found == {made["number"]: 1, name: 1, "zzz": 0}


@pytest.mark.parametrize(
    ("second", "field", "code"),
    [
        ({"items": []}, "devices.1.items", "empty"),
        ({"issueDescription": ...}, "devices.1.issueDescription", "required"),
        ({"deviceImei": "490154203237519"}, "devices.1.deviceImei", "invalid_imei"),
        ({"customerId": "x"}, "devices.1.customerId", "unknown_field"),
        ({"depositPaid": "100.01"}, "devices.1.depositPaid", "max_value"),
        ({"devicePassword": "12a4", "devicePasswordKind": "digits"}, "devices.1.devicePassword", "invalid"),
    ],
)
def test_one_wrong_device_is_named_and_none_is_taken_in(
    manager: Api, branch: Branch, second: dict[str, Any], field: str, code: str
) -> None:
    wrong = device()
    wrong = {name: value for name, value in {**wrong, **second}.items() if value is not ...}
    body = visit(branch, device(), wrong)
    before = books()

    answer = manager.post("drop-offs", body)

    assert (answer.status_code, named(answer)) == (400, [(field, code)])
    assert (books(), DropOff.objects.count()) == (before, 0)


def test_line_that_names_nothing_is_named_by_its_device(manager: Api, branch: Branch) -> None:
    body = visit(branch, device(), device(items=[item_body(), item_body(repairTypeId=fresh_id())]))

    answer = manager.post("drop-offs", body)

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert named(answer) == [("devices.1.items.1.repairTypeId", "does_not_exist")]
    assert RepairOrder.objects.count() == 0


def test_visit_has_one_to_twenty_devices(manager: Api, branch: Branch) -> None:
    answers = [manager.post("drop-offs", visit(branch, *[{}] * number)) for number in (0, 21)]

    assert [named(answer)[0][0] for answer in answers] == ["devices", "devices"]
    assert DropOff.objects.count() == 0


def test_device_is_added_to_a_visit_by_both_doors(manager: Api, branch: Branch) -> None:
    made = manager.post("drop-offs", visit(branch, device())).body["data"]
    as_order = intake_body(branch, customerId=made["customerId"], dropOffId=made["id"])

    added = manager.post(f"drop-offs/{made['id']}/orders", device())
    taken_in = manager.post("repairs", as_order)
    foreign = manager.post("repairs", intake_body(branch, dropOffId=made["id"]))

    assert [answer.status_code for answer in (added, taken_in, foreign)] == [201, 201, 400]
    assert [answer.body["data"]["dropOffId"] for answer in (added, taken_in)] == [made["id"]] * 2
    assert named(foreign) == [("dropOffId", "does_not_exist")]
    assert manager.get(f"drop-offs/{made['id']}").body["data"]["totalPrice"] == "300.00"


def test_order_of_a_visit_stays_its_customers(manager: Api, branch: Branch) -> None:
    made = manager.post("drop-offs", visit(branch, device())).body["data"]
    path = f"repairs/{made['orders'][0]['id']}"

    answer = manager.patch(path, {"customerId": str(CustomerFactory().pk)})
    same = manager.patch(path, {"customerId": made["customerId"], "priority": "urgent"})

    assert (answer.status_code, same.status_code) == (409, 200)


def test_who_sees_a_visit(branch: Branch, other_branch: Branch) -> None:
    owner, technician = CustomerFactory(user=UserFactory(role="customer")), member("technician", branch)
    manager = Api(member("manager", branch))
    made = manager.post("drop-offs", visit(branch, device(), customerId=str(owner.pk))).body["data"]
    RepairOrder.objects.update(technician=technician)
    callers = {
        "seller": Api(member("seller", branch)), "customer": Api(owner.user), "technician": Api(technician),
        "elsewhere": Api(member("manager", other_branch)), "nobody": Api(),
    }  # fmt: skip

    seen = {who: api.get(f"drop-offs/{made['id']}").status_code for who, api in callers.items()}
    added = {who: api.post(f"drop-offs/{made['id']}/orders", device()).status_code for who, api in callers.items()}

    assert seen == {"seller": 200, "customer": 200, "technician": 404, "elsewhere": 404, "nobody": 401}
    assert added == {"seller": 201, "customer": 403, "technician": 403, "elsewhere": 404, "nobody": 401}


def test_merged_customer_takes_their_visits_along(manager: Api, branch: Branch) -> None:
    made = manager.post("drop-offs", visit(branch, device())).body["data"]
    target = CustomerFactory()

    merge_customers(UUID(made["customerId"]), target.pk, actor=SYSTEM)

    assert DropOff.objects.get().customer_id == target.pk
    assert RepairOrder.objects.get().customer_id == target.pk


def requested(branch: Branch, part: Any) -> DropOffRequest:
    lines = [LineRequest(RepairTypeFactory().pk, unit_price=Decimal("10.00"), item_id=part.pk)]
    fields = {"issue_description": "dead", "items": lines}
    devices = [{"device_model_id": DeviceModelFactory().pk, **fields} for _ in range(2)]
    return DropOffRequest(CustomerFactory().pk, devices, branch.pk)


def test_killed_visit_leaves_nothing(branch: Branch) -> None:
    part = stocked(5, branch)
    request = requested(branch, part)

    every_statement_killed(lambda: create_drop_off(request, actor=SYSTEM))

    assert (DropOff.objects.count(), RepairOrder.objects.count(), stock_of(part, branch)) == (1, 2, (5, 2))


@pytest.mark.postgresql
def test_visits_at_once_have_numbers_of_their_own(branch: Branch) -> None:
    part = stocked(9, branch)
    requests = [requested(branch, part) for _ in range(4)]

    outcomes = race(*[lambda one=one: create_drop_off(one, actor=SYSTEM) for one in requests])

    assert kinds(outcomes) == {"DropOff": 4}
    assert sorted(number[-6:] for number in DropOff.objects.values_list("number", flat=True)) == [
        "000001", "000002", "000003", "000004",
    ]  # fmt: skip
    assert stock_of(part, branch) == (9, 8)


def test_orders_of_a_visit_stand_as_its_devices_were_named(manager: Api, branch: Branch) -> None:
    words = [f"device {number}" for number in range(5)]

    made = manager.post("drop-offs", visit(branch, *[device(deviceSerial=one) for one in words])).body["data"]
    manager.post(f"drop-offs/{made['id']}/orders", device(deviceSerial="one more"))
    read = manager.get(f"drop-offs/{made['id']}").body["data"]
    (listed,) = manager.get("drop-offs").body["data"]["items"]

    assert [one["deviceSerial"] for one in made["orders"]] == words
    assert [[one["deviceSerial"] for one in found["orders"]] for found in (read, listed)] == [[*words, "one more"]] * 2
