"""Logging in with a password."""

from functools import lru_cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from apps.accounts import events, selectors
from apps.accounts.exceptions import AccountInactive, AccountUnverified, InvalidCredentials
from apps.accounts.models import User
from apps.accounts.services.sessions import Device, TokenPair, may_exist, open_session, require_usable
from apps.audit import services as audit
from apps.core.actor import Actor

_WRONG = "The identifier or the password is wrong."


def log_in(identifier: str, password: str, device: Device, *, actor: Actor) -> TokenPair:
    """A new session for the right password.

    Raises ``InvalidCredentials`` alike for an unknown identifier and a wrong password (after the same work), and
    ``AccountInactive`` or ``AccountUnverified`` only to who knew the password. All of them are recorded.
    """
    user = verified_user(identifier, password, actor=actor)
    pair = _come_in(user, device, actor)
    if pair is None:
        _record_failure(user, "wrong password", actor)
        raise InvalidCredentials(_WRONG)
    return pair


@transaction.atomic
def _come_in(user: User, device: Device, actor: Actor) -> TokenPair | None:
    # Whoever changes a password ends every session of the old one: one that it was just opening must end as well.
    unchanged = User.objects.filter(pk=user.pk, password=user.password)
    if not unchanged.update(last_login=timezone.now()):
        return None
    user.refresh_from_db()
    who = Actor.user(user, request_id=actor.request_id, address=actor.address)
    return open_session(user, device, actor=who)


def verified_user(identifier: str, password: str, *, actor: Actor) -> User:
    """The active user whose password this is; raises as ``log_in`` does."""
    user = selectors.find_user(identifier)
    # The hash is always computed, outside any transaction: time must not tell who exists, nor hold a lock.
    matches = check_password(password, user.password if user else _nobody())
    if user is None or not matches or not may_exist(user):
        if user is not None:
            _record_failure(user, "wrong password", actor)
        raise InvalidCredentials(_WRONG)
    try:
        require_usable(user)
    except (AccountInactive, AccountUnverified) as refusal:
        _record_failure(user, refusal.code.lower(), actor)
        raise
    return user


@transaction.atomic
def note_page_login(user: User, *, actor: Actor) -> None:
    """Record that a user came in to the pages, where Django keeps the session."""
    audit.record(events.LoggedIn(aggregate_id=user.pk, session_id=None), actor=actor)


@transaction.atomic
def _record_failure(user: User, reason: str, actor: Actor) -> None:
    audit.record(events.LoginFailed(aggregate_id=user.pk, reason=reason), actor=actor)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return make_password("nobody has this password")
