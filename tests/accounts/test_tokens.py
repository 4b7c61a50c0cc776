"""Tokens that are not ours, not yet, no longer, or not for this."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as configured

from apps.accounts.models import Session
from tests.accounts.conftest import claims_of, log_in, me, outcome, renew
from tests.conftest import Api
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
KEY_ID, SECRET = configured.TOKEN_KEYS[0]
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
UNAUTHORIZED, EXPIRED, REVOKED = (401, "UNAUTHORIZED"), (401, "TOKEN_EXPIRED"), (401, "TOKEN_REVOKED")
Claims = dict[str, Any]


def signed(claims: Any, *, key: Any = SECRET, algorithm: str = "HS256", kid: Any = KEY_ID) -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid} if kid is not None else {})


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def by_hand(header: bytes, payload: bytes, secret: bytes = SECRET.encode()) -> str:
    """A token whose parts no library would write."""
    text = f"{_b64(header)}.{_b64(payload)}"
    return f"{text}.{_b64(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def _head(**fields: Any) -> bytes:
    return json.dumps({"alg": "HS256", "typ": "JWT", "kid": KEY_ID, **fields}).encode()


def without(name: str) -> Callable[[Claims], str]:
    return lambda claims: signed({key: value for key, value in claims.items() if key != name})


def changed(**fields: Any) -> Callable[[Claims], str]:
    return lambda claims: signed({**claims, **fields})


def _confused(claims: Claims) -> str:
    """Signed by HMAC with a public key, where a careless verifier would take it for RS256."""
    public = RSA_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return by_hand(_head(), json.dumps(claims).encode(), public)


FORGERIES: dict[str, tuple[Callable[[Claims], str], tuple[int, str]]] = {
    "alg none": (lambda claims: signed(claims, key=None, algorithm="none"), UNAUTHORIZED),
    "alg None, unsigned": (
        lambda claims: by_hand(_head(alg="None"), json.dumps(claims).encode()).rpartition(".")[0] + ".", UNAUTHORIZED
    ),
    "wrong key": (lambda claims: signed(claims, key="z" * 40), UNAUTHORIZED),
    "RS256": (lambda claims: signed(claims, key=RSA_KEY, algorithm="RS256"), UNAUTHORIZED),
    "HMAC with a public key": (_confused, UNAUTHORIZED),
    "HS512 with the right key": (
        lambda claims: signed(claims, key=SECRET + "y" * 64, algorithm="HS512"), UNAUTHORIZED
    ),
    "another algorithm in the header": (
        lambda claims: by_hand(_head(alg="HS384"), json.dumps(claims).encode()), UNAUTHORIZED
    ),
    "unknown kid": (lambda claims: signed(claims, kid="other"), UNAUTHORIZED),
    "kid as a path": (lambda claims: signed(claims, key="x" * 32, kid="../../dev/null"), UNAUTHORIZED),
    "no kid": (lambda claims: signed(claims, kid=None), UNAUTHORIZED),
    "kid is a number": (lambda claims: by_hand(_head(kid=7), json.dumps(claims).encode()), UNAUTHORIZED),
    "kid is a list": (lambda claims: by_hand(_head(kid=[KEY_ID]), json.dumps(claims).encode()), UNAUTHORIZED),
    "header is a list": (lambda claims: by_hand(b"[]", json.dumps(claims).encode()), UNAUTHORIZED),
    "header is no JSON": (lambda claims: by_hand(b"\xff\xfe", json.dumps(claims).encode()), UNAUTHORIZED),
    "header is nested": (lambda claims: by_hand(b'{"a":' * 600 + b"1" + b"}" * 600, b"{}"), UNAUTHORIZED),
    "payload is a list": (lambda claims: by_hand(_head(), b"[]"), UNAUTHORIZED),
    "payload is no JSON": (lambda claims: by_hand(_head(), b"\xff"), UNAUTHORIZED),
    "critical extension": (lambda claims: by_hand(_head(crit=["exp"]), json.dumps(claims).encode()), UNAUTHORIZED),
    "expired": (changed(iat=1_000_000, exp=1_000_900), EXPIRED),
    "expired and forged": (lambda claims: signed({**claims, "exp": 1_000_900}, key="z" * 40), UNAUTHORIZED),
    "not valid yet": (changed(nbf=4_000_000_000), UNAUTHORIZED),
    "issued in the future": (changed(iat=4_000_000_000), UNAUTHORIZED),
    "wrong issuer": (changed(iss="elsewhere"), UNAUTHORIZED),
    "wrong audience": (changed(aud="other-api"), UNAUTHORIZED),
    "audience is a number": (lambda claims: by_hand(_head(), json.dumps({**claims, "aud": 1}).encode()), UNAUTHORIZED),
    **{f"without {name}": (without(name), UNAUTHORIZED)
       for name in ("sub", "sid", "jti", "ver", "iat", "exp", "iss", "aud", "token_type")},
    "another kind": (changed(token_type="mfa"), UNAUTHORIZED),
    "kind of a refresh token": (changed(token_type="refresh"), UNAUTHORIZED),
    "sub is no id": (changed(sub="' OR 1=1 --"), UNAUTHORIZED),
    "sub is another user": (changed(sub="01890a5d-ac96-774b-bcce-b302099a8057"), UNAUTHORIZED),
    "sid is no id": (changed(sid="1"), UNAUTHORIZED),
    "sid is another session": (changed(sid="01890a5d-ac96-774b-bcce-b302099a8057"), UNAUTHORIZED),
    "jti is a number": (lambda claims: by_hand(_head(), json.dumps({**claims, "jti": 5}).encode()), UNAUTHORIZED),
    "version is a word": (changed(ver="new"), UNAUTHORIZED),
    "older version": (changed(ver=0), REVOKED),
    "newer version": (changed(ver=99), REVOKED),
    "exp is a word": (changed(exp="tomorrow"), UNAUTHORIZED),
    "exp beyond all years": (changed(exp=10**17), UNAUTHORIZED),
    "cut short": (lambda claims: signed(claims)[:-3], UNAUTHORIZED),
    "two parts": (lambda claims: signed(claims).rpartition(".")[0], UNAUTHORIZED),
    "four parts": (lambda claims: signed(claims) + ".e30", UNAUTHORIZED),
    "huge": (lambda claims: signed({**claims, "fill": "x" * 9000}), UNAUTHORIZED),
    "a word": (lambda claims: "token", UNAUTHORIZED),
    "only dots": (lambda claims: "..", UNAUTHORIZED),
    "not ASCII": (lambda claims: "ünïcödé.ünïcödé.ünïcödé", UNAUTHORIZED),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize(("forge", "expected"), FORGERIES.values(), ids=FORGERIES.keys())
def test_a_token_that_is_not_ours_is_refused(
    forge: Callable[[Claims], str], expected: tuple[int, str]
) -> None:  # fmt: skip
    tokens = log_in(UserFactory())
    before = Session.objects.values().get()

    answer = me(forge(claims_of(tokens["accessToken"])))

    assert outcome(answer) == expected
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.body["details"] == []
    assert Session.objects.values().get() == before
    assert outcome(me(tokens["accessToken"])) == (200, "")


def test_the_forgeries_start_from_a_token_that_is_accepted() -> None:
    claims = claims_of(log_in(UserFactory())["accessToken"])

    answers = [me(signed(claims)), me(by_hand(_head(), json.dumps(claims).encode()))]

    assert [outcome(answer) for answer in answers] == [(200, "")] * 2


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer a b", "Basic YTpi", "Token abc", "bearer", "abc", "Bearer\tabc", ",", "null"],
)
def test_a_garbage_authorization_header_is_refused(header: str) -> None:
    answer = Api().get("auth/me", Authorization=header)

    assert outcome(answer) == UNAUTHORIZED
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_scheme_is_read_in_any_case() -> None:
    token = log_in(UserFactory())["accessToken"]

    assert outcome(Api().get("auth/me", Authorization=f"bEARER  {token} ")) == (200, "")


@pytest.mark.parametrize("path", ["auth/me", "customers", "repairs", "catalog/brands", "pricing", "inventory/items"])
def test_without_a_token_nothing_is_read(path: str) -> None:
    answer = Api().get(path)

    assert outcome(answer) == UNAUTHORIZED
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_access_and_refresh_tokens_do_not_stand_in_for_each_other() -> None:
    tokens = log_in(UserFactory())

    answers = [me(tokens["refreshToken"]), renew(tokens["accessToken"])]

    assert [outcome(answer) for answer in answers] == [UNAUTHORIZED, UNAUTHORIZED]
    assert outcome(renew(tokens["refreshToken"])) == (200, "")


@pytest.mark.parametrize(
    "name", ["alg none", "wrong key", "expired", "unknown kid", "two parts", "without exp", "huge"]
)
def test_a_forged_refresh_token_is_refused_and_ends_nothing(name: str) -> None:
    tokens = log_in(UserFactory())
    forge, expected = FORGERIES[name]

    answer = renew(forge({**claims_of(tokens["refreshToken"])}))

    wanted = (400, "VALIDATION_ERROR") if name == "huge" else expected
    assert outcome(answer) == wanted
    assert outcome(renew(tokens["refreshToken"])) == (200, "")


def test_keys_are_rotated_without_logging_anybody_out(settings: Any) -> None:
    old = log_in(UserFactory())
    settings.TOKEN_KEYS = [("2026", "n" * 40), (KEY_ID, SECRET)]
    while_rotating = me(old["accessToken"])
    new = renew(old["refreshToken"]).body["data"]

    settings.TOKEN_KEYS = [("2026", "n" * 40)]
    afterwards = [me(new["accessToken"]), me(old["accessToken"])]

    assert while_rotating.status_code == 200
    assert jwt.get_unverified_header(new["accessToken"]) == {"alg": "HS256", "typ": "JWT", "kid": "2026"}
    assert [outcome(answer) for answer in afterwards] == [(200, ""), UNAUTHORIZED]


def test_a_key_works_under_its_own_id_only(settings: Any) -> None:
    claims = claims_of(log_in(UserFactory())["accessToken"])
    settings.TOKEN_KEYS = [("2026", "n" * 40), (KEY_ID, SECRET)]

    answers = [me(signed(claims, key="n" * 40, kid=KEY_ID)), me(signed(claims, key="n" * 40, kid="2026"))]

    assert [outcome(answer) for answer in answers] == [UNAUTHORIZED, (200, "")]
