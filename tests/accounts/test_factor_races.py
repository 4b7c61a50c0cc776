"""A second factor that is set up in the very moment of a log-in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from django.db import transaction
from django.utils import timezone

from apps.accounts import services
from apps.accounts.models import Session, User
from apps.accounts.services import passkeys
from apps.accounts.services.passkeys import RelyingParty
from apps.core.actor import Actor
from tests.accounts.authenticator import Authenticator
from tests.factories import UserFactory
from tests.factories.people import PASSWORD
from tests.racing import race


def _set_up_an_app(user: User) -> None:
    actor = Actor.user(user)
    secret = services.begin_totp(user, actor=actor).secret
    services.confirm_totp(user, pyotp.TOTP(secret).at(timezone.now()), actor=actor)


def _add_a_passkey(user: User) -> None:
    key, party, actor = Authenticator(), RelyingParty("localhost", "http://localhost"), Actor.user(user)
    challenge, options = passkeys.begin_adding(user, party, actor=actor)
    passkeys.add_passkey(user, challenge.pk, key.create(options), "Key", party, actor=actor)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("set_up", [_set_up_an_app, _add_a_passkey])
def test_a_log_in_while_a_second_factor_is_set_up_needs_it(set_up: Callable[[User], None]) -> None:
    user = UserFactory(role="manager")
    begun = threading.Event()

    def adds() -> None:
        with transaction.atomic():
            set_up(user)
            begun.set()
            time.sleep(0.5)  # in which the log-in gets as far as it can

    def logs_in() -> Any:
        begun.wait(timeout=10)
        return services.log_in(user.email, PASSWORD, services.Device(None, "x"), actor=Actor.anonymous())

    _, outcome = race(adds, logs_in)

    assert type(outcome).__name__ == "SecondFactorNeeded"
    assert not Session.objects.exists()
