"""Bookings are made and read: by whom, for whom, at which times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from apps.accounts.models import Customer
from apps.audit.models import Event
from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.repairs.enums import Weekday
from apps.repairs.models import Booking, BookingHours
from apps.repairs.selectors import booking_token
from tests.accounts.conftest import outcome
from tests.conftest import Api
from tests.factories import BranchFactory, CustomerFactory, DeviceModelFactory, UserFactory, booking, member
from tests.repairs.booking_requests import FULL, INVALID, KIM, MISSING, NOW, TUESDAY, UNKNOWN, books, told, wanted
from tests.repairs.contract import named

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_monday_at_ten() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_booking_for_a_customer_is_answered_whole(seller: Api, branch: Branch) -> None:
    guest, model, pk = CustomerFactory(first_name="Ada", email="ada@mail.example"), DeviceModelFactory(), str(new_id())
    body = wanted(branch, id=pk, customerId=str(guest.pk), deviceModelId=str(model.pk), notes="cracked")

    answer = seller.post("bookings", body)

    assert answer.status_code == 201
    assert answer.body["data"] == {
        "id": pk, "status": "booked", "branchId": str(branch.pk),
        "branch": {"id": str(branch.pk), "name": "Harbour", "code": "HAR"}, "customerId": str(guest.pk),
        "customer": {"id": str(guest.pk), "firstName": "Ada", "lastName": guest.last_name, "phone": guest.phone,
                     "email": "ada@mail.example"},
        "firstName": None, "lastName": None, "phone": None, "email": None, "deviceModelId": str(model.pk),
        "deviceModel": {"id": str(model.pk), "name": model.name,
                        "brand": {"id": str(model.brand_id), "name": model.brand.name}},
        "startsAt": "2026-05-05T10:00:00.000000Z", "endsAt": "2026-05-05T10:30:00.000000Z", "durationMinutes": 30,
        "notes": "cracked", "cancelReason": "", "repairOrderId": None, "linkToken": booking_token(UUID(pk)),
        "createdAt": "2026-05-04T10:00:00.000000Z",
        "updatedAt": "2026-05-04T10:00:00.000000Z",
    }  # fmt: skip
    assert seller.get(f"bookings/{pk}").body["data"] == answer.body["data"]
    assert told(pk) == [("repairs.booking_made", {
        "branch_id": str(branch.pk), "customer_id": str(guest.pk), "starts_at": "2026-05-05T10:00:00Z",
        "duration_minutes": 30,
    })]  # fmt: skip
    assert Event.objects.get(aggregate_id=pk).actor_id == seller.user.pk


def test_a_booking_for_a_contact_makes_no_customer(seller: Api, branch: Branch) -> None:
    answer = seller.post("bookings", wanted(branch, **KIM))

    data = answer.body["data"]
    assert (answer.status_code, data["customerId"], data["customer"]) == (201, None, None)
    assert {name: data[name] for name in KIM} == {
        "firstName": "Kim", "lastName": "Ng", "phone": "+447700900123", "email": "kim@mail.example"
    }  # fmt: skip
    assert Customer.objects.count() == 0
    assert "Kim" not in str(told(data["id"]))


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"branchId": ...}, [("branchId", "required")]),
        ({"startsAt": ...}, [("startsAt", "required")]),
        ({"startsAt": "soon"}, [("startsAt", "invalid")]),
        ({"startsAt": "2026-05-04T10:00:00Z"}, [("startsAt", "in_past")]),
        ({"startsAt": "0001-01-01T00:00:00+14:00"}, [("startsAt", "overflow")]),
        ({"startsAt": "9999-12-31T23:59:59Z"}, [("startsAt", "too_far")]),
        ({"startsAt": "2026-05-05T08:59:00Z"}, [("startsAt", "closed")]),
        ({"startsAt": "2026-05-05T17:31:00Z"}, [("startsAt", "closed")]),
        ({"startsAt": "2026-05-10T10:00:00Z"}, [("startsAt", "closed")]),
        ({"durationMinutes": ...}, [("durationMinutes", "required")]),
        ({"durationMinutes": 4}, [("durationMinutes", "min_value")]),
        ({"durationMinutes": 241}, [("durationMinutes", "max_value")]),
        ({"durationMinutes": None}, [("durationMinutes", "null")]),
        ({"notes": "x" * 1001}, [("notes", "max_length")]),
        ({"id": "x"}, [("id", "invalid")]),
        ({"status": "checked_in"}, [("status", "unknown_field")]),
        ({"customerId": None}, [("firstName", "required"), ("lastName", "required"), ("phone", "required")]),
        ({"firstName": "Kim"}, [("firstName", "not_allowed")]),
        ({**KIM, "phone": "12"}, [("phone", "invalid_phone")]),
        ({**KIM, "email": "kim"}, [("email", "invalid")]),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_booked(
    seller: Api, branch: Branch, changes: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    body = wanted(branch, **changes)
    before = books()

    answer = seller.post("bookings", body)

    assert (outcome(answer), named(answer)) == (INVALID, found)
    assert books() == before


@pytest.mark.parametrize("field", ["branchId", "customerId", "deviceModelId"])
def test_a_reference_to_nothing_is_refused(seller: Api, branch: Branch, field: str) -> None:
    body = wanted(branch, **{field: str(new_id())})
    before = books()

    answer = seller.post("bookings", body)

    assert (outcome(answer), named(answer)) == (UNKNOWN, [(field, "does_not_exist")])
    assert books() == before


def test_staff_book_at_their_own_open_branches(seller: Api, branch: Branch, other_branch: Branch) -> None:
    bodies = [wanted(other_branch), wanted(BranchFactory(is_active=False))]
    closed = wanted(branch)
    Branch.objects.filter(pk=branch.pk).update(is_active=False)
    before = books()

    answers = [seller.post("bookings", body) for body in (*bodies, closed)]

    assert [outcome(answer) for answer in answers] == [UNKNOWN] * 3
    assert books() == before


def test_a_time_is_full_when_as_many_overlap_as_the_branch_takes(seller: Api, branch: Branch) -> None:
    booking(branch, starts_at=TUESDAY, duration_minutes=60)
    booking(branch, starts_at=TUESDAY + timedelta(minutes=45), duration_minutes=30)

    full = seller.post("bookings", wanted(branch, startsAt="2026-05-05T10:30:00Z"))
    before_it = seller.post("bookings", wanted(branch, startsAt="2026-05-05T10:15:00Z"))
    after_it = seller.post("bookings", wanted(branch, startsAt="2026-05-05T11:00:00Z"))

    assert outcome(full) == FULL
    assert (before_it.status_code, after_it.status_code) == (201, 201)
    assert Booking.objects.count() == 4


def test_a_long_booking_that_began_much_earlier_still_holds_its_place(seller: Api, branch: Branch) -> None:
    for _ in range(2):
        booking(branch, starts_at=TUESDAY, duration_minutes=240)

    full = seller.post("bookings", wanted(branch, startsAt="2026-05-05T13:59:00Z", durationMinutes=5))
    free = seller.post("bookings", wanted(branch, startsAt="2026-05-05T14:00:00Z", durationMinutes=5))

    assert (outcome(full), free.status_code) == (FULL, 201)


def test_the_hours_of_a_branch_replace_the_usual_ones(seller: Api, branch: Branch) -> None:
    BookingHours.objects.create(branch=branch, weekday=Weekday.SUNDAY, capacity=1)
    sunday = {"startsAt": "2026-05-10T10:00:00Z"}

    answers = [seller.post("bookings", wanted(branch, **changes)) for changes in (sunday, sunday, {})]

    assert [outcome(answer) for answer in answers] == [(201, ""), FULL, INVALID]


def test_opening_hours_are_those_of_the_branch_s_clock(admin: Api) -> None:
    tokyo = BranchFactory(timezone="Asia/Tokyo")

    morning = admin.post("bookings", wanted(tokyo, startsAt="2026-05-05T00:00:00Z"))
    evening = admin.post("bookings", wanted(tokyo, startsAt="2026-05-05T10:00:00Z"))

    assert (morning.status_code, named(evening)) == (201, [("startsAt", "closed")])


def test_a_repeated_request_books_once(seller: Api, branch: Branch) -> None:
    body = wanted(branch, id=str(new_id()))

    first, replayed = (seller.post("bookings", body, Idempotency_Key="k") for _ in range(2))
    repeated = seller.post("bookings", body)

    assert (first.status_code, replayed.status_code, replayed.body) == (201, 201, first.body)
    assert replayed["Idempotent-Replayed"] == "true"
    assert outcome(repeated) == (409, "DUPLICATE_ERROR")
    assert Booking.objects.count() == 1


# --- customers ------------------------------------------------------------------------------------------------------


def test_a_customer_books_for_themselves_at_any_open_branch(customer: Api, branch: Branch) -> None:
    own = Customer.objects.get(user=customer.user)

    bare = customer.post("bookings", wanted(branch, customerId=...))
    named_self = customer.post("bookings", wanted(BranchFactory(), customerId=str(own.pk)))

    assert [answer.status_code for answer in (bare, named_self)] == [201, 201]
    assert {answer.body["data"]["customerId"] for answer in (bare, named_self)} == {str(own.pk)}


def test_a_customer_books_for_nobody_else(customer: Api, branch: Branch) -> None:
    bodies = [wanted(branch, customerId=str(CustomerFactory().pk)), wanted(branch, **KIM),
              wanted(BranchFactory(is_active=False), customerId=...)]  # fmt: skip
    before = books()

    answers = [customer.post("bookings", body) for body in bodies]

    assert [outcome(answer) for answer in answers] == [UNKNOWN, INVALID, UNKNOWN]
    assert named(answers[1]) == [(name, "not_allowed") for name in KIM]
    assert books() == before


def test_an_account_without_a_record_in_the_shop_books_nothing(branch: Branch) -> None:
    api = Api(UserFactory(role="customer"))
    before = books()

    answer = api.post("bookings", wanted(branch, customerId=...))

    assert outcome(answer) == FULL
    assert books() == before


def test_a_customer_lists_their_own_bookings_at_their_own_door(customer: Api, branch: Branch) -> None:
    own = Customer.objects.get(user=customer.user)
    later = booking(branch, customer=own.pk, starts_at=TUESDAY + timedelta(hours=2))
    sooner = booking(branch, customer=own.pk, starts_at=TUESDAY)
    booking(branch, starts_at=TUESDAY)

    listed = customer.get("customer/auth/bookings").body["data"]

    assert [row["id"] for row in listed["items"]] == [str(sooner.pk), str(later.pk)]
    assert listed["pagination"] == {"page": 1, "limit": 20, "total": 2, "pages": 1}
    assert listed["items"][0] == customer.get(f"bookings/{sooner.pk}").body["data"]
    turned = customer.get("customer/auth/bookings?ordering=-startsAt&limit=1").body["data"]
    assert [row["id"] for row in turned["items"]] == [str(later.pk)]
    assert outcome(customer.get(f"customer/auth/bookings?customerId={own.pk}")) == INVALID


@pytest.mark.parametrize("role", ["admin", "manager", "technician", "seller"])
def test_the_customers_door_is_closed_to_staff(role: str, branch: Branch) -> None:
    assert outcome(Api(member(role, branch)).get("customer/auth/bookings")) == (403, "FORBIDDEN")


def test_a_customer_cancels_their_own_and_moves_none(customer: Api, branch: Branch) -> None:
    own = booking(branch, customer=Customer.objects.get(user=customer.user).pk, starts_at=TUESDAY)
    foreign = booking(branch, starts_at=TUESDAY)
    before = books()

    refused = [
        customer.patch(f"bookings/{own.pk}", {"notes": "x"}),
        customer.get(f"bookings/{foreign.pk}"),
        customer.post(f"bookings/{foreign.pk}/cancel"),
    ]
    unchanged = books() == before
    cancelled = customer.post(f"bookings/{own.pk}/cancel", {"reason": "ill"})

    assert ([outcome(answer) for answer in refused], unchanged) == ([(403, "FORBIDDEN"), MISSING, MISSING], True)
    data = cancelled.body["data"]
    assert (cancelled.status_code, data["status"], data["cancelReason"]) == (200, "cancelled", "ill")


# --- reading --------------------------------------------------------------------------------------------------------


def test_a_technician_reads_what_comes_and_not_whose_it_is(technician: Api, branch: Branch) -> None:
    made = booking(branch, starts_at=TUESDAY)

    read = technician.get(f"bookings/{made.pk}").body["data"]
    listed = technician.get("bookings").body["data"]["items"]

    assert listed == [read]
    assert read.keys() == {
        "id", "status", "branchId", "branch", "deviceModelId", "deviceModel", "startsAt", "endsAt", "durationMinutes",
        "notes", "cancelReason", "repairOrderId", "createdAt", "updatedAt",
    }  # fmt: skip


def test_a_list_is_narrowed_and_ordered(manager: Api, branch: Branch, other_branch: Branch) -> None:
    first = booking(branch, starts_at=TUESDAY)
    second = booking(branch, starts_at=TUESDAY + timedelta(days=1))
    manager.post(f"bookings/{second.pk}/cancel")
    booking(other_branch, starts_at=TUESDAY)

    def shown(query: str) -> list[str]:
        names = {str(first.pk): "first", str(second.pk): "second"}
        return [names[row["id"]] for row in manager.get(f"bookings?{query}").body["data"]["items"]]

    assert shown("") == ["first", "second"]
    assert shown("ordering=-startsAt") == ["second", "first"]
    assert shown("status=cancelled") == ["second"]
    assert shown(f"customerId={first.customer_id}") == ["first"]
    assert shown(f"branchId={branch.pk}&dateFrom=2026-05-06") == ["second"]
    assert shown("dateTo=2026-05-05") == ["first"]
    assert shown(f"branchId={other_branch.pk}") == []
    assert outcome(manager.get("bookings?q=x")) == INVALID
