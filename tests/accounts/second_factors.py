"""Authenticator apps in the hands of users."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyotp
from django.utils import timezone

from apps.accounts.models import TotpDevice, User
from apps.accounts.services.recovery_codes import make_recovery_codes
from tests.conftest import Api
from tests.factories.people import PASSWORD


def has_app(user: User) -> pyotp.TOTP:
    """The authenticator app of a user who set it up a while ago."""
    secret = pyotp.random_base32()
    TotpDevice.objects.create(user=user, secret=secret, confirmed_at=timezone.now() - timedelta(days=1))
    return pyotp.TOTP(secret)


def recovery_codes_of(user: User) -> list[str]:
    return make_recovery_codes(user)


def code_of(app: pyotp.TOTP, steps: int = 0, at: datetime | None = None) -> str:
    """The code that the app shows now, or so many steps later."""
    return app.at(at or timezone.now(), counter_offset=steps)


def wrong_code_of(app: pyotp.TOTP) -> str:
    """A code that the app shows neither now nor about now."""
    near = {app.at(timezone.now(), counter_offset=steps) for steps in range(-3, 4)}
    return next(code for code in map(str, range(100000, 100010)) if code not in near)


def first_step(user: User) -> str:
    """The token for the second step of a log-in."""
    answer = Api().post("auth/login", {"identifier": user.email, "password": PASSWORD})
    assert answer.body["data"].keys() == {"mfaRequired", "mfaToken"}, answer.body
    token: str = answer.body["data"]["mfaToken"]
    return token


def second_step(token: Any, code: Any, **headers: str) -> Any:
    return Api().post("auth/mfa/verify", {"mfaToken": token, "code": code}, **headers)


def step_up(api: Api, code: str) -> Any:
    return api.post("auth/mfa/step-up", {"code": code})
