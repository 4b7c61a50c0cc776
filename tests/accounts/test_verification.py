"""Proving an address over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Customer, OneTimeCode, Session, User
from apps.audit.models import Event
from tests.accounts.conftest import me, outcome
from tests.accounts.registering import ADA, bearer, refusal, register, types, user_of, verify
from tests.conftest import Api
from tests.factories import BranchFactory, CustomerFactory, UserFactory, order
from tests.factories.people import PASSWORD
from tests.mailbox import code_for, post
from tests.racing import race

pytestmark = pytest.mark.django_db
WRONG_CODE = (400, "VALIDATION_ERROR", [("code", "invalid")])
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def test_the_code_verifies_the_account() -> None:
    answer = register()

    verified = verify(code_for("ada@mail.example"), **bearer(answer))

    user = user_of(answer)
    customer = Customer.objects.get()
    assert verified.status_code == 200
    assert verified.body["data"] == {"user": me(answer.body["data"]["accessToken"]).body["data"]}
    assert verified.body["data"]["user"]["isVerified"] is True
    assert (customer.user_id, str(customer), customer.email) == (user.pk, "Ada Lovelace", "ada@mail.example")
    event = Event.objects.get(type="accounts.verified")
    assert (event.aggregate_id, event.payload) == (user.pk, {"customer_id": str(customer.pk)})
    assert (event.actor_kind, event.actor_id) == ("user", user.pk)


@pytest.mark.parametrize("identifier", ["ada@mail.example", " ADA@mail.example", "ada.l", "+49 171 1234567"])
def test_a_single_claim_is_verified_without_a_token(identifier: str) -> None:
    answer = register(username="ada.l", phoneNumber="+491711234567")

    verified = verify(code_for("ada@mail.example"), identifier)

    assert verified.status_code == 200
    assert verified.body["data"]["user"]["id"] == str(user_of(answer).pk)
    assert user_of(answer).is_verified


def test_without_a_token_two_claims_of_a_day_are_nobodys() -> None:
    first = register()
    post()
    register()
    code = code_for("ada@mail.example")

    without = verify(code)

    assert refusal(without) == WRONG_CODE
    assert refusal(verify(code, **bearer(first))) == WRONG_CODE
    assert User.objects.filter(is_verified=True).count() == 0


def test_without_a_token_an_older_claim_does_not_count() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        register(password="Stranger-Pass-1")
        clock.shift(timedelta(days=1, seconds=1))
        mine = register()
        verified = verify(code_for("ada@mail.example"))

    assert verified.body["data"]["user"]["id"] == str(user_of(mine).pk)


def test_an_old_claim_is_verified_with_a_token() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        answer = register()
        clock.shift(timedelta(days=3))
        tokens = Api().post("auth/login", {"identifier": ADA["email"], "password": PASSWORD})
        Api().post("auth/resend-otp", {"identifier": ADA["email"]}, **bearer(tokens))
        verified = verify(code_for("ada@mail.example"), **bearer(tokens))

    assert (verified.status_code, user_of(answer).is_verified) == (200, True)


def test_what_a_stranger_claimed_first_gains_nothing_from_the_owners_verification() -> None:
    stranger = register(password="Stranger-Pass-1", phoneNumber="+491711234567")
    post()
    owner = register()

    verified = verify(code_for("ada@mail.example"), **bearer(owner))

    assert verified.body["data"]["user"]["id"] == str(user_of(owner).pk)
    assert not user_of(stranger).is_verified
    assert outcome(me(stranger.body["data"]["accessToken"])) == (401, "TOKEN_REVOKED")
    assert me(owner.body["data"]["accessToken"]).status_code == 200
    assert not OneTimeCode.objects.filter(user=user_of(stranger), ended_at=None).exists()
    assert Customer.objects.get().user_id == user_of(owner).pk


@pytest.mark.exhaustive
def test_many_claims_cost_the_owner_no_more_statements_than_one() -> None:
    counts = []
    for claims in (1, 3):
        email = f"owner{claims}@mail.example"
        strangers = [register(email=email) for _ in range(claims)]
        owner = register(email=email)
        code = code_for(email)
        with CaptureQueriesContext(connection) as queries:
            assert verify(code, email, **bearer(owner)).status_code == 200
        counts.append(len(queries))
        ended = Event.objects.filter(
            type="accounts.session_ended", aggregate_id__in=[user_of(one).pk for one in strangers]
        )
        assert ended.count() == claims

    assert counts[0] == counts[1]


def test_a_claim_on_a_verified_address_can_never_take_it() -> None:
    owner = UserFactory(email="ada@mail.example")
    claim = register()

    for _ in range(2):
        Api().post("auth/resend-otp", {"identifier": ADA["email"]}, **bearer(claim))
    Api().post("auth/forgot-password", {"identifier": ADA["email"]})

    assert post() == [
        ("ada@mail.example", "Your code for a new password"),  # codes go first
        ("ada@mail.example", "You have an account already"),
    ]
    assert OneTimeCode.objects.get().user_id == owner.pk
    assert refusal(verify("000000", **bearer(claim))) == WRONG_CODE
    assert not user_of(claim).is_verified


def test_a_phone_number_of_a_verified_account_is_given_up() -> None:
    UserFactory(phone_number="+491711234567")
    answer = register(phoneNumber="+491711234567")

    verified = verify(code_for("ada@mail.example"), **bearer(answer))

    assert verified.body["data"]["user"]["phoneNumber"] is None
    assert Customer.objects.get().phone == ""


@pytest.mark.parametrize("why", ["unknown", "wrong", "spent", "expired", "other account", "already verified"])
def test_every_wrong_code_gets_the_same_answer(why: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        answer = register()
        code = code_for("ada@mail.example")
        headers = bearer(answer)
        identifier = ADA["email"]
        if why == "unknown":
            identifier, headers = "nobody@mail.example", {}
        if why == "wrong":
            code = f"{(int(code) + 1) % 10**6:06d}"
        if why in {"spent", "already verified"}:
            verify(code, **(headers if why == "spent" else {}))
        if why == "expired":
            clock.shift(timedelta(minutes=10))
        if why == "other account":
            headers = Api(UserFactory(role="customer", is_verified=False)).headers
        verified = User.objects.filter(is_verified=True).count()

        refused = verify(code, identifier, **headers)

    refused.body.pop("meta")
    assert refused.status_code == 400
    assert refused.body == {
        "success": False,
        "error": "This code is wrong or no longer valid. Ask for a new one.",
        "code": "VALIDATION_ERROR",
        "details": [
            {
                "field": "code",
                "code": "invalid",
                "message": "This code is wrong or no longer valid. Ask for a new one.",
            }
        ],
    }
    assert User.objects.filter(is_verified=True).count() == verified


@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "１２３４５６", "", None, 123456.5])
def test_what_cannot_be_a_code_is_not_judged(code: Any) -> None:
    register()
    code_for("ada@mail.example")

    refused = Api().post("auth/verify-otp", {"identifier": ADA["email"], "code": code})

    assert (refused.status_code, refused.body["details"][0]["field"]) == (400, "code")
    assert OneTimeCode.objects.get().attempts == 0


def test_five_wrong_codes_over_http_end_the_code() -> None:
    answer = register()
    code = code_for("ada@mail.example")
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    tries = [refusal(verify(wrong, Idempotency_Key="same", **bearer(answer))) for _ in range(5)]

    assert tries == [WRONG_CODE] * 5
    assert refusal(verify(code, **bearer(answer))) == WRONG_CODE
    assert not user_of(answer).is_verified


def test_a_broken_token_is_refused_before_the_code_is_judged() -> None:
    register()
    code = code_for("ada@mail.example")

    assert outcome(verify(code, Authorization="Bearer nonsense")) == (401, "UNAUTHORIZED")
    assert OneTimeCode.objects.get().attempts == 0


def test_a_deactivated_claim_is_not_verified() -> None:
    answer = register()
    code = code_for("ada@mail.example")
    User.objects.update(is_active=False)

    assert refusal(verify(code)) == WRONG_CODE
    assert not user_of(answer).is_verified


def test_an_unverified_customer_sees_nothing_of_a_repair_that_carries_the_address() -> None:
    mine = CustomerFactory(email="Ada@Mail.example", first_name="Ada")
    taken_in = order(BranchFactory(), customer=mine.pk)
    answer = register()
    client = Api()
    client.headers = bearer(answer)

    before = [client.get("repairs").body["data"]["items"], client.get("customers").body["data"]["items"]]
    hidden = [client.get(f"repairs/{taken_in.pk}"), client.get(f"customers/{mine.pk}")]
    verify(code_for("ada@mail.example"), **bearer(answer))
    after = [client.get("repairs").body["data"]["items"], client.get("customers").body["data"]["items"]]

    assert before == [[], []]
    assert [outcome(one) for one in hidden] == [(404, "NOT_FOUND")] * 2
    assert [[row["id"] for row in rows] for rows in after] == [[str(taken_in.pk)], [str(mine.pk)]]
    assert Customer.objects.count() == 1


def test_the_newest_free_record_with_the_address_is_linked() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for fields in ({}, {"first_name": "Newest"}, {"is_active": False}, {"user": UserFactory(role="customer")}):
            clock.shift(timedelta(days=1))
            CustomerFactory(email="ada@mail.example", **fields)
    answer = register()

    verify(code_for("ada@mail.example"), **bearer(answer))

    linked = Customer.objects.get(user=user_of(answer))
    assert linked.first_name == "Newest"
    changed = Event.objects.get(type="accounts.customer_changed")
    assert (changed.aggregate_id, changed.payload) == (linked.pk, {"changed": ["user"]})


@pytest.mark.parametrize("typed", ["mike@gıthub.example", "mıke@github.example"])
def test_an_address_that_only_looks_alike_leads_to_nobody_s_record(typed: str) -> None:
    record = CustomerFactory(email="mike@github.example")
    registered = register(email=typed)

    answer = verify(code_for(user_of(registered).email), typed)

    record.refresh_from_db()
    assert (answer.status_code, record.user_id) == (200, None)


@pytest.mark.parametrize("typed", ["ADA@müller.example", "ada@xn--mller-kva.example", "ａｄａ@müller.example"])
def test_an_address_in_another_spelling_leads_to_its_record(typed: str) -> None:
    record = CustomerFactory(email="ada@müller.example")
    registered = register(email=typed)

    answer = verify(code_for("ada@müller.example"), typed)

    record.refresh_from_db()
    assert (answer.status_code, record.user_id) == (200, user_of(registered).pk)


def test_a_resent_code_ends_the_first() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        answer = register()
        first = code_for("ada@mail.example")
        clock.shift(timedelta(seconds=31))
        Api().post("auth/resend-otp", {"identifier": ADA["email"]})
        second = code_for("ada@mail.example")
        codes = [code for code in (first, second) if code != first or first == second]

        statuses = [verify(first, **bearer(answer)).status_code, verify(codes[-1], **bearer(answer)).status_code]

    assert statuses == ([400, 200] if first != second else [200, 400])


@pytest.mark.django_db(transaction=True)
def test_two_claims_that_verify_at_once_do_not_both_take_the_address() -> None:
    first = register()
    codes = [code_for("ada@mail.example")]
    second = register()
    codes.append(code_for("ada@mail.example"))

    answers = race(*[
        lambda code=code, who=who: verify(code, **bearer(who)).status_code
        for code, who in zip(codes, (first, second), strict=True)
    ])  # fmt: skip

    assert sorted(answers) in ([200, 400], [200, 401])
    assert User.objects.filter(email="ada@mail.example", is_verified=True).count() == 1
    assert Customer.objects.count() == 1
    assert Session.objects.filter(revoked_at=None).count() == 1


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_a_code_that_is_sent_twice_at_once_verifies_once() -> None:
    answer = register()
    code = code_for("ada@mail.example")

    statuses = race(*[lambda: verify(code, **bearer(answer)).status_code] * 4)

    assert sorted(statuses) == [200, 400, 400, 400]
    assert types(user_of(answer)).count("verified") == 1
    assert Customer.objects.count() == 1
