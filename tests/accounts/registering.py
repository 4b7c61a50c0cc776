"""Registering and verifying over HTTP."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.audit.models import Event
from tests.conftest import Api
from tests.factories.people import PASSWORD

ADA = {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@mail.example", "password": PASSWORD}


def register(**fields: Any) -> Any:
    return Api().post("auth/register", {**ADA, **fields})


def bearer(registered: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {registered.body['data']['accessToken']}"}


def user_of(registered: Any) -> User:
    return User.objects.get(pk=registered.body["data"]["user"]["id"])


def verify(code: str, identifier: str = ADA["email"], **headers: str) -> Any:
    return Api().post("auth/verify-otp", {"identifier": identifier, "code": code}, **headers)


def refusal(answer: Any) -> tuple[int, str, list[tuple[str, str]]]:
    return (
        answer.status_code, answer.body["code"], [(item["field"], item["code"]) for item in answer.body["details"]]
    )  # fmt: skip


def types(user: User) -> list[str]:
    found = Event.objects.about("accounts.user", user.pk)
    return [event.type.removeprefix("accounts.") for event in found]
