"""POST /repairs: what is taken, what is refused, what is then true."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from tests.conftest import Api
from tests.factories import (
    BranchFactory,
    PriceFactory,
    UserFactory,
    member,
    order,
    stocked,
)
from tests.repairs.contract import books, fresh_id, intake_body, item_body, named


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"customerId": ...}, "customerId", "required"),
        ({"customerId": None}, "customerId", "null"),
        ({"customerId": 7}, "customerId", "invalid"),
        ({"customerId": "7"}, "customerId", "invalid"),
        ({"deviceModelId": ...}, "deviceModelId", "required"),
        ({"issueDescription": ...}, "issueDescription", "required"),
        ({"issueDescription": " "}, "issueDescription", "blank"),
        ({"issueDescription": "x" * 2001}, "issueDescription", "max_length"),
        ({"cosmeticCondition": "x" * 501}, "cosmeticCondition", "max_length"),
        ({"deviceSerial": "x" * 61}, "deviceSerial", "max_length"),
        ({"devicePassword": "x" * 201}, "devicePassword", "max_length"),
        ({"devicePassword": 1234.5}, "devicePassword", "invalid"),
        ({"deviceImei": "490154203237519"}, "deviceImei", "invalid_imei"),
        ({"deviceImei": "49015420323751"}, "deviceImei", "invalid_imei"),
        ({"deviceImei": "4901542032375180"}, "deviceImei", "invalid_imei"),
        ({"deviceImei": "49015420323751A"}, "deviceImei", "invalid_imei"),
        ({"deviceImei": "٤٩٠١٥٤٢٠٣٢٣٧٥١٨"}, "deviceImei", "invalid_imei"),
        ({"priority": "soon"}, "priority", "invalid_choice"),
        ({"accessories": "x" * 501}, "accessories", "invalid_accessories"),
        ({"accessories": ["x"] * 51}, "accessories", "invalid_accessories"),
        ({"accessories": ["x" * 101]}, "accessories", "invalid_accessories"),
        ({"accessories": [1]}, "accessories", "invalid_accessories"),
        ({"accessories": {"case": 1}}, "accessories", "invalid_accessories"),
        ({"estimatedCompletion": "tomorrow"}, "estimatedCompletion", "invalid"),
        ({"depositPaid": "-1"}, "depositPaid", "min_value"),
        ({"depositPaid": "1.001"}, "depositPaid", "invalid"),
        ({"depositPaid": "100.01"}, "depositPaid", "max_value"),
        ({"depositPaid": "much"}, "depositPaid", "invalid"),
        ({"id": "0a1b2c3d-0000-4000-8000-000000000000"}, "id", "invalid"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"status": "completed"}, "status", "unknown_field"),
        ({"orderNumber": "R-2026-000001"}, "orderNumber", "unknown_field"),
        ({"customer_id": "x"}, "customer_id", "unknown_field"),
        ({"items": ...}, "items", "required"),
        ({"items": None}, "items", "null"),
        ({"items": {}}, "items", "not_a_list"),
        ({"items": []}, "items", "empty"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(
    seller: Api, branch: Branch, changes: dict[str, Any], field: str, code: str
) -> None:
    body = intake_body(branch, **changes)
    before = books()

    answer = seller.post("repairs", body)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert named(answer) == [(field, code)]
    assert books() == before


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"repairTypeId": ...}, "repairTypeId", "required"),
        ({"quantity": 0}, "quantity", "min_value"),
        ({"quantity": 10_001}, "quantity", "max_value"),
        ({"quantity": 1.5}, "quantity", "invalid"),
        ({"quantity": None}, "quantity", "null"),
        ({"unitPrice": "-0.01"}, "unitPrice", "min_value"),
        ({"unitPrice": "0.001"}, "unitPrice", "invalid"),
        ({"unitPrice": "100000000000"}, "unitPrice", "max_whole_digits"),
        ({"unitPrice": "99999999999", "quantity": 2}, "unitPrice", "max_value"),
        ({"unitPrice": ...}, "unitPrice", "required"),
        ({"discount": "-1"}, "discount", "min_value"),
        ({"discount": "100.01"}, "discount", "max_value"),
        ({"discount": "0.001"}, "discount", "invalid"),
        ({"totalPrice": "99.99"}, "totalPrice", "mismatch"),
        ({"totalPrice": "100.001"}, "totalPrice", "mismatch"),
        ({"totalPrice": "0"}, "totalPrice", "mismatch"),
        ({"price": "1"}, "price", "unknown_field"),
        ({"state": "issued"}, "state", "unknown_field"),
        ({"id": "x"}, "id", "invalid"),
    ],
)
def test_a_wrong_line_is_named_by_its_path(
    seller: Api, branch: Branch, changes: dict[str, Any], field: str, code: str
) -> None:
    body = intake_body(branch, items=[item_body(), item_body(**changes)])
    before = books()

    answer = seller.post("repairs", body)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert named(answer) == [(f"items.1.{field}", code)]
    assert books() == before


def test_several_wrong_lines_are_named_at_once(seller: Api, branch: Branch) -> None:
    body = intake_body(branch, items=[item_body(discount="200"), item_body(), item_body(totalPrice="1")])

    answer = seller.post("repairs", body)

    assert named(answer) == [("items.0.discount", "max_value"), ("items.2.totalPrice", "mismatch")]


def test_more_lines_than_an_order_has_are_refused(seller: Api, branch: Branch) -> None:
    answer = seller.post("repairs", intake_body(branch, items=[item_body()] * 101))

    assert (answer.status_code, named(answer)) == (400, [("items", "max_length")])


@pytest.mark.parametrize("field", ["repairTypeId", "partTypeId", "inventoryItemId"])
def test_a_line_with_an_unknown_reference_is_refused(seller: Api, branch: Branch, field: str) -> None:
    body = intake_body(branch, items=[item_body(), item_body(**{field: fresh_id()})])
    before = books()

    answer = seller.post("repairs", body)

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert named(answer) == [(f"items.1.{field}", "does_not_exist")]
    assert books() == before


@pytest.mark.parametrize("field", ["customerId", "deviceModelId", "branchId", "warrantyOfId"])
def test_an_unknown_reference_is_refused(seller: Api, branch: Branch, field: str) -> None:
    body = intake_body(branch, **{field: fresh_id()})
    before = books()

    answer = seller.post("repairs", body)

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert named(answer) == [(field, "does_not_exist")]
    assert books() == before


@pytest.mark.parametrize("role", ["manager", "seller"])
def test_a_foreign_branch_is_like_none(branch: Branch, other_branch: Branch, role: str) -> None:
    api = Api(member(role, branch))
    body = intake_body(other_branch)

    answer = api.post("repairs", body)

    assert (answer.status_code, named(answer)) == (400, [("branchId", "does_not_exist")])
    assert not RepairOrder.objects.exists()


def test_a_closed_branch_takes_nothing_in(admin: Api) -> None:
    answer = admin.post("repairs", intake_body(BranchFactory(is_active=False)))

    assert (answer.status_code, named(answer)) == (400, [("branchId", "does_not_exist")])


def test_without_a_branch_it_is_the_callers(seller: Api, branch: Branch, other_branch: Branch) -> None:
    answer = seller.post("repairs", intake_body(None))

    assert (answer.status_code, answer.body["data"]["branchId"]) == (201, str(branch.pk))


def test_without_a_branch_somebody_of_no_branch_must_say_one(admin: Api, branch: Branch, other_branch: Branch) -> None:
    answer = admin.post("repairs", intake_body(None))

    assert (answer.status_code, named(answer)) == (400, [("branchId", "required")])


@pytest.mark.parametrize(("role", "status"), [("technician", 403), ("customer", 403), (None, 401)])
def test_only_the_counter_takes_in(branch: Branch, role: str | None, status: int) -> None:
    user = UserFactory(role="customer") if role == "customer" else member(role, branch) if role else None
    body = intake_body(branch)

    answer = Api(user).post("repairs", body)

    assert answer.status_code == status
    assert not RepairOrder.objects.exists()


def test_a_client_may_name_its_order_and_lines(seller: Api, branch: Branch) -> None:
    order_id, line_id = fresh_id(), fresh_id()

    answer = seller.post("repairs", intake_body(branch, id=order_id, items=[item_body(id=line_id)]))

    assert answer.status_code == 201
    assert (answer.body["data"]["id"], answer.body["data"]["items"][0]["id"]) == (order_id, line_id)


def test_an_id_that_is_taken_is_a_duplicate(seller: Api, branch: Branch) -> None:
    part = stocked(5, branch)
    first = seller.post("repairs", intake_body(branch, items=[item_body(inventoryItemId=str(part.pk))])).body["data"]
    before = books()

    same_order = seller.post("repairs", intake_body(branch, id=first["id"]))
    same_line = seller.post(
        "repairs",
        intake_body(branch, items=[item_body(id=first["items"][0]["id"], inventoryItemId=str(part.pk))]),
    )
    line_id = fresh_id()
    twice = seller.post("repairs", intake_body(branch, items=[item_body(id=line_id), item_body(id=line_id)]))

    for answer in (same_order, same_line, twice):
        assert (answer.status_code, answer.body["code"]) == (409, "DUPLICATE_ERROR")
    assert books() == before


def test_a_repeated_key_replays_and_makes_one_order(seller: Api, branch: Branch) -> None:
    body = intake_body(branch, depositPaid="20")

    first = seller.post("repairs", body, Idempotency_Key="counter-1")
    again = seller.post("repairs", body, Idempotency_Key="counter-1")
    other = seller.post("repairs", {**body, "priority": "urgent"}, Idempotency_Key="counter-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.body["data"] == first.body["data"]
    assert again["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.body["code"]) == (422, "IDEMPOTENCY_MISMATCH")
    assert RepairOrder.objects.count() == 1


def test_a_line_without_a_price_takes_the_listed_one(seller: Api, branch: Branch) -> None:
    price = PriceFactory(price=Decimal("79.90"))
    items = [item_body(repairTypeId=str(price.repair_type.pk), unitPrice=..., quantity=2)]

    answer = seller.post("repairs", intake_body(branch, deviceModelId=str(price.device_model.pk), items=items))

    assert answer.status_code == 201
    assert (answer.body["data"]["items"][0]["unitPrice"], answer.body["data"]["totalPrice"]) == ("79.90", "159.80")


@pytest.mark.parametrize(("field", "empty"), [("deviceImei", None), ("deviceSerial", ""), ("cosmeticCondition", None)])
def test_optional_text_may_be_empty_in_either_form(seller: Api, branch: Branch, field: str, empty: str | None) -> None:
    answer = seller.post("repairs", intake_body(branch, **{field: empty}))

    assert answer.status_code == 201
    assert answer.body["data"][field] in {None, ""}


def test_the_longest_texts_are_kept(seller: Api, branch: Branch) -> None:
    # Each of these characters stands for eighteen when it is folded for the search.
    longest = {
        "issueDescription": "x" * 2000,
        "cosmeticCondition": "é" * 500,
        "deviceSerial": "\ufdfa" * 60,
        "devicePassword": "ü" * 200,
        "accessories": "x" * 500,
    }

    answer = seller.post("repairs", intake_body(branch, **longest))

    assert answer.status_code == 201
    data = answer.body["data"]
    assert {name: data[name] for name in longest if name != "devicePassword"} == {
        name: text for name, text in longest.items() if name != "devicePassword"
    }
    found = seller.get("repairs?q=" + "\ufdfa")
    assert [row["id"] for row in found.body["data"]["items"]] == [data["id"]]


def test_a_warranty_order_needs_a_delivered_order_of_the_same_customer(seller: Api, branch: Branch) -> None:
    delivered = order(branch, status="in_progress>completed>ready_pickup>delivered")
    running = order(branch)

    foreign = seller.post("repairs", intake_body(branch, warrantyOfId=str(delivered.pk)))
    early = seller.post(
        "repairs", intake_body(branch, customerId=str(running.customer_id), warrantyOfId=str(running.pk))
    )
    right = seller.post(
        "repairs", intake_body(branch, customerId=str(delivered.customer_id), warrantyOfId=str(delivered.pk))
    )

    assert (foreign.status_code, named(foreign)) == (400, [("warrantyOfId", "does_not_exist")])
    assert (early.status_code, early.body["code"]) == (409, "CONFLICT")
    assert (right.status_code, right.body["data"]["warrantyOfId"]) == (201, str(delivered.pk))


def test_a_warranty_order_cannot_name_an_order_outside_the_scope(
    seller: Api, branch: Branch, other_branch: Branch
) -> None:
    elsewhere = order(other_branch, status="in_progress>completed>ready_pickup>delivered")
    body = intake_body(branch, customerId=str(elsewhere.customer_id), warrantyOfId=str(elsewhere.pk))

    answer = seller.post("repairs", body)

    assert (answer.status_code, named(answer)) == (400, [("warrantyOfId", "does_not_exist")])
