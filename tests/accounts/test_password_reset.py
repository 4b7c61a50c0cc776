"""A forgotten password, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Customer, OneTimeCode, Passkey, RecoveryCode, Session, TotpDevice, User
from apps.audit.models import Event
from tests.accounts.conftest import log_in, me, outcome
from tests.accounts.hashers import CountingHasher
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory
from tests.factories.people import PASSWORD
from tests.mailbox import code_for, post
from tests.racing import race

pytestmark = pytest.mark.django_db
NEW = "Another-Horse-9"
WRONG_CODE = (400, [("code", "invalid")])
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def forget(identifier: str) -> Any:
    return Api().post("auth/forgot-password", {"identifier": identifier})


def reset(identifier: str, code: str, password: Any = NEW, **headers: str) -> Any:
    body = {"identifier": identifier, "code": code, "newPassword": password}
    return Api().post("auth/reset-password", body, **headers)


def refusal(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    return answer.status_code, [(item["field"], item["code"]) for item in answer.body["details"]]


def opens(email: str, password: str) -> bool:
    return Api().post("auth/login", {"identifier": email, "password": password}).status_code == 200


def code_of(user: User) -> str:
    forget(user.email)
    return code_for(user.email)


@pytest.mark.parametrize("identifier", ["KIM@shop.example", "kim.l", "+49 171 1234567"])
def test_a_code_from_the_mailbox_sets_a_new_password(identifier: str) -> None:
    user = UserFactory(email="kim@shop.example", username="kim.l", phone_number="+491711234567")
    asked = forget(identifier)

    answer = reset(identifier, code_for("kim@shop.example"))

    assert (asked.status_code, answer.status_code, answer.body["data"]) == (200, 200, None)
    assert answer.body["message"] == "The password has been changed. Log in with the new one."
    assert (opens(user.email, PASSWORD), opens(user.email, NEW)) == (False, True)
    event = Event.objects.get(type="accounts.password_reset")
    assert (event.aggregate_id, event.actor_kind, event.actor_id) == (user.pk, "user", user.pk)


def test_a_reset_ends_every_session_and_token() -> None:
    user = UserFactory()
    tokens = [log_in(user) for _ in range(2)]
    code = code_of(user)

    reset(user.email, code)

    assert [outcome(me(pair["accessToken"])) for pair in tokens] == [(401, "TOKEN_REVOKED")] * 2
    refreshed = [Api().post("auth/refresh", {"refreshToken": pair["refreshToken"]}) for pair in tokens]
    assert [outcome(answer) for answer in refreshed] == [(401, "TOKEN_REVOKED")] * 2
    assert not Session.objects.filter(revoked_at=None).exists()


def test_a_reset_changes_neither_the_second_factor_nor_anything_else_of_a_verified_account() -> None:
    user = UserFactory(phone_number="+491711234567")
    TotpDevice.objects.create(user=user, secret="S")
    before = User.objects.filter(pk=user.pk).values("email", "phone_number", "role", "is_active", "is_approved").get()

    reset(user.email, code_of(user))

    after = User.objects.filter(pk=user.pk).values("email", "phone_number", "role", "is_active", "is_approved").get()
    assert (after, TotpDevice.objects.filter(user=user).count()) == (before, 1)


def test_a_weak_password_is_refused_before_the_code_is_looked_at() -> None:
    user = UserFactory()
    code = code_of(user)

    weak = [reset(user.email, code, "weak"), reset("nobody@shop.example", code, "weak")]

    assert [refusal(answer) for answer in weak] == [
        (400, [("newPassword", "password_too_short"), ("newPassword", "password_too_plain")])
    ] * 2
    assert OneTimeCode.objects.get().attempts == 0
    assert reset(user.email, code).status_code == 200


@pytest.mark.parametrize("why", ["unknown", "wrong", "spent", "expired", "of another purpose", "inactive"])
def test_every_wrong_code_gets_the_same_answer_and_changes_nothing(why: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        user, identifier = UserFactory(), ""
        code = code_of(user)
        if why == "unknown":
            identifier = "nobody@shop.example"
        if why == "wrong":
            code = f"{(int(code) + 1) % 10**6:06d}"
        if why == "spent":
            reset(user.email, code)
        if why == "expired":
            clock.shift(timedelta(minutes=10))
        if why == "of another purpose":
            OneTimeCode.objects.update(purpose="verify_email")
        if why == "inactive":
            User.objects.update(is_active=False)
        hashed = User.objects.get().password

        answer = reset(identifier or user.email, code, "Third-Horse-9")

    assert refusal(answer) == WRONG_CODE
    assert answer.body["error"] == "This code is wrong or no longer valid. Ask for a new one."
    assert User.objects.get().password == hashed


def test_five_wrong_codes_end_the_code_though_each_request_is_refused() -> None:
    user = UserFactory()
    code = code_of(user)
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    tries = [refusal(reset(user.email, wrong, Idempotency_Key="same")) for _ in range(5)]

    assert tries == [WRONG_CODE] * 5
    assert refusal(reset(user.email, code)) == WRONG_CODE
    assert opens(user.email, PASSWORD)


def test_only_a_right_code_costs_a_hash(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.CountingHasher"]
    user = UserFactory()
    code = code_of(user)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    costs = []
    for identifier, given in ((user.email, wrong), ("nobody@shop.example", wrong), (user.email, code)):
        CountingHasher.computed = 0
        with CaptureQueriesContext(connection) as queries:
            reset(identifier, given)
        costs.append((CountingHasher.computed, len(queries)))

    assert costs[0] == costs[1]
    assert (costs[0][0], costs[2][0]) == (0, 1)


def test_who_never_verified_is_verified_by_the_reset() -> None:
    record = CustomerFactory(email="kim@mail.example")
    user = UserFactory(email="kim@mail.example", role="customer", is_verified=False)

    reset(user.email, code_of(user))

    user.refresh_from_db()
    assert user.is_verified
    assert Customer.objects.get(user=user).pk == record.pk
    assert opens(user.email, NEW)


def test_nothing_of_who_made_the_account_is_left_in_it_after_the_owners_reset() -> None:
    stranger = UserFactory(
        email="kim@mail.example", role="customer", is_verified=False, phone_number="+491711234567"
    )  # fmt: skip
    held = log_in(stranger)
    TotpDevice.objects.create(user=stranger, secret="S")
    RecoveryCode.objects.create(user=stranger, digest="d" * 64)
    Passkey.objects.create(user=stranger, name="key", credential_id="c", public_key=b"k")
    second = UserFactory(email="kim@mail.example", role="customer", is_verified=False)
    held_too = log_in_to(second)

    reset(stranger.email, code_of(stranger))

    stranger.refresh_from_db()
    left = [kind.objects.filter(user=stranger).count() for kind in (TotpDevice, RecoveryCode, Passkey)]
    assert (left, stranger.phone_number, stranger.is_verified) == ([0, 0, 0], None, True)
    assert outcome(me(held["accessToken"])) == (401, "TOKEN_REVOKED")
    assert outcome(held_too.get("auth/me")) == (401, "TOKEN_REVOKED")
    assert opens("kim@mail.example", NEW)


def log_in_to(user: User) -> Api:
    return Api(user)


@pytest.mark.parametrize("fields", [{"is_active": False}, {"email": "other@mail.example"}])
def test_who_cannot_be_reset_gets_the_same_answer_and_no_mail(fields: dict[str, Any]) -> None:
    UserFactory(**{"email": "kim@mail.example", **fields})
    UserFactory(email="kim@mail.example", is_verified=False, is_active=False)

    answers = [forget("kim@mail.example"), forget("nobody@mail.example")]

    bodies = [{name: answer.body[name] for name in ("success", "data", "message")} for answer in answers]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert bodies[0] == bodies[1]
    assert post() == []


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_a_code_that_is_sent_twice_at_once_sets_one_password() -> None:
    user = UserFactory()
    code = code_of(user)
    passwords = [f"Horse-Number-{number}" for number in range(4)]

    statuses = race(*[lambda password=password: reset(user.email, code, password).status_code
                      for password in passwords])  # fmt: skip

    won = [password for password, status in zip(passwords, statuses, strict=True) if status == 200]
    assert sorted(statuses) == [200, 400, 400, 400]
    assert [password for password in passwords if opens(user.email, password)] == won
