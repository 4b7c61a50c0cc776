"""Registering over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Customer, User
from apps.audit.models import Event
from tests.accounts.conftest import me, outcome
from tests.accounts.hashers import CountingHasher
from tests.accounts.registering import ADA, bearer, refusal, register, types, user_of, verify
from tests.conftest import Api
from tests.factories import UserFactory
from tests.factories.people import PASSWORD
from tests.mailbox import code_for, post

pytestmark = pytest.mark.django_db
CODE_MAIL = ("ada@mail.example", "Your code to confirm your e-mail address")
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def test_registering_answers_tokens_and_an_unverified_customer() -> None:
    with time_machine.travel(NOW, tick=False):
        answer = register(username="Ada.L", phoneNumber="+49 171 1234567")
        own = me(answer.body["data"]["accessToken"])

    data, user = answer.body["data"], user_of(answer)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert data.keys() == {"accessToken", "refreshToken", "expiresIn", "user"}
    assert data["expiresIn"] == 900
    assert data["user"] == {
        "id": str(user.pk),
        "firstName": "Ada",
        "lastName": "Lovelace",
        "email": "ada@mail.example",
        "username": "ada.l",
        "phoneNumber": "+491711234567",
        "role": "customer",
        "isActive": True,
        "isVerified": False,
        "branches": [],
        "lastLogin": "2026-05-04T10:00:00.000000Z",
        "createdAt": "2026-05-04T10:00:00.000000Z",
        "updatedAt": "2026-05-04T10:00:00.000000Z",
    }
    assert user.check_password(PASSWORD)
    assert own.body["data"] == data["user"]
    assert types(user) == ["registered", "code_requested", "logged_in"]


def test_registering_sends_a_code_to_the_address() -> None:
    register()

    assert post() == [CODE_MAIL]


def test_a_seller_waits_for_an_admin_even_after_the_code() -> None:
    answer = register(role="seller")
    verified = verify(code_for("ada@mail.example"), **bearer(answer))

    user = user_of(answer)
    assert (answer.status_code, answer.body["data"]["user"]["role"]) == (201, "seller")
    assert (verified.status_code, user.is_verified, user.is_approved, user.awaits_approval) == (200, True, False, True)
    assert Customer.objects.count() == 0
    assert outcome(Api().get("customers", **bearer(answer))) == (403, "ACCOUNT_UNVERIFIED")


@pytest.mark.parametrize("role", ["admin", "manager", "technician"])
def test_nobody_registers_for_a_higher_role(role: str) -> None:
    answer = register(role=role)

    assert outcome(answer) == (403, "FORBIDDEN")
    assert (User.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("fields", "field", "codes"),
    [
        ({"password": "Short-1"}, "password", ["password_too_short"]),
        ({"password": "nothing-upper-1"}, "password", ["password_too_plain"]),
        ({"password": "password"}, "password", ["password_too_plain", "password_too_common"]),
        ({"password": "A1-" + "x" * 126}, "password", ["max_length"]),
        ({"password": None}, "password", ["null"]),
        ({"email": "ada"}, "email", ["invalid"]),
        ({"email": ""}, "email", ["blank"]),
        ({"firstName": " "}, "firstName", ["blank"]),
        ({"firstName": "x" * 101}, "firstName", ["max_length"]),
        ({"lastName": "a\0b"}, "lastName", ["invalid_text"]),
        ({"username": "a@b"}, "username", ["invalid"]),
        ({"username": "+4917"}, "username", ["invalid"]),
        ({"phoneNumber": "12"}, "phoneNumber", ["invalid_phone"]),
        ({"role": "boss"}, "role", ["invalid_choice"]),
        ({"isVerified": True}, "isVerified", ["unknown_field"]),
        ({"isApproved": True}, "isApproved", ["unknown_field"]),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(fields: dict[str, Any], field: str, codes: list[str]) -> None:
    answer = register(**fields)

    assert refusal(answer) == (400, "VALIDATION_ERROR", [(field, code) for code in codes])
    assert (User.objects.count(), Event.objects.count()) == (0, 0)


def test_names_in_any_script_are_kept_as_they_are() -> None:
    answer = register(firstName="Željko", lastName="王 小明", email="ADA@Mail.Example", phoneNumber="", username="")

    user = user_of(answer)
    assert (user.first_name, user.last_name, user.email) == ("Željko", "王 小明", "ada@mail.example")
    assert (user.phone_number, user.username) == (None, None)


def test_a_taken_username_is_no_secret() -> None:
    UserFactory(username="ada.l")

    answer = register(username="ADA.L")

    assert outcome(answer) == (409, "DUPLICATE_ERROR")
    assert (User.objects.count(), Event.objects.count()) == (1, 0)


def test_a_verified_address_answers_the_same_and_its_owner_is_told() -> None:
    owner = UserFactory(email="ada@mail.example", phone_number="+491711234567", role="customer")
    known = register(phoneNumber="+491711234567")
    unknown = register(email="eve@mail.example", phoneNumber="+491711234568")

    shapes = [(answer.status_code, answer.body["data"].keys(), answer.headers.keys()) for answer in (known, unknown)]
    assert shapes[0] == shapes[1]
    assert known.body["data"]["user"].keys() == unknown.body["data"]["user"].keys()
    assert known.body["data"]["user"]["isVerified"] is False
    assert user_of(known).pk != owner.pk
    assert post() == [
        ("eve@mail.example", "Your code to confirm your e-mail address"),  # codes go first
        ("ada@mail.example", "You have an account already"),
    ]


def test_the_owner_does_not_learn_who_registered() -> None:
    owner = UserFactory(email="ada@mail.example")

    register(firstName="Mallory")

    told = Event.objects.get(type="accounts.registered_again")
    assert (told.aggregate_id, told.actor_kind, told.actor_label) == (owner.pk, "anonymous", "anonymous")


def test_the_owner_is_told_five_times_an_hour_at_most() -> None:
    UserFactory(email="ada@mail.example")
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(7):
            register()
            clock.shift(timedelta(seconds=31))

        mails = post()

    assert mails == [("ada@mail.example", "You have an account already")] * 5


def test_known_and_unknown_cost_the_same_hashes_and_statements(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.CountingHasher"]
    UserFactory(email="known@mail.example")
    register(email="warm-up@mail.example")
    costs = []
    for email in ("known@mail.example", "unknown@mail.example"):
        CountingHasher.computed = 0
        with CaptureQueriesContext(connection) as queries:
            assert register(email=email).status_code == 201
        costs.append((CountingHasher.computed, [_verb(query["sql"]) for query in queries]))

    assert costs[0] == costs[1]
    assert costs[0][0] == 1


def _verb(sql: str) -> str:
    return sql.split(maxsplit=1)[0]


@pytest.mark.parametrize("route", ["resend-otp", "forgot-password"])
def test_asking_for_a_code_answers_and_costs_the_same_for_everybody(route: str) -> None:
    UserFactory(email="verified@mail.example")
    register()
    answers, costs = [], []
    for identifier in ("verified@mail.example", ADA["email"], "nobody@mail.example", "+491711234567", "nobody"):
        with CaptureQueriesContext(connection) as queries:
            answers.append(Api().post(f"auth/{route}", {"identifier": identifier}))
        costs.append([_verb(query["sql"]) for query in queries])

    bodies = [{name: answer.body[name] for name in ("success", "data", "message")} for answer in answers]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert bodies == [bodies[0]] * 5
    assert bodies[0]["data"] == {"expiresIn": 600}
    assert costs == [costs[0]] * 5


def test_an_idempotency_key_stores_no_tokens() -> None:
    answers = [Api().post("auth/register", ADA, Idempotency_Key="key-1") for _ in range(2)]

    tokens = {answer.body["data"]["refreshToken"] for answer in answers}
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(tokens) == 2
    assert User.objects.filter(email="ada@mail.example").count() == 2


@pytest.mark.parametrize("route", ["register", "verify-otp", "resend-otp", "forgot-password", "reset-password"])
def test_routes_that_take_a_secret_are_limited_by_address_and_by_identifier(route: str, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["5/m"]}
    body = {"identifier": "kim@mail.example"} if route != "register" else {**ADA, "role": "admin"}
    with time_machine.travel(NOW, tick=False):
        statuses = []
        for number in range(6):
            api = Api()
            api.client.defaults["REMOTE_ADDR"] = f"198.51.100.{number + 1}"
            statuses.append(api.post(f"auth/{route}", body).status_code)
        by_address = [Api().post(f"auth/{route}", {}).status_code for _ in range(6)]

    assert 429 not in statuses[:5]
    assert statuses[5] == 429
    assert by_address == [400] * 5 + [429]
