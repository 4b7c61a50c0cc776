"""A booking's link: who gets behind it, what it tells, and that it moves and cancels until the time has come."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.conf import settings as loaded
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.audit.models import Event
from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.repairs.models import Booking, BookingClosure
from apps.repairs.rules import booking_token, read_booking_token, read_token, token_for
from apps.repairs.rules.links import proven, signed
from apps.repairs.selectors import booking_token as token_of
from apps.repairs.services import cancel_booking, check_in
from tests.accounts.conftest import outcome
from tests.conftest import Api
from tests.factories import CustomerFactory, DeviceModelFactory, booking, line, member, order
from tests.repairs.booking_requests import FULL, NOW, TUESDAY, books, told
from tests.repairs.contract import SYSTEM, named
from tests.repairs.quoting import token_of as order_token

KEYS = ["first-key", "second-key"]
SOME = UUID("01234567-89ab-7def-8123-456789abcdef")
STATEMENTS = 5
AT_TEN, AT_ELEVEN = "2026-05-05T10:00:00.000000Z", "2026-05-05T11:00:00.000000Z"


def test_a_token_is_read_by_every_key_and_made_by_the_first() -> None:
    token = booking_token(SOME, KEYS)

    assert len(token) == 43
    assert read_booking_token(token, KEYS) == (SOME, 1)
    assert read_booking_token(token, ["newest", *KEYS]) == (SOME, 1)
    assert read_booking_token(booking_token(SOME, KEYS, 513), KEYS) == (SOME, 513)
    assert read_booking_token(token, KEYS[1:]) is None


def test_no_other_spelling_of_a_token_is_one() -> None:
    token = booking_token(SOME, KEYS)
    raw = urlsafe_b64decode(token + "=")
    flipped = [
        urlsafe_b64encode(raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]).rstrip(b"=").decode()
        for place in range(len(raw))
        for bit in range(8)
    ]
    last = [token[:-1] + letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    strange = [f"{token}=", token[:-1], f" {token}"[:43], token.replace(token[5], "é", 1), "", "x" * 43, "A" * 500]

    read = {spelling for spelling in [*flipped, *last, *strange] if read_booking_token(spelling, KEYS) is not None}

    assert (len(flipped), read) == (256, {token})


def test_a_token_for_one_purpose_is_none_for_another() -> None:
    said = SOME.bytes
    token = signed(said, "one", KEYS)

    assert (proven(token, 16, "one", KEYS), proven(token, 16, "other", KEYS)) == (said, None)
    assert read_token(booking_token(SOME, KEYS), KEYS) is None
    assert read_booking_token(token_for(SOME, 1, KEYS), KEYS) is None


def test_links_that_were_given_out_before_still_lead_somewhere() -> None:
    assert token_for(SOME, 7, KEYS) == "ASNFZ4mrfe-BI0VniavN7wAHzkQJCgzzNAKhbWuDKK20yQ"


@pytest.fixture
def _on_monday_at_ten(db: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


on_monday = pytest.mark.usefixtures("_on_monday_at_ten")


def _calls(anonymous: Api, token: str) -> list[Any]:
    return [
        anonymous.get(f"bookings/link/{token}"),
        anonymous.post(f"bookings/link/{token}/cancel", {"reason": "ill"}),
        anonymous.post(f"bookings/link/{token}/move", {"startsAt": AT_ELEVEN}),
    ]


@on_monday
def test_every_link_that_leads_nowhere_is_answered_alike(anonymous: Api, branch: Branch) -> None:
    expected, repaired = booking(branch, starts_at=TUESDAY), order(branch)
    token = token_of(expected.pk)
    tokens = [
        token[:-4] + "AAAA", "nonsense", str(expected.pk), token_of(new_id()), order_token(repaired),
        token_of(repaired.pk), booking_token(expected.pk, [Fernet.generate_key().decode()]),
        signed(expected.pk.bytes, "apps.repairs.tracking.v1", loaded.FIELD_KEYS),
    ]  # fmt: skip
    before = books()

    answers = [answer for one in tokens for answer in _calls(anonymous, one)]

    assert {answer.status_code for answer in answers} == {404}
    assert len({json.dumps([answer.body[part] for part in ("error", "code", "details")]) for answer in answers}) == 1
    assert books() == before
    assert anonymous.get(f"track/{token}").status_code == 404
    assert anonymous.get(f"bookings/link/{token}").status_code == 200


@on_monday
def test_the_link_tells_when_where_and_what_is_free_and_nothing_of_who_comes(anonymous: Api, branch: Branch) -> None:
    guest = CustomerFactory(first_name="Hidden", last_name="Guestname", email="guest@mail.example")
    model = DeviceModelFactory()
    expected = booking(
        branch,
        customer=guest.pk,
        starts_at=TUESDAY,
        device_model_id=model.pk,
        notes="a secret note",
        duration_minutes=60,
    )
    for _ in range(2):
        booking(branch, starts_at=TUESDAY + timedelta(hours=2))

    answer = anonymous.get(f"bookings/link/{token_of(expected.pk)}")

    data = answer.body["data"]
    slots = data.pop("slots")
    shop = data.pop("shop")
    assert data == {
        "status": "booked", "canChange": True, "reason": "", "startsAt": AT_TEN, "endsAt": AT_ELEVEN,
        "durationMinutes": 60, "device": str(model), "date": "2026-05-05",
    }  # fmt: skip
    assert (shop["name"], shop["timezone"], len(shop["hours"])) == ("Harbour", "UTC", 6)
    free = {slot["startsAt"][11:16]: slot["free"] for slot in slots}
    # An hour has to fit: the last one begins at five, and half past eleven runs into what is full at noon.
    assert (slots[0]["startsAt"][11:16], slots[-1]["startsAt"][11:16], slots[0]["endsAt"][11:16]) == (
        "09:00", "17:00", "10:00"
    )  # fmt: skip
    assert (free["10:00"], free["11:00"], free["11:30"], free["12:00"], free["12:30"]) == (2, 2, 0, 0, 2)
    text = json.dumps(answer.body)
    ids = [str(known.pk) for known in (guest, expected, branch)]
    secrets = ["Hidden", "Guestname", "guest@", guest.phone, "secret note", *ids]
    assert [secret for secret in secrets if secret in text] == []
    headers = [answer[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")]
    assert headers == ["no-store", "no-referrer", "noindex, nofollow"]


@on_monday
def test_the_slots_are_of_the_day_that_is_asked_for(anonymous: Api, branch: Branch) -> None:
    path = f"bookings/link/{token_of(booking(branch, starts_at=TUESDAY).pk)}"
    closed = date(2026, 5, 7)
    BookingClosure.objects.create(branch=branch, first_day=closed, last_day=closed, reason="holiday")

    days = ["2026-05-04", "2026-05-03", "2026-05-06", "2026-05-07", "2026-05-10", "0001-01-01", "9999-12-31"]
    told_of = {day: anonymous.get(f"{path}?date={day}").body["data"] for day in days}
    wrong = [anonymous.get(f"{path}?{query}") for query in ("date=soon", "date=2026-02-30", "day=2026-05-06")]

    assert [len(told_of[day]["slots"]) for day in days] == [15, 0, 18, 0, 0, 0, 0]
    assert [told_of[day]["date"] for day in days] == days
    assert [(answer.status_code, named(answer)[0][0]) for answer in wrong] == [
        (400, "date"),
        (400, "date"),
        (400, "day"),
    ]


@on_monday
def test_who_comes_moves_the_booking(anonymous: Api, branch: Branch) -> None:
    expected = booking(branch, starts_at=TUESDAY)
    Booking.objects.filter(pk=expected.pk).update(reminded_at=NOW)
    path = f"bookings/link/{token_of(expected.pk)}/move"

    answers = [anonymous.post(path, {"startsAt": AT_ELEVEN}) for _ in range(2)]

    assert [(answer.status_code, answer.body["data"]["startsAt"]) for answer in answers] == [(200, AT_ELEVEN)] * 2
    expected.refresh_from_db()
    assert (expected.starts_at, expected.reminded_at) == (TUESDAY + timedelta(hours=1), None)
    assert [kind for kind, _ in told(expected)] == ["repairs.booking_made", "repairs.booking_changed"]
    event = Event.objects.get(type="repairs.booking_changed")
    assert (event.actor_kind, event.actor_label, event.actor_id) == ("anonymous", "customer by link", None)
    assert event.payload["changed"] == ["starts_at"]


@on_monday
@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        ({}, 400, [("startsAt", "required")]),
        ({"startsAt": "soon"}, 400, [("startsAt", "invalid")]),
        ({"startsAt": "2026-05-04T09:59:00Z"}, 400, [("startsAt", "in_past")]),
        ({"startsAt": "2027-06-05T10:00:00Z"}, 400, [("startsAt", "too_far")]),
        ({"startsAt": "2026-05-05T17:31:00Z"}, 400, [("startsAt", "closed")]),
        ({"startsAt": "2026-05-07T10:00:00Z"}, 400, [("startsAt", "closed")]),
        ({"startsAt": "2026-05-05T12:15:00Z"}, 409, []),
        ({"startsAt": AT_ELEVEN, "durationMinutes": 5}, 400, [("durationMinutes", "unknown_field")]),
        ({"startsAt": AT_ELEVEN, "notes": "x"}, 400, [("notes", "unknown_field")]),
    ],
)
def test_a_move_to_where_there_is_no_place_changes_nothing(
    anonymous: Api, branch: Branch, body: dict[str, Any], status: int, fields: list[tuple[str, str]]
) -> None:
    expected = booking(branch, starts_at=TUESDAY)
    for _ in range(2):
        booking(branch, starts_at=TUESDAY + timedelta(hours=2))
    closed = date(2026, 5, 7)
    BookingClosure.objects.create(branch=branch, first_day=closed, last_day=closed, reason="holiday")
    before = books()

    answer = anonymous.post(f"bookings/link/{token_of(expected.pk)}/move", body)

    assert (answer.status_code, named(answer)) == (status, fields)
    assert books() == before


@on_monday
def test_a_branch_that_was_closed_for_good_gives_no_other_time(anonymous: Api, branch: Branch) -> None:
    token = token_of(booking(branch, starts_at=TUESDAY).pk)
    Branch.objects.filter(pk=branch.pk).update(is_active=False)
    before = books()

    shown = anonymous.get(f"bookings/link/{token}")
    refused = anonymous.post(f"bookings/link/{token}/move", {"startsAt": AT_ELEVEN})

    assert (shown.body["data"]["slots"], outcome(refused)) == ([], FULL)
    assert books() == before
    assert anonymous.post(f"bookings/link/{token}/cancel").status_code == 200


@on_monday
def test_who_comes_cancels_once_and_the_place_is_free(anonymous: Api, branch: Branch) -> None:
    expected = booking(branch, starts_at=TUESDAY)
    path = f"bookings/link/{token_of(expected.pk)}"

    first = anonymous.post(f"{path}/cancel", {"reason": "ill"})
    before = books()
    again = anonymous.post(f"{path}/cancel", {"reason": "other"})

    data = first.body["data"]
    assert (data["status"], data["canChange"], data["reason"]) == ("cancelled", False, "This booking is cancelled.")
    assert (outcome(again), books()) == (FULL, before)
    expected.refresh_from_db()
    assert (expected.status, expected.cancel_reason) == ("cancelled", "ill")
    event = Event.objects.get(type="repairs.booking_cancelled")
    assert (event.actor_kind, event.actor_label, event.address) == ("anonymous", "customer by link", "127.0.0.1")


@on_monday
@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("cancelled", "This booking is cancelled."),
        ("checked_in", "The device has been brought in already."),
        ("begun", "This booking has begun. Call the shop to change it."),
    ],
)
def test_what_is_over_is_shown_and_changed_no_more(anonymous: Api, branch: Branch, how: str, words: str) -> None:
    expected = booking(branch, starts_at=TUESDAY, device_model_id=DeviceModelFactory().pk)
    if how == "cancelled":
        cancel_booking(expected.pk, actor=SYSTEM)
    elif how == "checked_in":
        check_in(expected.pk, {"issue_description": "dead", "items": [line()]}, actor=SYSTEM)
    before = books()

    with time_machine.travel(TUESDAY if how == "begun" else NOW, tick=False):
        shown, *refused = _calls(anonymous, token_of(expected.pk))

    data = shown.body["data"]
    assert (shown.status_code, data["canChange"], data["reason"], data["slots"]) == (200, False, words, [])
    assert [(outcome(answer), answer.body["error"]) for answer in refused] == [(FULL, words)] * 2
    assert books() == before


@on_monday
def test_the_token_is_told_to_whom_it_is_for(branch: Branch, customer: Api) -> None:
    expected = booking(branch, starts_at=TUESDAY, customer=customer.user.customer.pk)
    path = f"bookings/{expected.pk}"

    seller, technician = (Api(member(role, branch)).get(path).body["data"] for role in ("seller", "technician"))

    assert (seller["linkToken"], "linkToken" in technician) == (token_of(expected.pk), False)
    assert customer.get(path).body["data"]["linkToken"] == token_of(expected.pk)
    assert [row["linkToken"] for row in customer.get("customer/auth/bookings").body["data"]["items"]] == [
        token_of(expected.pk)
    ]


@on_monday
def test_a_link_takes_as_many_statements_however_many_bookings_there_are(anonymous: Api, branch: Branch) -> None:
    def counted() -> int:
        path = f"bookings/link/{token_of(booking(branch, starts_at=TUESDAY + timedelta(days=1)).pk)}"
        with CaptureQueriesContext(connection) as queries:
            assert anonymous.get(path).status_code == 200
        return len(queries)

    first = counted()
    for hour in range(3):
        booking(branch, starts_at=TUESDAY + timedelta(days=1, hours=hour + 1))

    assert [first, counted()] == [STATEMENTS, STATEMENTS]


@on_monday
def test_strangers_are_limited(anonymous: Api, branch: Branch, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "api": ["2/h"]}
    token = token_of(booking(branch, starts_at=TUESDAY).pk)

    answers = [anonymous.get(f"bookings/link/{token}") for _ in range(3)]
    page = [anonymous.client.get(f"/booking/{token}/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.status_code for answer in page] == [200, 200, 429]
    assert int(page[2]["Retry-After"]) > 0


@on_monday
def test_staff_close_a_link_and_make_a_new_one(anonymous: Api, branch: Branch) -> None:
    expected = booking(branch, starts_at=TUESDAY)
    caller = Api(member("seller", branch))
    where = f"bookings/{expected.pk}/customer-link"
    first = caller.get(where).body["data"]

    closed = [caller.delete(where).status_code for _ in range(2)]
    shut = caller.get(where).body["data"]
    in_booking = caller.get(f"bookings/{expected.pk}").body["data"]["linkToken"]
    while_closed = _calls(anonymous, first["token"])
    again = caller.post(where)

    anew = again.body["data"]
    assert first == {
        "token": token_of(expected.pk), "url": f"http://testserver/booking/{first['token']}/", "closed": False,
    }  # fmt: skip
    assert (closed, shut, in_booking) == ([204, 204], {"token": None, "url": None, "closed": True}, None)
    assert [answer.status_code for answer in while_closed] == [404, 404, 404]
    assert (again.status_code, again["Cache-Control"], anew["closed"]) == (200, "no-store", False)
    assert anew["token"] == token_of(expected.pk, 2)
    assert caller.get(f"bookings/{expected.pk}").body["data"]["linkToken"] == anew["token"]
    assert [answer.status_code for answer in _calls(anonymous, first["token"])] == [404, 404, 404]
    assert [answer.status_code for answer in _calls(anonymous, anew["token"])[:2]] == [200, 200]
    told = Event.objects.filter(type="repairs.booking_link_changed").order_by("created_at", "id")
    assert [(event.payload["number"], event.payload["closed"]) for event in told] == [(1, True), (2, False)]
    assert {event.aggregate_id for event in told} == {expected.pk}


@on_monday
def test_the_link_of_a_booking_that_is_over_can_still_be_closed(anonymous: Api, branch: Branch) -> None:
    expected = booking(branch, starts_at=TUESDAY)
    caller, path = Api(member("manager", branch)), f"bookings/link/{token_of(expected.pk)}"
    anonymous.post(f"{path}/cancel")

    codes = [caller.delete(f"bookings/{expected.pk}/customer-link").status_code, anonymous.get(path).status_code]

    assert codes == [204, 404]
