"""Authenticator apps and recovery codes: set up, asked for, used once, taken away."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from apps.accounts import tasks
from apps.accounts.enums import ChallengePurpose
from apps.accounts.exceptions import MfaRequired
from apps.accounts.models import Challenge, Passkey, RecoveryCode, Session, TotpDevice, User
from apps.accounts.selectors import has_second_factor
from apps.accounts.services import begin_challenge, reset_second_factor, set_password
from apps.accounts.services.totp import matching_step, use_totp
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, DomainError, Forbidden
from tests.accounts.conftest import log_in, me, outcome
from tests.accounts.second_factors import code_of, first_step, has_app, recovery_codes_of, step_up, wrong_code_of
from tests.conftest import Api
from tests.factories import UserFactory, actor_for, member
from tests.factories.people import PASSWORD
from tests.racing import race

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, 15, tzinfo=UTC)
CHANGED = "accounts.second_factor_changed"
MFA_REQUIRED, REVOKED = (403, "MFA_REQUIRED"), (401, "TOKEN_REVOKED")


@pytest.fixture
def clock(db: None) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def changes() -> list[str]:
    """What happened to second factors, in order."""
    return [
        payload["change"]
        for payload in Event.objects.filter(type=CHANGED).order_by("pk").values_list("payload", flat=True)
    ]


def with_passkey(user: User) -> User:
    Passkey.objects.create(user=user, name="Key", credential_id=str(user.pk), public_key=b"key")
    return user


def set_up(api: Api) -> pyotp.TOTP:
    """The app of a caller who has scanned the code, and not yet confirmed it."""
    return pyotp.TOTP(api.post("auth/mfa/totp/setup").body["data"]["secret"])


def confirm(api: Api, code: str) -> Any:
    return api.post("auth/mfa/totp/confirm", {"code": code})


def remove(api: Api, password: str, code: str) -> Any:
    return api.request("DELETE", "auth/mfa/totp", {"password": password, "code": code})


# RFC 6238, appendix B, SHA-1. Its codes have eight digits; six are what is left of the same number modulo 10**6.
VECTORS = {59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924",
           2000000000: "69279037", 20000000000: "65353130"}  # fmt: skip
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    user = UserFactory()
    TotpDevice.objects.create(user=user, secret=RFC_SECRET, confirmed_at=NOW)

    accepted = use_totp(user.pk, code[-6:], at)

    assert accepted
    assert matching_step(RFC_SECRET, code[-6:], at) == TotpDevice.objects.get().last_step == seconds // 30


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_s_clock_may_be_one_step_off(steps: int, accepted: bool) -> None:
    user = UserFactory()
    app = has_app(user)

    assert use_totp(user.pk, code_of(app, steps, NOW), NOW) is accepted
    assert (TotpDevice.objects.get().last_step > 0) is accepted


def test_neither_a_code_nor_one_before_it_is_accepted_again() -> None:
    user = UserFactory()
    app = has_app(user)
    codes = [code_of(app, steps, NOW) for steps in (0, 0, -1, 1, 0)]

    assert [use_totp(user.pk, code, NOW) for code in codes] == [True, False, False, True, False]


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_uses_of_a_code_at_once_one_succeeds() -> None:
    user = UserFactory()
    code = code_of(has_app(user), at=NOW)

    outcomes = race(*[lambda: use_totp(user.pk, code, NOW)] * 16)

    assert sorted(outcomes) == [False] * 15 + [True]


def test_the_code_of_another_user_and_that_of_an_unconfirmed_app_are_worth_nothing() -> None:
    user, other = UserFactory(), UserFactory()
    foreign = has_app(other)
    pending = TotpDevice.objects.create(user=user, secret=pyotp.random_base32())

    accepted = [use_totp(user.pk, code_of(app, at=NOW), NOW) for app in (foreign, pyotp.TOTP(pending.secret))]

    assert accepted == [False, False]


def test_setting_up_answers_what_an_app_needs_and_asks_for_nothing_yet() -> None:
    user = UserFactory(email="ada@shop.example")

    answer = Api(user).post("auth/mfa/totp/setup")

    data = answer.body["data"]
    url = urlsplit(data["otpauthUrl"])
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert data.keys() == {"secret", "otpauthUrl", "qrSvg"}
    assert len(base64.b32decode(data["secret"])) == 20
    assert (url.scheme, url.netloc, url.path) == ("otpauth", "totp", "/Mendery:ada%40shop.example")
    assert parse_qs(url.query) == {"secret": [data["secret"]], "issuer": ["Mendery"]}
    assert data["qrSvg"].startswith('<svg xmlns="http://www.w3.org/2000/svg" ')
    assert data["qrSvg"].endswith("</svg>")
    assert (has_second_factor(user.pk), changes()) == (False, [])


def test_the_secret_is_encrypted_in_the_database() -> None:
    app = set_up(Api(UserFactory()))

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_totpdevice")
        ((stored,),) = cursor.fetchall()

    assert app.secret not in stored
    assert TotpDevice.objects.get().secret == app.secret


def test_the_first_code_makes_the_app_count(clock: Any) -> None:
    user = UserFactory()
    other, api = log_in(user), Api(user)
    app = set_up(api)

    answer = confirm(api, code_of(app))

    codes = answer.body["data"]["recoveryCodes"]
    device, session = TotpDevice.objects.get(), Session.objects.get(revoked_at=None)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert len(set(codes)) == 10
    assert (device.confirmed_at, device.last_step) == (NOW, NOW.timestamp() // 30)
    assert session.second_factor_at == NOW
    assert outcome(me(other["accessToken"])) == REVOKED
    assert outcome(api.get("auth/me")) == (200, "")
    assert Session.objects.exclude(revoked_at=None).get().end_reason == "second_factor"
    event = Event.objects.get(type=CHANGED)
    assert (event.payload, event.actor_id) == ({"change": "totp_added", "reason": ""}, user.pk)


def test_recovery_codes_are_kept_as_digests_only(clock: Any) -> None:
    api = Api(UserFactory())
    codes = confirm(api, code_of(set_up(api))).body["data"]["recoveryCodes"]

    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))

    assert RecoveryCode.objects.count() == 10
    assert [code for code in codes if code in kept or code.replace("-", "") in kept] == []


def test_the_code_that_confirmed_is_not_good_for_a_log_in(clock: Any) -> None:
    api = Api(UserFactory())
    app = set_up(api)
    confirm(api, code_of(app))
    assert api.user is not None

    answer = Api().post("auth/mfa/verify", {"mfaToken": first_step(api.user), "code": code_of(app)})

    assert outcome(answer) == (401, "INVALID_CREDENTIALS")


def test_a_wrong_first_code_is_refused_and_changes_nothing() -> None:
    api = Api(UserFactory())
    app = set_up(api)

    answer = confirm(api, wrong_code_of(app))

    assert outcome(answer) == (400, "VALIDATION_ERROR")
    assert [(item["field"], item["code"]) for item in answer.body["details"]] == [("code", "invalid")]
    assert TotpDevice.objects.get().confirmed_at is None
    assert (RecoveryCode.objects.count(), changes()) == (0, [])


def test_there_is_nothing_to_confirm_before_setting_up() -> None:
    assert outcome(confirm(Api(UserFactory()), "123456")) == (409, "CONFLICT")
    assert TotpDevice.objects.count() == 0


def test_a_second_setup_replaces_the_first_one_that_was_not_confirmed() -> None:
    api = Api(UserFactory())
    first, second = set_up(api), set_up(api)

    answers = [confirm(api, code_of(first)), confirm(api, code_of(second))]

    assert [outcome(answer) for answer in answers] == [(400, "VALIDATION_ERROR"), (200, "")]


def test_the_old_app_works_until_the_new_one_is_confirmed(clock: Any) -> None:
    user = UserFactory()
    old, api = has_app(user), Api(user)
    step_up(api, code_of(old))
    new = set_up(api)
    clock.shift(60)
    with_old = use_totp(user.pk, code_of(old), timezone.now())

    answer = confirm(api, code_of(new))

    clock.shift(60)
    assert (with_old, outcome(answer)) == (True, (200, ""))
    assert [use_totp(user.pk, code_of(app), timezone.now()) for app in (old, new)] == [False, True]
    assert TotpDevice.objects.count() == 1


@pytest.mark.parametrize("factor", ["app", "passkey"])
@pytest.mark.parametrize("path", ["setup", "confirm"])
def test_who_has_a_second_factor_gives_it_before_adding_another(factor: str, path: str) -> None:
    user = UserFactory()
    api = Api(user)
    pending = TotpDevice.objects.create(user=user, secret=pyotp.random_base32())
    if factor == "app":
        has_app(user)
    else:
        with_passkey(user)

    answer = api.post(
        f"auth/mfa/totp/{path}", {"code": code_of(pyotp.TOTP(pending.secret))} if path == "confirm" else {}
    )

    assert outcome(answer) == MFA_REQUIRED
    assert TotpDevice.objects.get(confirmed_at=None).pk == pending.pk
    assert changes() == []


def test_removing_the_app_takes_the_recovery_codes_and_other_sessions_along(clock: Any) -> None:
    user = UserFactory()
    other, api = Api(user), Api(user)
    app = has_app(user)
    recovery_codes_of(user)

    answer = remove(api, PASSWORD, code_of(app))

    assert (answer.status_code, answer.content) == (204, b"")
    assert (TotpDevice.objects.count(), RecoveryCode.objects.count()) == (0, 0)
    assert (outcome(api.get("auth/me")), outcome(other.get("auth/me"))) == ((200, ""), REVOKED)
    assert Session.objects.get(revoked_at=None).second_factor_at is None
    assert changes() == ["totp_removed"]
    assert log_in(user)["user"]["id"] == str(user.pk)


def test_removing_the_app_leaves_the_codes_to_who_has_a_passkey(clock: Any) -> None:
    user = with_passkey(UserFactory())
    api, app = Api(user), has_app(user)
    recovery_codes_of(user)

    answer = remove(api, PASSWORD, code_of(app))

    assert answer.status_code == 204
    assert RecoveryCode.objects.count() == 10
    assert Session.objects.get(revoked_at=None).second_factor_at == NOW


@pytest.mark.parametrize("wrong", ["password", "code"])
def test_removing_the_app_takes_the_password_and_a_code(wrong: str, clock: Any) -> None:
    user = UserFactory()
    api, app = Api(user), has_app(user)

    answer = remove(
        api,
        "Wrong-Horse-9" if wrong == "password" else PASSWORD,
        wrong_code_of(app) if wrong == "code" else code_of(app),
    )

    assert (outcome(answer), answer.body["error"]) == ((401, "INVALID_CREDENTIALS"), "The code is wrong.")
    assert (TotpDevice.objects.get().last_step, changes()) == (0, [])
    assert Session.objects.get().second_factor_at is None
    assert Event.objects.filter(type="accounts.second_factor_failed").count() == 1


def test_there_is_no_app_to_remove() -> None:
    assert outcome(remove(Api(UserFactory()), PASSWORD, "123456")) == (404, "NOT_FOUND")
    assert Challenge.objects.count() == 0


def test_new_recovery_codes_replace_the_old_ones(clock: Any) -> None:
    user = UserFactory()
    api, app = Api(user), has_app(user)
    old = recovery_codes_of(user)
    step_up(api, code_of(app))

    answer = api.post("auth/mfa/recovery-codes")

    new = answer.body["data"]["recoveryCodes"]
    assert (answer.status_code, answer.headers["Cache-Control"], len(set(new))) == (200, "no-store", 10)
    assert [outcome(step_up(api, code)) for code in (old[0], new[0])] == [(401, "INVALID_CREDENTIALS"), (204, "")]
    assert changes() == ["recovery_codes_made"]


@pytest.mark.parametrize(("has_one", "expected"), [(True, MFA_REQUIRED), (False, (409, "CONFLICT"))])
def test_new_recovery_codes_are_for_who_has_just_given_a_second_factor(
    has_one: bool, expected: tuple[int, str]
) -> None:
    user = UserFactory()
    api = Api(user)
    if has_one:
        has_app(user)
        recovery_codes_of(user)
    before = set(RecoveryCode.objects.values_list("digest", flat=True))

    answer = api.post("auth/mfa/recovery-codes")

    assert outcome(answer) == expected
    assert set(RecoveryCode.objects.values_list("digest", flat=True)) == before
    assert changes() == []


def test_an_admin_takes_every_factor_away(admin: Api) -> None:
    user = with_passkey(UserFactory())
    has_app(user)
    recovery_codes_of(user)
    api, mfa_token = Api(user), first_step(user)
    assert admin.user is not None

    reset_second_factor(user, actor=actor_for(admin.user), reason="lost the phone")

    assert [model.objects.count() for model in (TotpDevice, Passkey, RecoveryCode)] == [0, 0, 0]  # type: ignore[attr-defined]
    assert Session.objects.get(user=user).end_reason == "second_factor"
    assert outcome(api.get("auth/me")) == REVOKED
    assert outcome(Api().post("auth/mfa/verify", {"mfaToken": mfa_token, "code": "123456"})) == REVOKED
    event = Event.objects.get(type=CHANGED)
    assert (event.payload, event.actor_id) == ({"change": "reset", "reason": "lost the phone"}, admin.user.pk)
    assert log_in(user)["user"]["id"] == str(user.pk)


@pytest.mark.parametrize(("who", "refusal"), [
    ("manager", Forbidden), ("technician", Forbidden), ("themselves", Forbidden), ("admin without step-up", MfaRequired),
    ("nothing to reset", Conflict),
])  # fmt: skip
def test_a_reset_that_is_refused_changes_nothing(who: str, refusal: type[DomainError]) -> None:
    user = UserFactory(role="admin")
    if who != "nothing to reset":
        has_app(user)
        recovery_codes_of(user)
    admin = member("admin", None)
    if who == "admin without step-up":
        has_app(admin)
    by = user if who == "themselves" else member(who, None) if who in {"manager", "technician"} else admin
    before = (TotpDevice.objects.count(), RecoveryCode.objects.count())

    with pytest.raises(refusal):
        reset_second_factor(user, actor=actor_for(by), reason="because")

    assert (TotpDevice.objects.count(), RecoveryCode.objects.count()) == before
    assert changes() == []


def test_purge_deletes_challenges_whose_time_was_over_a_day_ago() -> None:
    for hours in (25, 24, 1):
        with time_machine.travel(NOW - timedelta(hours=hours), tick=False):
            begin_challenge(UserFactory(), ChallengePurpose.LOG_IN)

    with time_machine.travel(NOW, tick=False):
        tasks.purge_challenges.apply()

    assert tasks.purge_challenges.name == "accounts.purge_challenges"
    assert sorted((NOW - made).seconds for made in Challenge.objects.values_list("created_at", flat=True)) == [0, 3600]


def test_another_password_does_not_take_the_second_factor_away() -> None:
    user = UserFactory()
    has_app(user)

    set_password(user, "Another-Horse-9", actor=Actor.system("test"))

    assert has_second_factor(user.pk)
