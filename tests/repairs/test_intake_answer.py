"""What an intake answers, and what it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from tests.conftest import Api
from tests.factories import CustomerFactory, DeviceModelFactory, PartTypeFactory, stock_of, stocked
from tests.repairs.contract import events_of, intake_body, item_body

IMEI = "490154203237518"


@dataclass
class TakenIn:
    """An order that was taken in over HTTP: what was sent, what was answered, and the row."""

    body: dict[str, Any]
    data: dict[str, Any]
    row: RepairOrder

    def answered(self, *names: str) -> dict[str, Any]:
        return {name: self.data[name] for name in names}


@pytest.fixture
def taken_in(seller: Api, branch: Branch) -> TakenIn:
    customer = CustomerFactory(first_name="Ada", last_name="Byron", phone="+4915112345678")
    item = {
        "partTypeId": str(PartTypeFactory(name="Display").pk),
        "quantity": 2,
        "unitPrice": "50.25",
        "discount": "0.50",
        "totalPrice": "100.00",
        "inventoryItemId": str(stocked(5, branch).pk),
    }
    body = intake_body(
        branch,
        customerId=str(customer.pk),
        deviceModelId=str(DeviceModelFactory(name="Fon 7").pk),
        deviceImei="49-015420-323751-8",
        deviceSerial="SN 1",
        devicePassword=" 1234 ",
        priority="express",
        cosmeticCondition="scratched",
        accessories=["case", "cable"],
        estimatedCompletion="2030-01-02T03:04:05+02:00",
        depositPaid="20",
        items=[item_body(**item)],
    )
    answer = seller.post("repairs", body)
    assert answer.status_code == 201
    return TakenIn(body, answer.body["data"], RepairOrder.objects.get())


def test_an_intake_answers_every_field_of_the_contract(taken_in: TakenIn) -> None:
    assert list(taken_in.data) == [
        "id", "orderNumber", "status", "priority", "customerId", "customer", "branchId", "branch", "deviceModelId",
        "deviceModel", "deviceImei", "deviceSerial", "hasDevicePassword", "issueDescription", "cosmeticCondition",
        "accessories", "estimatedCompletion", "assignedTechnicianId", "assignedTechnician", "items", "currency",
        "subtotal", "discountTotal", "taxTotal", "pricesIncludeTax", "totalPrice", "depositPaid", "paid", "credited",
        "balance", "diagnosisFee", "returnFee", "spendLimit", "approvedTotal", "outcome", "activationLock", "dropOffId",
        "statusSince", "warrantyOfId", "trackingToken", "completedAt", "deliveredAt", "createdAt", "updatedAt",
    ]  # fmt: skip


def test_an_intake_answers_what_was_sent_and_decided(taken_in: TakenIn) -> None:
    row = taken_in.row
    expected = {
        "id": str(row.pk),
        "orderNumber": f"R-{row.created_at.year}-000001",
        "status": "pending",
        "priority": "express",
        "deviceImei": IMEI,
        "deviceSerial": "SN 1",
        "hasDevicePassword": True,
        "issueDescription": "does not turn on",
        "cosmeticCondition": "scratched",
        "accessories": ["case", "cable"],
        "estimatedCompletion": "2030-01-02T01:04:05.000000Z",
        "assignedTechnicianId": None,
        "assignedTechnician": None,
        "warrantyOfId": None,
        "completedAt": None,
        "deliveredAt": None,
        "createdAt": row.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "updatedAt": row.updated_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    assert taken_in.answered(*expected) == expected


def test_an_intake_answers_the_records_that_it_names(taken_in: TakenIn, branch: Branch) -> None:
    model = taken_in.row.device_model
    expected = {
        "customerId": taken_in.body["customerId"],
        "customer": {
            "id": taken_in.body["customerId"],
            "firstName": "Ada",
            "lastName": "Byron",
            "phone": "+4915112345678",
            "email": None,
        },
        "branchId": str(branch.pk),
        "branch": {"id": str(branch.pk), "name": "Harbour", "code": "HAR"},
        "deviceModelId": str(model.pk),
        "deviceModel": {
            "id": str(model.pk),
            "name": "Fon 7",
            "brand": {"id": str(model.brand.pk), "name": model.brand.name},
        },
    }
    assert taken_in.answered(*expected) == expected


def test_an_intake_answers_its_money(taken_in: TakenIn) -> None:
    expected = {
        "currency": "USD",
        "subtotal": "100.50",
        "discountTotal": "0.50",
        "totalPrice": "100.00",
        "depositPaid": "20.00",
        "paid": "20.00",
        "credited": "0.00",
        "balance": "80.00",
    }
    assert taken_in.answered(*expected) == expected


def test_an_intake_answers_its_lines_and_reserves_their_parts(taken_in: TakenIn, branch: Branch) -> None:
    row, sent = taken_in.row.lines.get(), taken_in.body["items"][0]
    [answered] = taken_in.data["items"]

    assert answered == {
        "id": str(row.pk),
        "repairTypeId": sent["repairTypeId"],
        "repairType": {"id": sent["repairTypeId"], "name": row.repair_type.name},
        "partTypeId": sent["partTypeId"],
        "partType": {"id": sent["partTypeId"], "name": "Display"},
        "inventoryItemId": sent["inventoryItemId"],
        "quantity": 2,
        "unitPrice": "50.25",
        "unitPriceIsEstimated": False,
        "estimate": None,
        "discount": "0.50",
        "totalPrice": "100.00",
        "taxPercent": "0.000",
        "taxAmount": "0.00",
        "state": "reserved",
        "warrantyMonths": 6,
        "warrantyUntil": None,
        "coveredByWarrantyId": None,
        "createdAt": row.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "updatedAt": row.updated_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    assert stock_of(row.item, branch) == (5, 2)


def test_an_intake_writes_history_event_and_deposit(seller: Api, branch: Branch) -> None:
    body = intake_body(branch, depositPaid="20")

    seller.post("repairs", body)

    taken_in = RepairOrder.objects.get()
    history = taken_in.history.get()
    assert (history.old_status, history.new_status, history.actor_id) == (None, "pending", seller.user.pk)
    payment = taken_in.payments.get()
    assert (payment.kind, payment.method, payment.amount, payment.reference) == (
        "deposit", "other", Decimal(20), "intake",
    )  # fmt: skip
    assert events_of(taken_in, "repairs.order_created") == [
        {
            "order_number": taken_in.order_number,
            "branch_id": str(branch.pk),
            "customer_id": body["customerId"],
            "warranty_of_id": None,
            "notify": True,
        }
    ]
    assert len(events_of(taken_in, "repairs.payment_taken")) == 1
