"""The customer's link: who gets behind it, what it tells, and what can be said there."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.conf import settings as loaded
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.repairs.models import QuoteDecision, RepairOrder
from apps.repairs.rules import masked, read_token, token_for
from apps.repairs.services import (
    QuoteRequest,
    add_line,
    add_note,
    change_line,
    close_tracking_link,
    remove_line,
    renew_tracking_link,
    send_quote,
)
from tests.conftest import Api
from tests.factories import CustomerFactory, line, member, order, stocked
from tests.repairs.contract import SYSTEM, books, events_of, named
from tests.repairs.quoting import quoted, say, token_of, total_of

KEYS = ["first-key", "second-key"]
SOME = UUID("01234567-89ab-7def-8123-456789abcdef")
STATEMENTS = 9


def test_a_token_is_read_by_every_key_and_made_by_the_first() -> None:
    token = token_for(SOME, 7, KEYS)

    assert len(token) == 46
    assert read_token(token, KEYS) == (SOME, 7)
    assert read_token(token, ["newest", *KEYS]) == (SOME, 7)
    assert read_token(token, KEYS[1:]) is None
    assert token_for(SOME, 7, ["newest", *KEYS]) != token


def test_no_other_spelling_of_a_token_is_one() -> None:
    token = token_for(SOME, 7, KEYS)
    raw = urlsafe_b64decode(token + "==")
    flipped = [
        urlsafe_b64encode(raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]).rstrip(b"=").decode()
        for place in range(len(raw))
        for bit in range(8)
    ]
    last = [token[:-1] + letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    strange = [f"{token}=", token[:-1], f" {token}"[:46], token.replace(token[5], "é", 1), "", "x" * 46, "A" * 500]

    read = {spelling for spelling in [*flipped, *last, *strange] if read_token(spelling, KEYS) is not None}

    assert (len(flipped), read) == (272, {token})


def test_a_number_shows_only_its_end() -> None:
    assert [masked(number) for number in ("490154203237518", "SN-1", "")] == ["•••••••••••7518", "", ""]


pytest_db = pytest.mark.django_db


@pytest_db
def test_every_link_that_leads_nowhere_is_answered_alike(anonymous: Api, branch: Branch) -> None:
    taken_in, closed = order(branch), order(branch)
    old = token_of(taken_in)
    renew_tracking_link(taken_in.pk, actor=SYSTEM)
    shut = token_of(closed)
    close_tracking_link(closed.pk, actor=SYSTEM)
    tokens = {
        "old": old, "closed": shut, "tampered": token_of(taken_in)[:-4] + "AAAA", "nonsense": "nonsense",
        "of no order": token_for(new_id(), 1, loaded.FIELD_KEYS),
        "a later number": token_for(taken_in.pk, 3, loaded.FIELD_KEYS),
        "of another shop": token_for(taken_in.pk, 2, [Fernet.generate_key().decode()]),
    }  # fmt: skip
    body = {"quoteVersion": 1, "name": "Kim"}
    before = books()

    answers = {
        (name, path): anonymous.get(f"track/{token}") if path == "" else anonymous.post(f"track/{token}{path}", body)
        for name, token in tokens.items()
        for path in ("", "/approve", "/decline")
    }

    assert {answer.status_code for answer in answers.values()} == {404}
    told = {json.dumps([answer.body[part] for part in ("error", "code", "details")]) for answer in answers.values()}
    assert len(told) == 1
    assert books() == before
    assert anonymous.get(f"track/{token_of(taken_in)}").status_code == 200


@pytest_db
def test_a_link_outlives_a_change_of_keys_as_long_as_the_old_one_verifies(
    anonymous: Api, branch: Branch, settings: Any
) -> None:
    taken_in = order(branch)
    token, kept = token_of(taken_in), list(settings.FIELD_KEYS)

    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *kept]
    while_kept = anonymous.get(f"track/{token}").status_code
    anew = token_of(taken_in)
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]

    assert (while_kept, anew != token) == (200, True)
    assert [anonymous.get(f"track/{one}").status_code for one in (token, anew)] == [404, 200]


@pytest_db
def test_staff_close_a_link_and_make_a_new_one(branch: Branch) -> None:
    taken_in = order(branch)
    caller = Api(member("seller", branch))
    first = caller.get(f"repairs/{taken_in.pk}/tracking").body["data"]

    closed = caller.delete(f"repairs/{taken_in.pk}/tracking")
    shut = caller.get(f"repairs/{taken_in.pk}/tracking").body["data"]
    in_order = caller.get(f"repairs/{taken_in.pk}").body["data"]["trackingToken"]
    again = caller.post(f"repairs/{taken_in.pk}/tracking")

    assert first == {
        "token": first["token"], "url": f"http://testserver/track/{first['token']}/", "closed": False,
    }  # fmt: skip
    assert (closed.status_code, shut, in_order) == (204, {"token": None, "url": None, "closed": True}, None)
    anew = again.body["data"]
    assert (again.status_code, anew["closed"], anew["token"] != first["token"]) == (200, False, True)
    assert caller.get(f"repairs/{taken_in.pk}").body["data"]["trackingToken"] == anew["token"]
    told = events_of(taken_in, "repairs.tracking_link_changed")
    assert [(row["number"], row["closed"]) for row in told] == [(1, True), (2, False)]


@pytest_db
def test_an_order_that_becomes_somebody_elses_has_another_link(anonymous: Api, manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    before = manager.get(f"repairs/{taken_in.pk}").body["data"]["trackingToken"]

    answer = manager.patch(f"repairs/{taken_in.pk}", {"customerId": str(CustomerFactory().pk)})

    after = answer.body["data"]["trackingToken"]
    assert (answer.status_code, after != before) == (200, True)
    assert [anonymous.get(f"track/{token}").status_code for token in (before, after)] == [404, 200]
    same = manager.patch(
        f"repairs/{taken_in.pk}", {"customerId": answer.body["data"]["customerId"], "priority": "urgent"}
    )
    assert same.body["data"]["trackingToken"] == after


@pytest_db
def test_the_link_tells_what_is_the_customers_and_nothing_else(anonymous: Api, branch: Branch) -> None:
    part = stocked(5, branch, cost_price=Decimal("27.18"), sku="SECRET-SKU")
    taken_in = quoted(
        branch, lines=[line(part)], device_imei="490154203237518", device_serial="SN-9988776655",
        device_password="Gh3im-1234", technician=member("technician", branch, first_name="Hidden"),
    )  # fmt: skip
    for visibility in ("internal", "customer"):
        add_note(taken_in.pk, f"for {visibility}", visibility, actor=SYSTEM)

    answer = anonymous.get(f"track/{token_of(taken_in)}")

    data = answer.body["data"]
    assert (data["orderNumber"], data["status"]) == (taken_in.order_number, "pending")
    assert data["statusText"] == "We have received your device"
    assert (data["deviceImei"], data["deviceSerial"]) == ("•••••••••••7518", "•••••••••6655")
    assert [(step["status"], step["text"]) for step in data["timeline"]] == [("pending", data["statusText"])]
    assert [note["text"] for note in data["notes"]] == ["for customer"]
    assert (data["totalPrice"], data["paid"], data["balance"], data["currency"]) == ("100.00", "0.00", "100.00", "USD")
    assert (data["quote"]["version"], data["quote"]["canDecide"]) == (1, True)
    assert (data["shop"]["name"], len(data["shop"]["hours"]) > 0) == ("Harbour", True)
    text = json.dumps(answer.body)
    secrets = ["27.18", "SECRET-SKU", "Gh3im", "for internal", "Hidden", "490154203237518", str(part.pk),
               str(taken_in.customer_id), taken_in.customer.first_name, taken_in.customer.phone]  # fmt: skip
    assert [secret for secret in secrets if secret in text] == []
    headers = [answer[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")]
    assert headers == ["no-store", "no-referrer", "noindex, nofollow"]
    assert "X-RateLimit-Remaining" in answer


@pytest_db
def test_a_link_takes_as_many_statements_whatever_hangs_on_the_order(anonymous: Api, branch: Branch) -> None:
    def counted(times: int) -> int:
        taken_in = order(branch, lines=[line() for _ in range(times)])
        for number in range(times):
            add_note(taken_in.pk, f"note {number}", "customer", actor=SYSTEM)
            send_quote(taken_in.pk, QuoteRequest(), actor=SYSTEM)
        token = token_of(taken_in)
        with CaptureQueriesContext(connection) as queries:
            assert anonymous.get(f"track/{token}").status_code == 200
        return len(queries)

    assert [counted(1), counted(3)] == [STATEMENTS, STATEMENTS]


@pytest_db
def test_strangers_are_limited(anonymous: Api, branch: Branch, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "api": ["2/h"]}
    token = token_of(order(branch))

    answers = [anonymous.get(f"track/{token}") for _ in range(3)]
    page = [anonymous.client.get(f"/track/{token}/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.status_code for answer in page] == [200, 200, 429]
    assert int(page[2]["Retry-After"]) > 0


@pytest_db
def test_a_customer_approves_by_their_link(anonymous: Api, branch: Branch) -> None:
    taken_in = quoted(branch)
    first = taken_in.lines.first()
    body = {"quoteVersion": 1, "name": "Kim Ng", "lines": [str(first.pk)]}

    answers = [anonymous.post(f"track/{token_of(taken_in)}/approve", body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    data = answers[1].body["data"]
    assert (data["totalPrice"], data["quote"]["status"], data["quote"]["decidedTotal"]) == (
        "100.00",
        "approved",
        "100.00",
    )
    assert [row["isChosen"] for row in data["quote"]["lines"]] == [True, False]
    decision = QuoteDecision.objects.get()
    assert (decision.name, decision.way, decision.address) == ("Kim Ng", "link", "127.0.0.1")
    assert (decision.actor_kind, decision.actor_label) == ("anonymous", "Kim Ng")
    assert total_of(taken_in) == (Decimal(100), Decimal(100))
    refused = anonymous.post(f"track/{token_of(taken_in)}/decline", {"quoteVersion": 1, "name": "Kim Ng"})
    assert (refused.status_code, refused.body["code"]) == (409, "CONFLICT")


@pytest_db
def test_a_customer_declines_by_their_link(anonymous: Api, branch: Branch) -> None:
    taken_in = quoted(branch)
    body = {"quoteVersion": 1, "name": "Kim Ng", "reason": "too dear"}

    answers = [anonymous.post(f"track/{token_of(taken_in)}/decline", body) for _ in range(2)]

    assert [answer.body["data"]["quote"]["status"] for answer in answers] == ["declined", "declined"]
    assert (QuoteDecision.objects.get().reason, total_of(taken_in)) == ("too dear", (Decimal(140), None))


@pytest_db
@pytest.mark.parametrize(
    ("body", "field"),
    [({"name": "Kim"}, "quoteVersion"), ({"quoteVersion": 1}, "name"), ({"quoteVersion": 1, "name": " "}, "name"),
     ({"quoteVersion": 1, "name": "Kim", "total": "1"}, "total")],
)  # fmt: skip
def test_an_answer_that_is_none_is_refused(anonymous: Api, branch: Branch, body: Any, field: str) -> None:
    taken_in = quoted(branch)

    answer = anonymous.post(f"track/{token_of(taken_in)}/approve", body)

    assert (answer.status_code, [name for name, _ in named(answer)]) == (400, [field])
    assert QuoteDecision.objects.count() == 0


@pytest_db
def test_an_expired_quote_is_shown_as_such_before_the_job_has_run(anonymous: Api, branch: Branch) -> None:
    taken_in = quoted(branch)

    with time_machine.travel(timezone.now() + timedelta(days=15)):
        quote = anonymous.get(f"track/{token_of(taken_in)}").body["data"]["quote"]
        answer = anonymous.post(f"track/{token_of(taken_in)}/approve", {"quoteVersion": 1, "name": "Kim"})

    assert (quote["status"], quote["canDecide"], answer.status_code) == ("expired", False, 409)


@pytest_db
def test_a_quote_whose_lines_have_changed_says_so_until_the_next_version(anonymous: Api, branch: Branch) -> None:
    taken_in = quoted(branch)
    link = f"track/{token_of(taken_in)}"

    def told() -> tuple[int, str, bool, bool]:
        quote = anonymous.get(link).body["data"]["quote"]
        return quote["version"], quote["status"], quote["canDecide"], quote["isOutdated"]

    before = told()
    added = add_line(taken_in.pk, line(), actor=SYSTEM)
    outdated = told()
    answer = anonymous.post(f"{link}/approve", {"quoteVersion": 1, "name": "Kim"})
    remove_line(taken_in.pk, added.pk, actor=SYSTEM)
    as_it_was = told()
    change_line(taken_in.pk, taken_in.lines.first().pk, {"unit_price": Decimal(7)}, actor=SYSTEM)
    again = told()
    send_quote(taken_in.pk, QuoteRequest(), actor=SYSTEM)

    assert (before, outdated) == ((1, "sent", True, False), (1, "sent", False, True))
    assert (answer.status_code, answer.body["code"], QuoteDecision.objects.count()) == (409, "CONFLICT", 0)
    assert (as_it_was, again, told()) == (before, outdated, (2, "sent", True, False))


@pytest_db
def test_an_order_tells_its_token_to_staff_and_its_customer(branch: Branch, customer: Api, manager: Api) -> None:
    taken_in: RepairOrder = order(branch, customer=customer.user.customer.pk)

    told = [api.get(f"repairs/{taken_in.pk}").body["data"]["trackingToken"] for api in (manager, customer)]

    assert told == [token_of(taken_in)] * 2
    say(quoted(branch))
