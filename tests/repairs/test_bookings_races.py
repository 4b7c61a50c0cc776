"""The last places of a time go to as many as there are, whoever asks at the same moment, and a booking is checked in once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from apps.accounts.models import Customer
from apps.audit.models import Event
from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.repairs.models import Booking, RepairOrder
from apps.repairs.selectors import booking_token
from apps.repairs.services import cancel_booking
from tests.conftest import Api
from tests.factories import CustomerFactory, DeviceModelFactory, a_monday, booking, member
from tests.racing import race
from tests.repairs.contract import SYSTEM, item_body

pytestmark = pytest.mark.django_db(transaction=True)
FULL = (409, "CONFLICT")


def codes(answers: list[Any]) -> Counter[Any]:
    return Counter(
        (answer.status_code, answer.body.get("code")) if hasattr(answer, "status_code") else repr(answer)
        for answer in answers
    )


def body(branch: Branch, minute: int = 0, minutes: int = 30) -> dict[str, Any]:
    starts = a_monday(10) + timedelta(minutes=minute)
    return {"branchId": str(branch.pk), "customerId": str(CustomerFactory().pk), "startsAt": starts.isoformat(),
            "durationMinutes": minutes}  # fmt: skip


@pytest.mark.exhaustive
def test_the_last_two_places_of_a_slot_go_to_two(branch: Branch) -> None:
    callers = [Api(member("seller", branch)) for _ in range(16)]
    bodies = [body(branch) for _ in callers]

    answers = race(
        *[lambda api=api, sent=sent: api.post("bookings", sent) for api, sent in zip(callers, bodies, strict=True)]
    )

    assert codes(answers) == {(201, None): 2, FULL: 14}
    assert Booking.objects.count() == Event.objects.filter(type="repairs.booking_made").count() == 2


def test_bookings_that_overlap_in_part_share_the_places(branch: Branch) -> None:
    """Half an hour each, five minutes apart: any two of the first six run at one moment."""
    callers = [Api(member("seller", branch)) for _ in range(6)]
    bodies = [body(branch, minute=5 * number) for number in range(6)]

    answers = race(
        *[lambda api=api, sent=sent: api.post("bookings", sent) for api, sent in zip(callers, bodies, strict=True)]
    )

    assert codes(answers) == {(201, None): 2, FULL: 4}
    assert Booking.objects.count() == 2


@pytest.mark.exhaustive
def test_who_moves_and_who_books_share_the_last_place(branch: Branch) -> None:
    booking(branch)
    moved = [booking(branch, starts_at=a_monday(11 + number)) for number in range(3)]
    callers = [Api(member("manager", branch)) for _ in range(6)]
    to = {"startsAt": a_monday(10, 15).isoformat()}
    bodies = [body(branch) for _ in range(3)]

    answers = race(
        *[lambda api=api, pk=one.pk: api.patch(f"bookings/{pk}", to) for api, one in zip(callers, moved, strict=False)],
        *[lambda api=api, sent=sent: api.post("bookings", sent) for api, sent in zip(callers[3:], bodies, strict=True)],
    )

    found = codes(answers)
    assert (found[(200, None)] + found[(201, None)], found[FULL]) == (1, 5)
    at_ten = Booking.objects.filter(starts_at__range=(a_monday(10), a_monday(10, 29)))
    assert at_ten.count() == 2


def test_two_who_move_by_their_links_into_the_last_place_share_it_not(branch: Branch) -> None:
    booking(branch)
    coming = [booking(branch, starts_at=a_monday(11 + number)) for number in range(2)]
    to = {"startsAt": a_monday(10).isoformat()}

    answers = race(
        *[lambda pk=one.pk: Api().post(f"bookings/link/{booking_token(pk)}/move", to) for one in coming],
    )

    assert codes(answers) == {(200, None): 1, FULL: 1}
    assert Booking.objects.filter(starts_at=a_monday(10)).count() == 2
    assert Event.objects.filter(type="repairs.booking_changed").count() == 1


def test_a_link_is_used_by_two_at_once_once(branch: Branch) -> None:
    expected = booking(branch)
    path = f"bookings/link/{booking_token(expected.pk)}"

    answers = race(
        *[lambda: Api().post(f"{path}/cancel")] * 3,
        lambda: Api().post(f"{path}/move", {"startsAt": a_monday(12).isoformat()}),
    )

    expected.refresh_from_db()
    moved = Event.objects.filter(type="repairs.booking_changed").count()
    assert codes(answers) == {(200, None): 1 + moved, FULL: 3 - moved}
    assert (expected.status, Event.objects.filter(type="repairs.booking_cancelled").count()) == ("cancelled", 1)


def test_branches_do_not_share_places(branch: Branch, other_branch: Branch) -> None:
    api = [Api(member("admin", None)) for _ in range(4)]
    bodies = [body(at) for at in (branch, other_branch) * 2]

    answers = race(
        *[
            lambda caller=caller, sent=sent: caller.post("bookings", sent)
            for caller, sent in zip(api, bodies, strict=True)
        ]
    )

    assert codes(answers) == {(201, None): 4}


def test_a_booking_is_checked_in_once(branch: Branch) -> None:
    expected = booking(branch, device_model_id=DeviceModelFactory().pk)
    callers = [Api(member("seller", branch)) for _ in range(4)]
    sent = {"issueDescription": "dead", "items": [item_body()]}

    answers = race(*[lambda api=api: api.post(f"bookings/{expected.pk}/check-in", sent) for api in callers])

    assert codes(answers) == {(201, None): 1, FULL: 3}
    order = RepairOrder.objects.get()
    expected.refresh_from_db()
    assert (expected.order_id, expected.status) == (order.pk, "checked_in")
    assert Event.objects.filter(type="repairs.booking_checked_in").count() == 1


def test_a_booking_is_cancelled_or_checked_in(branch: Branch) -> None:
    expected = booking(branch, device_model_id=DeviceModelFactory().pk)
    counter, manager = Api(member("seller", branch)), Api(member("manager", branch))
    sent = {"issueDescription": "dead", "items": [item_body()]}

    came, cancelled = race(
        lambda: counter.post(f"bookings/{expected.pk}/check-in", sent),
        lambda: manager.post(f"bookings/{expected.pk}/cancel"),
    )

    assert (came.status_code, cancelled.status_code) in {(201, 409), (409, 200)}
    assert RepairOrder.objects.count() == int(came.status_code == 201)


def test_a_customer_is_erased_or_expected_and_not_both(branch: Branch) -> None:
    boss, counter = Api(member("admin", None)), Api(member("seller", branch))
    guest = CustomerFactory()
    sent = {**body(branch), "customerId": str(guest.pk)}

    erased, booked = race(lambda: boss.delete(f"customers/{guest.pk}"), lambda: counter.post("bookings", sent))

    assert (erased.status_code, booked.status_code) in {(204, 400), (409, 201)}
    is_there = Customer.objects.get(pk=guest.pk).is_active
    assert (is_there, Booking.objects.count()) == (booked.status_code == 201, int(booked.status_code == 201))


def test_the_same_key_at_once_books_once(branch: Branch) -> None:
    user = member("seller", branch)
    callers = [Api(user) for _ in range(3)]
    sent = {**body(branch), "id": str(new_id())}

    answers = race(*[lambda api=api: api.post("bookings", sent, Idempotency_Key="same") for api in callers])

    assert set(codes(answers)) <= {(201, None), (409, "IDEMPOTENCY_IN_PROGRESS")}
    assert Booking.objects.count() == 1


@pytest.mark.postgresql
def test_a_place_that_becomes_free_meanwhile_is_given_once(branch: Branch) -> None:
    first, second = booking(branch), booking(branch)
    callers = [Api(member("seller", branch)) for _ in range(4)]
    bodies = [body(branch) for _ in callers]

    outcomes = race(
        lambda: cancel_booking(first.pk, actor=SYSTEM),
        *[lambda api=api, sent=sent: api.post("bookings", sent) for api, sent in zip(callers, bodies, strict=True)],
    )

    booked = codes(outcomes[1:])[(201, None)]
    assert booked <= 1
    assert Booking.objects.exclude(status="cancelled").count() == 1 + booked
    assert Booking.objects.get(pk=second.pk).status == "booked"
