"""Attacks on the doors that take tokens: forged, of another kind, of another user, used before. Nothing comes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as configured

from apps.accounts.enums import ChallengePurpose
from apps.accounts.models import Challenge, FailedLogins, RecoveryCode, Session, TotpDevice, User
from apps.accounts.services import begin_challenge
from apps.audit.models import Event
from tests.accounts.conftest import claims_of, log_in, me, outcome, renew
from tests.accounts.second_factors import code_of, first_step, has_app, recovery_codes_of, second_step
from tests.accounts.test_tokens import FORGERIES, by_hand, changed, signed
from tests.factories import UserFactory
from tests.tables import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")]
KEY_ID, SECRET = configured.TOKEN_KEYS[0]
OK, WRONG = (200, ""), (401, "INVALID_CREDENTIALS")
UNAUTHORIZED, EXPIRED, REVOKED = (401, "UNAUTHORIZED"), (401, "TOKEN_EXPIRED"), (401, "TOKEN_REVOKED")
TABLES = [Session, Challenge, TotpDevice, RecoveryCode, FailedLogins, User]
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC_KEY = RSA_KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)


def everything() -> list[Any]:
    """All that a token could change, and how many events there are."""
    return [rows_of(TABLES), Event.objects.count()]


def _hmac_of_public_key(claims: dict[str, Any], algorithm: str) -> str:
    """Signed by HMAC with a key that everybody may know; the header names what a careless verifier would believe."""
    header = json.dumps({"alg": algorithm, "typ": "JWT", "kid": KEY_ID}).encode()
    return by_hand(header, json.dumps(claims).encode(), PUBLIC_KEY)


# Not the token says here what the account was, but the challenge that it names; and a body has no place for huge ones.
NOT_HERE = {"older version", "newer version", "huge", "header is nested"}
# What `FORGERIES` does to an access token, done to the token between the two steps, and some more.
FORGED: dict[str, tuple[Callable[[dict[str, Any]], str], tuple[int, str]]] = {
    name: case for name, case in FORGERIES.items() if name not in NOT_HERE
} | {
    "RS256 in the header, HMAC with the public key": (lambda claims: _hmac_of_public_key(claims, "RS256"), UNAUTHORIZED),
    "HS256 in the header, HMAC with the public key": (lambda claims: _hmac_of_public_key(claims, "HS256"), UNAUTHORIZED),
    "kid is empty": (lambda claims: signed(claims, kid=""), UNAUTHORIZED),
    "HMAC with an empty key": (lambda claims: by_hand(_head(), json.dumps(claims).encode(), b""), UNAUTHORIZED),
    "audience of the interface": (changed(aud=configured.TOKEN_AUDIENCE), UNAUTHORIZED),
    "both audiences, as an access token": (
        changed(aud=[configured.TOKEN_AUDIENCE, f"{configured.TOKEN_AUDIENCE}/second-factor"], token_type="access"),
        UNAUTHORIZED,
    ),
    "payload of another token": (
        lambda claims: _with_payload(signed(claims), signed({**claims, "exp": 4_000_000_000})), UNAUTHORIZED
    ),
}  # fmt: skip


def _with_payload(token: str, other: str) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{other.split('.')[1]}.{signature}"


def _head() -> bytes:
    return json.dumps({"alg": "HS256", "typ": "JWT", "kid": KEY_ID}).encode()


@pytest.mark.parametrize(("forge", "expected"), FORGED.values(), ids=FORGED.keys())
def test_a_forged_token_of_the_second_step_is_refused(
    forge: Callable[[dict[str, Any]], str], expected: tuple[int, str]
) -> None:
    user = UserFactory()
    app = has_app(user)
    token = first_step(user)
    before = everything()

    answer = second_step(forge(claims_of(token)), code_of(app))

    assert outcome(answer) == expected
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert everything() == before
    assert outcome(second_step(token, code_of(app))) == OK


def test_the_forgeries_start_from_a_token_that_is_accepted() -> None:
    user = UserFactory()
    app = has_app(user)
    token = first_step(user)

    assert outcome(second_step(signed(claims_of(token)), code_of(app))) == OK
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": KEY_ID}


DOORS: dict[str, Callable[[str], Any]] = {
    "access": me,
    "refresh": renew,
    "second factor": lambda token: second_step(token, "123456"),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", DOORS)
def test_a_token_opens_the_door_of_its_kind_only(kind: str, door: str) -> None:
    user = UserFactory()
    tokens = log_in(user)
    has_app(user)
    token = {"access": tokens["accessToken"], "refresh": tokens["refreshToken"], "second factor": first_step(user)}[
        kind
    ]
    before = everything()

    answer = DOORS[door](token)

    expected = UNAUTHORIZED if kind != door else WRONG if door == "second factor" else OK
    assert outcome(answer) == expected
    if kind != door:
        assert everything() == before


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_a_token_of_the_second_step_becomes_no_other_by_its_claims(kind: str) -> None:
    user = UserFactory()
    has_app(user)
    claims = claims_of(first_step(user))
    before = everything()

    forged = signed({**claims, "aud": configured.TOKEN_AUDIENCE, "token_type": kind})

    assert outcome(DOORS[kind](forged)) == UNAUTHORIZED
    assert everything() == before


def test_the_challenge_of_another_user_is_not_passed_and_loses_no_try() -> None:
    mine, theirs = UserFactory(), UserFactory()
    my_app, their_app = has_app(mine), has_app(theirs)
    my_claims, their_claims = claims_of(first_step(mine)), claims_of(first_step(theirs))
    before = everything()

    answers = [
        second_step(signed({**my_claims, "sid": their_claims["sid"]}), code_of(app)) for app in (my_app, their_app)
    ]

    assert [outcome(answer) for answer in answers] == [UNAUTHORIZED] * 2
    assert everything() == before


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_the_code_of_another_user_is_a_wrong_one_and_is_not_spent(kind: str) -> None:
    mine, theirs = UserFactory(), UserFactory()
    has_app(mine)
    code = code_of(has_app(theirs)) if kind == "app" else recovery_codes_of(theirs)[0]

    answer = second_step(first_step(mine), code)

    assert outcome(answer) == WRONG
    assert set(TotpDevice.objects.values_list("last_step", flat=True)) == {0}
    assert RecoveryCode.objects.exclude(used_at=None).count() == Session.objects.count() == 0
    event = Event.objects.get()
    assert (event.type, event.aggregate_id, event.actor_kind) == ("accounts.second_factor_failed", mine.pk, "anonymous")
    if kind == "recovery":
        has_app(theirs)
        assert outcome(second_step(first_step(theirs), code)) == OK


@pytest.mark.parametrize("purpose", [ChallengePurpose.STEP_UP, ChallengePurpose.ADD_PASSKEY])
def test_a_challenge_for_something_else_is_no_log_in(purpose: ChallengePurpose) -> None:
    user = UserFactory()
    app = has_app(user)
    claims = claims_of(first_step(user))
    other = begin_challenge(user, purpose)
    before = everything()

    answer = second_step(signed({**claims, "sid": str(other.pk)}), code_of(app))

    assert outcome(answer) == UNAUTHORIZED
    assert everything() == before


@pytest.mark.parametrize("code", ["the same", "another"])
def test_a_token_that_was_used_opens_no_second_session(code: str) -> None:
    user = UserFactory()
    app = has_app(user)
    token = first_step(user)
    first = second_step(token, code_of(app))
    before = everything()

    again = second_step(token, code_of(app, 0 if code == "the same" else 1))

    assert (outcome(first), outcome(again)) == (OK, REVOKED)
    assert everything() == before


def test_a_code_is_not_good_for_a_second_challenge() -> None:
    user = UserFactory()
    app = has_app(user)
    first, second = first_step(user), first_step(user)
    code = code_of(app)

    answers = [second_step(first, code), second_step(second, code)]

    assert [outcome(answer) for answer in answers] == [OK, WRONG]
    assert Session.objects.count() == 1
    types = list(Event.objects.order_by("pk").values_list("type", flat=True))
    assert types == ["accounts.second_factor_used", "accounts.logged_in", "accounts.second_factor_failed"]
