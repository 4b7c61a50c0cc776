"""Tokens: JWT (RFC 7519), HS256, signed with the newest key and verified with the one they name."""

import dataclasses
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

from apps.accounts.exceptions import TokenExpired, Unauthorized

ALGORITHM = "HS256"


class TokenKind(StrEnum):
    """What a token is for; one kind never works as another."""

    ACCESS = "access"
    REFRESH = "refresh"
    SECOND_FACTOR = "second_factor"  # between the password and the second factor; its ``sid`` is a challenge


@dataclasses.dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: whose it is, of which session or challenge, its own id, and the account version it was made
    under."""

    user_id: UUID
    session_id: UUID
    token_id: UUID
    version: int
    issued_at: datetime
    expires_at: datetime


class _KeyedBackend(TokenBackend):
    """simplejwt's encoder and verifier for one key and audience, with the key's id in the header."""

    def __init__(self, key_id: str, secret: str, audience: str) -> None:
        super().__init__(ALGORITHM, secret, audience=audience, issuer=settings.TOKEN_ISSUER)
        self.key_id = key_id

    def encode(self, payload: dict[str, Any]) -> str:
        claims = {**payload, "aud": self.audience, "iss": self.issuer}
        return jwt.encode(claims, self.prepared_signing_key, algorithm=ALGORITHM, headers={"kid": self.key_id})


def _audience(kind: TokenKind) -> str:
    """The interface, or the one step of it that a token is for."""
    step = "/second-factor" if kind is TokenKind.SECOND_FACTOR else ""
    return f"{settings.TOKEN_AUDIENCE}{step}"


@lru_cache(maxsize=8)
def _backends(keys: tuple[tuple[str, str], ...], audience: str) -> dict[str, _KeyedBackend]:
    return {key_id: _KeyedBackend(key_id, secret, audience) for key_id, secret in keys}


def issue(kind: TokenKind, claims: Claims) -> str:
    """The signed token. The same claims under the same key give the same text."""
    newest = next(iter(_backends(tuple(settings.TOKEN_KEYS), _audience(kind)).values()))
    return newest.encode(
        {
            "token_type": kind.value,
            "sub": str(claims.user_id),
            "sid": str(claims.session_id),
            "jti": str(claims.token_id),
            "ver": claims.version,
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
        }
    )


def read(kind: TokenKind, token: str) -> Claims:
    """The claims of a token of this kind; raises ``TokenExpired``, or ``Unauthorized`` for anything else."""
    token_kind, claims = _verified(token, tuple(settings.TOKEN_KEYS), _audience(kind))
    if claims.expires_at <= datetime.now(UTC):
        raise TokenExpired("The token has expired.")
    if token_kind != kind.value:
        raise Unauthorized("The token is not valid here.")
    return claims


@lru_cache(maxsize=4096)
def _verified(token: str, keys: tuple[tuple[str, str], ...], audience: str) -> tuple[Any, Claims]:
    """Kind and claims of a token whose signature is good; only time can take that away, so it is verified once."""
    try:
        payload = _backend_for(token, _backends(keys, audience)).decode(token)  # type: ignore[arg-type]
    except TokenBackendExpiredToken:
        raise TokenExpired("The token has expired.") from None
    except TokenBackendError:
        raise Unauthorized("The token is not valid.") from None
    try:
        return payload.get("token_type"), Claims(
            user_id=UUID(payload["sub"]),
            session_id=UUID(payload["sid"]),
            token_id=UUID(payload["jti"]),
            version=int(payload["ver"]),
            issued_at=datetime.fromtimestamp(payload["iat"], UTC),
            expires_at=datetime.fromtimestamp(payload["exp"], UTC),
        )
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError, OSError):  # the last two: no such year
        raise Unauthorized("The token is not valid.") from None


def _backend_for(token: str, backends: dict[str, _KeyedBackend]) -> _KeyedBackend:
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise Unauthorized("The token is not valid.") from None
    backend = backends.get(key_id) if isinstance(key_id, str) else None
    if backend is None:
        raise Unauthorized("The token is not valid.")
    return backend
