"""A device that comes back: a new order that is linked to the first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder, Warranty
from tests.conftest import Api
from tests.factories import PartTypeFactory, line, member, order, stock_of, stocked
from tests.repairs.contract import WAY_TO, books, events_of, fresh_id, intake_body, item_body, named

DELIVERED = WAY_TO["delivered"]


def test_a_claim_does_what_is_covered_again_for_nothing_and_charges_the_rest(seller: Api, branch: Branch) -> None:
    part, part_type = stocked(5, branch), PartTypeFactory()
    lines = [line(part, quantity=2, part_type_id=part_type.pk), line()]
    first = order(branch, status=DELIVERED, lines=lines, device_imei="490154203237518", device_serial="SN-1")

    answer = seller.post(f"repairs/{first.pk}/warranty-claim", {"issueDescription": "broken again"})

    assert answer.status_code == 201
    data = answer.body["data"]
    same = ("customerId", "branchId", "deviceModelId")
    assert {name: data[name] for name in same} == {
        "customerId": str(first.customer_id),
        "branchId": str(branch.pk),
        "deviceModelId": str(first.device_model_id),
    }
    assert (data["deviceImei"], data["deviceSerial"]) == ("490154203237518", "SN-1")
    assert (data["warrantyOfId"], data["status"], data["totalPrice"]) == (str(first.pk), "pending", "100.00")
    assert data["orderNumber"] != first.order_number
    columns = ("quantity", "unitPrice", "discount", "totalPrice", "coveredByWarrantyId", "state")
    assert [tuple(row[name] for name in columns) for row in data["items"]] == [
        (2, "100.00", "200.00", "0.00", str(Warranty.objects.get().pk), "reserved"),
        (1, "100.00", "0.00", "100.00", None, "planned"),
    ]
    assert stock_of(part, branch) == (3, 2)
    claim = RepairOrder.objects.get(pk=data["id"])
    assert events_of(claim, "repairs.order_created")[0]["warranty_of_id"] == str(first.pk)


def test_a_claim_may_name_what_is_done_this_time(seller: Api, branch: Branch) -> None:
    first = order(branch, status=DELIVERED, device_serial="SN-1")
    body = {
        "issueDescription": "another fault", "deviceSerial": "SN-2", "priority": "urgent", "devicePassword": "1",
        "id": fresh_id(), "items": [item_body(unitPrice="15")],
    }  # fmt: skip

    data = seller.post(f"repairs/{first.pk}/warranty-claim", body).body["data"]

    assert (data["id"], data["totalPrice"], data["deviceSerial"], data["priority"], data["hasDevicePassword"]) == (
        body["id"], "15.00", "SN-2", "urgent", True,
    )  # fmt: skip


@pytest.mark.parametrize("status", [*(set(WAY_TO.values()) - {DELIVERED}), "cancelled>ready_pickup>delivered"])
def test_only_a_repaired_device_that_left_can_come_back(seller: Api, branch: Branch, status: str) -> None:
    first = order(branch, status=status)
    before = books()

    answer = seller.post(f"repairs/{first.pk}/warranty-claim", {"issueDescription": "broken"})

    assert (answer.status_code, answer.body["code"]) == (409, "CONFLICT")
    assert books() == before


@pytest.mark.parametrize("status", ["completed", "cancelled>ready_pickup>delivered"])
def test_an_intake_that_names_it_asks_the_same(seller: Api, branch: Branch, status: str) -> None:
    first = order(branch, status=WAY_TO.get(status, status))
    body = intake_body(branch, customerId=str(first.customer_id), warrantyOfId=str(first.pk))
    before = books()

    answer = seller.post("repairs", body)

    assert (answer.status_code, answer.body["code"]) == (409, "CONFLICT")
    assert books() == before


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "issueDescription", "required"),
        ({"issueDescription": "x", "items": []}, "items", "empty"),
        ({"issueDescription": "x", "customerId": fresh_id()}, "customerId", "unknown_field"),
    ],
)
def test_a_malformed_claim_is_named(seller: Api, branch: Branch, body: dict[str, Any], field: str, code: str) -> None:
    first = order(branch, status=DELIVERED)
    before = books()

    answer = seller.post(f"repairs/{first.pk}/warranty-claim", body)

    assert (answer.status_code, named(answer)) == (400, [(field, code)])
    assert books() == before


def test_who_may_not_open_a_claim(branch: Branch, other_branch: Branch) -> None:
    technician = member("technician", branch)
    first = order(branch, status=DELIVERED, technician=technician)
    callers = [Api(technician), Api(member("seller", other_branch)), Api()]
    before = books()

    answers = [api.post(f"repairs/{first.pk}/warranty-claim", {"issueDescription": "x"}) for api in callers]

    assert [answer.status_code for answer in answers] == [403, 404, 401]
    assert books() == before


def test_the_first_order_stays_as_it_was(seller: Api, branch: Branch) -> None:
    first = order(branch, status=DELIVERED, lines=[line(unit_price=Decimal("80.00"))])
    before = seller.get(f"repairs/{first.pk}").body["data"]

    seller.post(f"repairs/{first.pk}/warranty-claim", {"issueDescription": "broken again"})

    assert seller.get(f"repairs/{first.pk}").body["data"] == before
