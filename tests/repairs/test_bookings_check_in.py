"""The device of a booking comes: an order is taken in for it, once."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import Customer
from apps.audit.models import Event
from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.repairs.models import Booking, RepairOrder
from apps.repairs.rules import Contact
from tests.accounts.conftest import outcome
from tests.conftest import Api
from tests.factories import CustomerFactory, DeviceModelFactory, booking
from tests.repairs.contract import books, item_body, named
from tests.tables import rows_of

pytestmark = pytest.mark.django_db
KIM = Contact("Kim", "Ng", "+447700900123", "kim@mail.example")
TAKEN, INVALID, MISSING = (409, "CONFLICT"), (400, "VALIDATION_ERROR"), (404, "NOT_FOUND")


def arrival(**changes: Any) -> dict[str, Any]:
    return {"issueDescription": "does not turn on", "items": [item_body()], **changes}


def everything() -> list[Any]:
    return [books(), rows_of([Booking, Customer])]


def expected_contact(branch: Branch, contact: Contact = KIM) -> Booking:
    made = booking(branch, device_model_id=DeviceModelFactory().pk)
    Booking.objects.filter(pk=made.pk).update(customer=None, **vars(contact))
    Customer.objects.all().delete()
    return made


def test_a_booking_becomes_an_order_of_its_branch_customer_and_device(seller: Api, branch: Branch) -> None:
    model, pk = DeviceModelFactory(), str(new_id())
    made = booking(branch, device_model_id=model.pk, notes="comes by bike")

    answer = seller.post(
        f"bookings/{made.pk}/check-in",
        arrival(id=pk, depositPaid="20.00", devicePassword="1234", priority="express", deviceSerial="SN-1"),
    )

    data = answer.body["data"]
    assert answer.status_code == 201
    assert data == seller.get(f"repairs/{pk}").body["data"]
    assert [data[name] for name in ("id", "status", "branchId", "customerId", "deviceModelId", "priority")] == [
        pk, "pending", str(branch.pk), str(made.customer_id), str(model.pk), "express"
    ]  # fmt: skip
    assert (data["depositPaid"], data["hasDevicePassword"], data["deviceSerial"]) == ("20.00", True, "SN-1")
    after = seller.get(f"bookings/{made.pk}").body["data"]
    assert (after["status"], after["repairOrderId"], after["customerId"]) == ("checked_in", pk, str(made.customer_id))
    event = Event.objects.get(type="repairs.booking_checked_in")
    assert (event.aggregate_id, event.actor_id) == (made.pk, seller.user.pk)
    assert event.payload == {"order_id": pk, "customer_id": str(made.customer_id)}


def test_a_booking_is_checked_in_once(seller: Api, branch: Branch) -> None:
    made = booking(branch, device_model_id=DeviceModelFactory().pk)
    body = arrival()
    first = seller.post(f"bookings/{made.pk}/check-in", body, Idempotency_Key="k")
    before = everything()

    replayed = seller.post(f"bookings/{made.pk}/check-in", body, Idempotency_Key="k")
    refused = [
        seller.post(f"bookings/{made.pk}/check-in", body),
        seller.post(f"bookings/{made.pk}/cancel"),
        seller.patch(f"bookings/{made.pk}", {"notes": "x"}),
    ]

    assert (replayed.status_code, replayed.body) == (201, first.body)
    assert [outcome(answer) for answer in refused] == [TAKEN] * 3
    assert everything() == before
    assert RepairOrder.objects.count() == 1


def test_a_cancelled_booking_is_not_checked_in(seller: Api, branch: Branch) -> None:
    made = booking(branch, device_model_id=DeviceModelFactory().pk)
    seller.post(f"bookings/{made.pk}/cancel")
    body, before = arrival(), everything()

    answer = seller.post(f"bookings/{made.pk}/check-in", body)

    assert outcome(answer) == TAKEN
    assert everything() == before


def test_the_device_that_comes_is_the_one_of_the_order(seller: Api, branch: Branch) -> None:
    unsaid, another = booking(branch), booking(branch, device_model_id=DeviceModelFactory().pk)
    came, body = str(DeviceModelFactory().pk), arrival()
    before = everything()

    refused = seller.post(f"bookings/{unsaid.pk}/check-in", body)
    unchanged = everything() == before
    taken_in = [seller.post(f"bookings/{one.pk}/check-in", body | {"deviceModelId": came}) for one in (unsaid, another)]

    assert (outcome(refused), named(refused), unchanged) == (INVALID, [("deviceModelId", "required")], True)
    assert [answer.body["data"]["deviceModelId"] for answer in taken_in] == [came, came]


@pytest.mark.parametrize(
    ("changes", "code", "found"),
    [
        ({"items": []}, "VALIDATION_ERROR", [("items", "empty")]),
        ({"issueDescription": ""}, "VALIDATION_ERROR", [("issueDescription", "blank")]),
        ({"customerId": str(new_id())}, "VALIDATION_ERROR", [("customerId", "unknown_field")]),
        ({"branchId": str(new_id())}, "VALIDATION_ERROR", [("branchId", "unknown_field")]),
        ({"deviceModelId": str(new_id())}, "FOREIGN_KEY_ERROR", [("deviceModelId", "does_not_exist")]),
        ({"depositPaid": "100.01"}, "VALIDATION_ERROR", [("depositPaid", "max_value")]),
        (
            {"items": [{"repairTypeId": str(new_id())}]},
            "FOREIGN_KEY_ERROR",
            [("items.0.repairTypeId", "does_not_exist")],
        ),
    ],
)
def test_what_the_intake_refuses_leaves_the_booking_open(
    seller: Api, branch: Branch, changes: dict[str, Any], code: str, found: list[tuple[str, str]]
) -> None:
    made = expected_contact(branch)
    body, before = arrival(**changes), everything()

    answer = seller.post(f"bookings/{made.pk}/check-in", body)

    assert (outcome(answer), named(answer)) == ((400, code), found)
    assert everything() == before


def test_a_contact_becomes_a_customer_and_is_kept_there_alone(seller: Api, branch: Branch) -> None:
    made = expected_contact(branch)

    answer = seller.post(f"bookings/{made.pk}/check-in", arrival())

    guest = Customer.objects.get()
    assert (guest.first_name, guest.last_name, guest.phone, guest.email) == tuple(vars(KIM).values())
    assert answer.body["data"]["customerId"] == str(guest.pk)
    made.refresh_from_db()
    assert (made.customer_id, made.first_name, made.last_name, made.phone, made.email) == (guest.pk, "", "", "", "")
    assert Event.objects.get(type="accounts.customer_created").aggregate_id == guest.pk


def test_a_contact_is_the_customer_with_that_number_and_name(seller: Api, branch: Branch) -> None:
    made = expected_contact(branch, Contact("JOSÉ", "ng", KIM.phone))
    known = CustomerFactory(first_name="José", last_name="Ng", phone=KIM.phone, email="jose@mail.example")
    CustomerFactory(first_name="José", last_name="Ng", phone=KIM.phone)

    answer = seller.post(f"bookings/{made.pk}/check-in", arrival())

    assert answer.body["data"]["customerId"] == str(known.pk)
    assert Customer.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        {"first_name": "Lou", "phone": KIM.phone},
        {"first_name": "Kim", "phone": "+447700900124"},
        {"first_name": "Kim", "phone": KIM.phone, "is_active": False},
    ],
    ids=["another of the family", "another with the name", "one who was merged or erased"],
)
def test_an_order_is_not_shown_to_somebody_else(seller: Api, branch: Branch, other: dict[str, Any]) -> None:
    made = expected_contact(branch)
    stranger = CustomerFactory(last_name="Ng", **other)

    answer = seller.post(f"bookings/{made.pk}/check-in", arrival())

    assert answer.status_code == 201
    assert RepairOrder.objects.get().customer_id != stranger.pk


def test_a_booking_of_another_branch_is_not_there(seller: Api, other_branch: Branch) -> None:
    made = booking(other_branch, device_model_id=DeviceModelFactory().pk)
    body, before = arrival(), everything()

    answer = seller.post(f"bookings/{made.pk}/check-in", body)

    assert outcome(answer) == MISSING
    assert everything() == before


@pytest.mark.parametrize("role", ["technician", "customer"])
def test_the_counter_alone_checks_in(role: str, branch: Branch, request: pytest.FixtureRequest) -> None:
    api: Api = request.getfixturevalue(role)
    made = booking(branch, device_model_id=DeviceModelFactory().pk)
    body, before = arrival(), everything()

    answer = api.post(f"bookings/{made.pk}/check-in", body)

    assert outcome(answer) == (403, "FORBIDDEN")
    assert everything() == before
