"""Logging in over HTTP."""

from __future__ import annotations

from typing import Any

import jwt

from apps.accounts.models import User
from tests.conftest import Api
from tests.factories.people import PASSWORD


def log_in(user: User, device: str = "till", api: Api | None = None) -> dict[str, Any]:
    """The tokens of a new session."""
    answer = (api or Api()).post(
        "auth/login", {"identifier": user.email, "password": PASSWORD}, User_Agent=device
    )  # fmt: skip
    assert answer.status_code == 200, answer.body
    tokens: dict[str, Any] = answer.body["data"]
    return tokens


def renew(refresh_token: str, device: str = "till") -> Any:
    return Api().post("auth/refresh-token", {"refreshToken": refresh_token}, User_Agent=device)


def me(access_token: str) -> Any:
    return Api().get("auth/me", Authorization=f"Bearer {access_token}")


def outcome(answer: Any) -> tuple[int, str]:
    """Status and code, ``""`` for success."""
    return answer.status_code, (answer.body or {}).get("code", "")


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})
