"""What people bring to the pages: a password, a second factor, a mailbox."""

from __future__ import annotations

from datetime import timedelta

import pyotp
from django.utils import timezone

from apps.accounts import services
from apps.accounts.enums import CodePurpose
from apps.accounts.models import Session, TotpDevice, User
from apps.accounts.services import passkeys
from apps.accounts.services.passkeys import RelyingParty
from apps.audit.models import Event
from apps.core.actor import Actor
from tests.accounts.authenticator import Authenticator
from tests.dashboard.browser import Browser
from tests.factories.people import PASSWORD


class App:
    """An authenticator app on somebody's phone, with the recovery codes that came with it."""

    def __init__(self, secret: str, recovery: list[str]) -> None:
        self._totp, self.recovery = pyotp.TOTP(secret), recovery

    def code(self) -> str:
        """The code of the next half minute: that of this one has been used to set the app up."""
        return self._totp.at(timezone.now() + timedelta(seconds=30))


def with_app(user: User) -> App:
    """Give ``user`` an authenticator app."""
    actor = Actor.user(user)
    setup = services.begin_totp(user, actor=actor)
    codes = services.confirm_totp(user, pyotp.TOTP(setup.secret).at(timezone.now()), actor=actor)
    assert TotpDevice.objects.filter(user=user, confirmed_at__isnull=False).exists()
    return App(setup.secret, codes)


def with_passkey(user: User, origin: str) -> Authenticator:
    """Give ``user`` a passkey that is used at ``origin``."""
    host = origin.rpartition("/")[2]
    key, party, actor = Authenticator(host, origin), RelyingParty(host, origin), Actor.user(user)
    challenge, options = passkeys.begin_adding(user, party, actor=actor)
    passkeys.add_passkey(user, challenge.pk, key.create(options), "Key", party, actor=actor)
    return key


def confirmed(user: User) -> Browser:
    """A browser of ``user`` in which a second factor was given just now."""
    browser = Browser(user)
    Session.objects.filter(user=user, revoked_at=None).update(second_factor_at=timezone.now())
    return browser


def log_in(user: User, **query: str) -> Browser:
    """A browser in which the right password was typed."""
    browser = Browser().open("/dashboard/login/", **query)
    return browser.submit(browser.form(), username=user.email, password=PASSWORD)


def codes_sent(user: User, purpose: CodePurpose) -> int:
    """How many codes were asked for."""
    events = Event.objects.filter(type="accounts.code_requested", aggregate_id=user.pk)
    return events.filter(payload__purpose=purpose.value).count()
