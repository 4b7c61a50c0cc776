"""The second step of a log-in: one token, one code, a few tries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.utils import timezone

from apps.accounts.enums import ChallengePurpose
from apps.accounts.models import Challenge, Passkey, RecoveryCode, Session, TotpDevice
from apps.accounts.services import set_active, set_password
from apps.audit.models import Event
from apps.core.actor import Actor
from tests.accounts.conftest import claims_of, me, outcome
from tests.accounts.second_factors import code_of, first_step, has_app, recovery_codes_of, second_step, wrong_code_of
from tests.conftest import Api
from tests.factories import UserFactory
from tests.factories.people import PASSWORD
from tests.racing import race

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, 15, tzinfo=UTC)
SYSTEM = Actor.system("test")
OK, WRONG, LOCKED = (200, ""), (401, "INVALID_CREDENTIALS"), (429, "RATE_LIMITED")
EXPIRED, REVOKED = (401, "TOKEN_EXPIRED"), (401, "TOKEN_REVOKED")


@pytest.fixture
def clock(db: None) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def events() -> list[str]:
    return [name.removeprefix("accounts.") for name in Event.objects.order_by("pk").values_list("type", flat=True)]


def test_the_right_password_is_only_the_first_step(clock: Any) -> None:
    user = UserFactory()
    has_app(user)

    answer = Api().post("auth/login", {"identifier": user.email, "password": PASSWORD})

    token = answer.body["data"]["mfaToken"]
    claims, challenge = claims_of(token), Challenge.objects.get()
    user.refresh_from_db()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.body["data"] == {"mfaRequired": True, "mfaToken": token}
    assert claims["aud"] == f"{configured.TOKEN_AUDIENCE}/second-factor"
    assert (claims["token_type"], claims["sub"], claims["sid"]) == ("second_factor", str(user.pk), str(challenge.pk))
    assert claims["exp"] - claims["iat"] == 300
    assert (Session.objects.count(), user.last_login, events()) == (0, None, [])


def test_a_wrong_password_says_nothing_of_a_second_factor() -> None:
    with_one, without = UserFactory(), UserFactory()
    has_app(with_one)

    answers = [
        Api().post("auth/login", {"identifier": user.email, "password": "Wrong-Horse-9"})
        for user in (with_one, without)
    ]

    assert [(outcome(answer), answer.body["error"]) for answer in answers] == [(WRONG, answers[0].body["error"])] * 2
    assert Challenge.objects.count() == 0


def test_a_code_of_the_app_opens_the_session(clock: Any) -> None:
    user = UserFactory()
    app = has_app(user)
    token = first_step(user)

    answer = second_step(token, code_of(app), User_Agent="till")

    data, session = answer.body["data"], Session.objects.get()
    user.refresh_from_db()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert data.keys() == {"accessToken", "refreshToken", "expiresIn", "user"}
    assert outcome(me(data["accessToken"])) == OK
    assert (session.user, session.device, session.address) == (user, "till", "127.0.0.1")
    assert (session.second_factor_at, user.last_login) == (NOW, NOW)
    assert events() == ["second_factor_used", "logged_in"]
    used, logged_in = Event.objects.order_by("pk")
    assert (used.aggregate_id, used.payload) == (user.pk, {"kind": "totp", "purpose": "log_in"})
    assert (logged_in.actor_id, logged_in.payload) == (user.pk, {"session_id": str(session.pk)})


@pytest.mark.parametrize("written", [str, str.upper, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_a_recovery_code_opens_the_session_once(written: Any) -> None:
    user = UserFactory()
    has_app(user)
    code = recovery_codes_of(user)[3]

    answers = [second_step(first_step(user), written(code)) for _ in range(2)]

    assert [outcome(answer) for answer in answers] == [OK, WRONG]
    assert RecoveryCode.objects.exclude(used_at=None).count() == 1
    assert Event.objects.get(type="accounts.second_factor_used").payload == {
        "kind": "recovery_code",
        "purpose": "log_in",
    }


def test_a_code_of_the_app_may_be_written_with_a_space() -> None:
    user = UserFactory()
    code = code_of(has_app(user))

    assert outcome(second_step(first_step(user), f"{code[:3]} {code[3:]}")) == OK


def test_who_has_a_passkey_only_comes_in_with_a_recovery_code() -> None:
    user = UserFactory()
    Passkey.objects.create(user=user, name="Key", credential_id="key", public_key=b"key")
    code = recovery_codes_of(user)[0]

    answers = [second_step(first_step(user), "123456"), second_step(first_step(user), code)]

    assert [outcome(answer) for answer in answers] == [WRONG, OK]


def test_a_code_is_accepted_at_one_log_in_only() -> None:
    user = UserFactory()
    code = code_of(has_app(user))

    answers = [second_step(first_step(user), code) for _ in range(2)]

    assert [outcome(answer) for answer in answers] == [OK, WRONG]


@pytest.mark.parametrize("body", [
    {}, {"mfaToken": "x"}, {"code": "123456"}, {"mfaToken": None, "code": None}, {"mfaToken": ["x"], "code": "123456"},
    {"mfaToken": "x", "code": ["123456"]}, {"mfaToken": "x", "code": ""}, {"mfaToken": "x", "code": "1" * 33},
    {"mfaToken": "x" * 4097, "code": "123456"}, {"mfaToken": "x", "code": "123456", "trust": True},
])  # fmt: skip
def test_a_body_of_another_shape_is_refused(body: dict[str, Any]) -> None:
    assert outcome(Api().post("auth/mfa/verify", body)) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    "code", ["000000x", "１２３４５６", "12345", "1234567", "-", "abcde-fgh23", "..", "123\u0661\u0662\u0663"]
)
def test_what_is_no_code_is_a_wrong_one(code: str) -> None:
    user = UserFactory()
    has_app(user)
    recovery_codes_of(user)

    answer = second_step(first_step(user), code)

    assert outcome(answer) == WRONG
    assert events() == ["second_factor_failed"]
    assert (Session.objects.count(), TotpDevice.objects.get().last_step) == (0, 0)


@pytest.mark.exhaustive
def test_after_five_wrong_codes_the_step_is_over_and_the_account_waits(clock: Any) -> None:
    user = UserFactory()
    app = has_app(user)
    token, other = first_step(user), first_step(user)

    wrong = [second_step(token, wrong_code_of(app)) for _ in range(5)]
    locked = [second_step(token, code_of(app)), second_step(other, code_of(app))]
    clock.shift(61)
    afterwards = [second_step(token, code_of(app)), second_step(other, code_of(app))]

    assert [outcome(answer) for answer in wrong] == [WRONG] * 5
    assert [outcome(answer) for answer in locked] == [LOCKED] * 2
    assert [answer.headers["Retry-After"] for answer in locked] == ["60"] * 2
    assert [outcome(answer) for answer in afterwards] == [REVOKED, OK]
    assert events() == [*["second_factor_failed"] * 5, "locked_out", "second_factor_used", "logged_in"]


@pytest.mark.exhaustive
def test_the_right_password_does_not_forget_wrong_codes(clock: Any) -> None:
    user = UserFactory()
    app = has_app(user)

    answers = [second_step(first_step(user), wrong_code_of(app)) for _ in range(6)]

    assert [outcome(answer) for answer in answers] == [WRONG] * 5 + [LOCKED]


def test_new_challenges_do_not_mean_more_than_twenty_tries_an_hour(clock: Any) -> None:
    user = UserFactory()
    app = has_app(user)
    for minutes in (50, 40, 30, 20):
        Challenge.objects.create(
            user=user, purpose=ChallengePurpose.LOG_IN, auth_version=user.auth_version, attempts=5,
            expires_at=NOW, created_at=NOW - timedelta(minutes=minutes),
        )  # fmt: skip

    now = second_step(first_step(user), code_of(app))
    clock.shift(11 * 60)
    later = second_step(first_step(user), code_of(app))

    assert (outcome(now), outcome(later)) == (LOCKED, OK)
    assert now.headers["Retry-After"] == "300"


def test_a_new_password_shakes_off_who_uses_up_the_tries_with_the_old_one(clock: Any) -> None:
    user = UserFactory()
    app = has_app(user)
    Challenge.objects.create(
        user=user, purpose=ChallengePurpose.LOG_IN, auth_version=user.auth_version, attempts=20, expires_at=NOW
    )

    set_password(user, PASSWORD, actor=SYSTEM)

    assert outcome(second_step(first_step(user), code_of(app))) == OK


def test_the_token_expires_after_five_minutes(clock: Any) -> None:
    user = UserFactory()
    app = has_app(user)
    early, late = first_step(user), first_step(user)

    clock.shift(299)
    in_time = second_step(early, code_of(app))
    clock.shift(31)
    answer = second_step(late, code_of(app))

    assert (outcome(in_time), outcome(answer)) == (OK, EXPIRED)
    assert Session.objects.count() == 1


@pytest.mark.parametrize("change", ["password", "deactivated", "let in again"])
def test_what_ends_the_sessions_ends_the_step_as_well(change: str) -> None:
    user = UserFactory()
    app = has_app(user)
    token = first_step(user)
    if change == "password":
        set_password(user, PASSWORD, actor=SYSTEM)
    else:
        set_active(user, active=False, actor=SYSTEM)
    if change == "let in again":
        set_active(user, active=True, actor=SYSTEM)

    answer = second_step(token, code_of(app))

    assert outcome(answer) == REVOKED
    assert (Session.objects.count(), TotpDevice.objects.get().last_step) == (0, 0)


def test_the_limit_of_secrets_counts_by_account_as_well(settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["2/m"]}
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    user = UserFactory()
    app = has_app(user)
    tokens = []
    for n in range(3):
        answer = Api().post(
            "auth/login", {"identifier": f" {user.email}", "password": PASSWORD}, X_Forwarded_For=f"9.9.9.{n}"
        )
        tokens.append(answer.body["data"] and answer.body["data"].get("mfaToken") if answer.status_code == 200 else "x")

    answers = [second_step(tokens[0], wrong_code_of(app), X_Forwarded_For=f"9.9.8.{n}") for n in range(3)]

    assert [outcome(answer) for answer in answers] == [WRONG, WRONG, LOCKED]


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_of_sixteen_wrong_codes_at_once_five_are_judged() -> None:
    user = UserFactory()
    app = has_app(user)
    token, code = first_step(user), wrong_code_of(app)

    answers = race(*[lambda: second_step(token, code)] * 16)

    seen = [outcome(answer) for answer in answers]
    assert seen.count(WRONG) == Event.objects.filter(type="accounts.second_factor_failed").count() <= 5
    assert set(seen) <= {WRONG, REVOKED, LOCKED}
    assert Challenge.objects.get().attempts == 5
    assert Session.objects.count() == 0


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("tokens", ["one", "many"])
def test_of_sixteen_log_ins_with_one_code_at_once_one_succeeds(tokens: str) -> None:
    user = UserFactory()
    code = code_of(has_app(user), at=timezone.now())
    given = [first_step(user)] * 8 if tokens == "one" else [first_step(user) for _ in range(8)]

    answers = race(*[lambda token=token: second_step(token, code) for token in given])

    assert [outcome(answer) for answer in answers].count(OK) == 1
    assert Session.objects.count() == 1
