"""PATCH of an order: corrections of the intake, and entity tags."""

from __future__ import annotations

from typing import Any

import pytest

from apps.inventory.models import Branch
from apps.repairs.models import DeviceSecret, RepairOrder
from tests.conftest import Api
from tests.factories import CustomerFactory, DeviceModelFactory, UserFactory, line, member, order, stocked
from tests.repairs.contract import WAY_TO, books, events_of, fresh_id, item_body, named


def test_fields_of_the_intake_are_corrected(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    customer, model = CustomerFactory(), DeviceModelFactory()
    changes = {
        "customerId": str(customer.pk),
        "deviceModelId": str(model.pk),
        "deviceImei": "490154203237518",
        "deviceSerial": "SN-9",
        "priority": "urgent",
        "issueDescription": "battery",
        "cosmeticCondition": "dent",
        "accessories": "a case",
        "estimatedCompletion": "2030-01-01T00:00:00.000000Z",
    }

    answer = manager.patch(f"repairs/{taken_in.pk}", changes)

    assert answer.status_code == 200
    assert {name: answer.body["data"][name] for name in changes} == changes
    assert events_of(taken_in, "repairs.order_changed") == [
        {
            "changed": [
                "accessories", "cosmetic_condition", "customer_id", "device_imei", "device_model_id", "device_serial",
                "estimated_completion", "issue_description", "priority",
            ]
        }
    ]  # fmt: skip
    assert answer.body["data"]["orderNumber"] == taken_in.order_number


def test_a_corrected_device_is_found_by_its_new_number(manager: Api, branch: Branch) -> None:
    taken_in = order(branch, device_serial="OLD-1")

    manager.patch(f"repairs/{taken_in.pk}", {"deviceSerial": "NEW-2"})

    assert [len(manager.get(f"repairs?q={text}").body["data"]["items"]) for text in ("OLD-1", "new-2")] == [0, 1]


@pytest.mark.parametrize(
    "changes", [{}, {"priority": "normal", "deviceSerial": "SN"}, {"devicePassword": ""}, {"deviceSerial": " SN "}]
)
def test_a_correction_that_corrects_nothing_writes_nothing(
    manager: Api, branch: Branch, changes: dict[str, Any]
) -> None:
    taken_in = order(branch, device_serial="SN")
    before = books()

    answer = manager.patch(f"repairs/{taken_in.pk}", changes)

    assert answer.status_code == 200
    assert books() == before


def test_an_order_may_be_sent_back_as_it_was_answered(manager: Api, branch: Branch) -> None:
    taken_in = order(branch, lines=[line(stocked(1, branch))])
    answered = manager.get(f"repairs/{taken_in.pk}").body["data"]
    before = books()

    answer = manager.patch(f"repairs/{taken_in.pk}", answered)

    assert (answer.status_code, answer.body["data"]) == (200, answered)
    assert books() == before


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"customerId": fresh_id()}, "customerId", "does_not_exist"),
        ({"customerId": None}, "customerId", "null"),
        ({"deviceModelId": fresh_id()}, "deviceModelId", "does_not_exist"),
        ({"deviceImei": "1"}, "deviceImei", "invalid_imei"),
        ({"issueDescription": ""}, "issueDescription", "blank"),
        ({"priority": "soon"}, "priority", "invalid_choice"),
        ({"status": "completed"}, "status", "read_only"),
        ({"orderNumber": "R-1"}, "orderNumber", "read_only"),
        ({"branchId": fresh_id()}, "branchId", "read_only"),
        ({"totalPrice": "1.00"}, "totalPrice", "read_only"),
        ({"paid": "100.00"}, "paid", "read_only"),
        ({"items": []}, "items", "read_only"),
        ({"id": fresh_id()}, "id", "read_only"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"externalReference": "x"}, "externalReference", "unknown_field"),
    ],
)
def test_a_wrong_correction_is_named_and_nothing_changes(
    manager: Api, branch: Branch, changes: dict[str, Any], field: str, code: str
) -> None:
    taken_in = order(branch)
    before = books()

    answer = manager.patch(f"repairs/{taken_in.pk}", {"deviceSerial": "X", **changes})

    assert (answer.status_code, named(answer)) == (400, [(field, code)])
    assert books() == before


@pytest.mark.parametrize(
    ("role", "open_statuses"),
    [
        ("admin", set(WAY_TO) - {"delivered"}),
        ("manager", set(WAY_TO) - {"delivered"}),
        ("seller", {"pending", "awaiting_approval"}),
    ],
)
@pytest.mark.parametrize("status", WAY_TO)
def test_who_may_correct_when(branch: Branch, role: str, open_statuses: set[str], status: str) -> None:
    api, taken_in = Api(member(role, branch)), order(branch, status=WAY_TO[status])
    before = books()

    answer = api.patch(f"repairs/{taken_in.pk}", {"deviceSerial": "X"})

    if status in open_statuses:
        assert (answer.status_code, answer.body["data"]["deviceSerial"]) == (200, "X")
    else:
        assert (answer.status_code, answer.body["code"]) == (409, "CONFLICT")
        assert books() == before


def test_others_do_not_correct(branch: Branch, other_branch: Branch) -> None:
    technician, owner = member("technician", branch), CustomerFactory(user=UserFactory(role="customer"))
    taken_in = order(branch, technician=technician, customer=owner.pk)
    callers = [Api(technician), Api(owner.user), Api(member("manager", other_branch)), Api()]
    before = books()

    statuses = [api.patch(f"repairs/{taken_in.pk}", {"deviceSerial": "X"}).status_code for api in callers]

    assert statuses == [403, 403, 404, 401]
    assert books() == before


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_order_is_neither_replaced_nor_erased(admin: Api, branch: Branch, method: str) -> None:
    taken_in = order(branch)

    answer = admin.request(method, f"repairs/{taken_in.pk}", {})

    assert (answer.status_code, answer.body["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert RepairOrder.objects.count() == 1


_WRITES = {
    "edit": ("PATCH", "", {"deviceSerial": "X"}),
    "status": ("PUT", "/status", {"status": "in_progress"}),
    "note": ("POST", "/notes", {"text": "called"}),
    "payment": ("POST", "/payments", {"amount": "10", "method": "cash"}),
    "line": ("POST", "/items", None),
    "assign": ("POST", "/assign", None),
    "password": ("PATCH", "", {"devicePassword": "1"}),
}


@pytest.mark.parametrize("write", _WRITES)
def test_the_entity_tag_changes_with_each_write_and_guards_it(manager: Api, branch: Branch, write: str) -> None:
    method, path, fixed = _WRITES[write]
    taken_in = order(branch)
    url = f"repairs/{taken_in.pk}"
    made = {"line": item_body, "assign": lambda: {"technicianId": str(member("technician", branch).pk)}}
    body = fixed or made[write]()
    first = manager.get(url)["ETag"]

    answer = manager.request(method, url + path, body, If_Match=first)
    second = manager.get(url)
    before = books()
    stale = manager.request(method, url + path, body, If_Match=first)

    assert answer.status_code in {200, 201}
    assert second["ETag"] != first
    assert (stale.status_code, stale.body["code"]) == (412, "PRECONDITION_FAILED")
    assert books() == before
    assert manager.get(url, If_None_Match=second["ETag"]).status_code == 304


def test_a_password_is_replaced_and_removed_but_never_told(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)

    answers = [manager.patch(f"repairs/{taken_in.pk}", {"devicePassword": word}) for word in ("1234", "5678")]
    kept = DeviceSecret.objects.get().password
    answers.append(manager.patch(f"repairs/{taken_in.pk}", {"devicePassword": ""}))

    assert [answer.body["data"]["hasDevicePassword"] for answer in answers] == [True, True, False]
    assert kept == "5678"
    assert not DeviceSecret.objects.exists()
    assert events_of(taken_in, "repairs.order_changed") == [{"changed": ["device_password"]}] * 3
    assert all("devicePassword" not in answer.body["data"] for answer in answers)
