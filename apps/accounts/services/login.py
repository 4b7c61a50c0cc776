"""Logging in with a password, and changing one's own."""

from collections.abc import Callable
from functools import lru_cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from apps.accounts import events, selectors
from apps.accounts.exceptions import InvalidCredentials
from apps.accounts.models import Session, User
from apps.accounts.passwords import gate
from apps.accounts.services import lockout
from apps.accounts.services.proofs import SecondFactorNeeded, ask_second_factor
from apps.accounts.services.sessions import (
    Device,
    TokenPair,
    may_exist,
    open_session,
    renew,
    require_confirmed,
    require_usable,
)
from apps.accounts.services.users import encoded_password, store_password
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import DomainError, ValidationFailed

_WRONG = "The identifier or the password is wrong."
_HASHES = 2


def log_in(identifier: str, password: str, device: Device, *, actor: Actor) -> TokenPair | SecondFactorNeeded:
    """A new session for the right password, or the next step; staff whom nobody has let in yet get one as well.

    Raises ``InvalidCredentials`` alike for an unknown identifier and a wrong password (after the same work),
    ``TooManyTries`` after too many of either, and ``AccountInactive`` only to who knew the password. All are recorded.
    """
    user = verified_user(identifier, password, actor=actor)
    outcome = _go_on(user, device, actor)
    if outcome is None:
        _note_wrong(identifier, user, "wrong password", actor)
        raise InvalidCredentials(_WRONG)
    return outcome


@transaction.atomic
def _go_on(user: User, device: Device, actor: Actor) -> TokenPair | SecondFactorNeeded | None:
    # Whoever changes the password, keeps somebody out or sets up a second factor ends every session of before. Under the
    # lock that they take as well, one that is just being opened is either seen by them, or sees what they have done.
    unchanged = User.objects.filter(pk=user.pk, password=user.password, is_active=True)
    held = unchanged.select_for_update(no_key=True).first()
    if held is None:
        return None
    if selectors.has_second_factor(held.pk):
        return ask_second_factor(held)
    held.last_login = timezone.now()
    User.objects.filter(pk=held.pk).update(last_login=held.last_login)  # no change of the account: it keeps its ETag
    who = Actor.user(held, request_id=actor.request_id, address=actor.address)
    return open_session(held, device, actor=who)


def verified_user(identifier: str, password: str, *, actor: Actor) -> User:
    """The active user whose password this is; raises as ``log_in`` does."""
    lockout.require_unlocked(identifier, actor.address)
    # One place for all of it: a try that was refused between two hashes would be judged without being counted.
    with gate().place():
        claims = [user for user in selectors.claimants(identifier) if may_exist(user)]
        user = _whose(password, claims)
    if user is None:
        reason = "wrong password" if claims else "unknown identifier"
        _note_wrong(identifier, claims[0] if claims else None, reason, actor)
        raise InvalidCredentials(_WRONG)
    lockout.note_success(identifier, actor.address, user=user)
    _require(require_usable, user, actor)
    return user


def confirmed_user(identifier: str, password: str, *, actor: Actor) -> User:
    """As ``verified_user``, for the pages: also raises ``AccountUnverified`` for staff whom nobody has let in yet."""
    user = verified_user(identifier, password, actor=actor)
    _require(require_confirmed, user, actor)
    return user


def _whose(password: str, claims: list[User]) -> User | None:
    """Who of those that claim an identifier has this password.

    It takes the same number of hashes however many claim it, outside any transaction: time must not tell who exists, nor
    hold a lock. Less only for who has verified it: to a stranger who has claimed it as well, a quicker answer would tell
    that nobody has.
    """
    candidates: list[User | None] = [*claims, *[None] * _HASHES]
    found: User | None = None
    for user in candidates[:_HASHES]:
        if check_password(password, user.password if user else _nobody()):
            found = found or user
        if found is not None and found.is_verified:
            break
    return found


def _require(rule: Callable[[User], None], user: User, actor: Actor) -> None:
    try:
        rule(user)
    except DomainError as refusal:
        _record_failure(user, refusal.code.lower(), actor)
        raise


@transaction.atomic
def _note_wrong(identifier: str, user: User | None, reason: str, actor: Actor) -> None:
    _record_failure(user, reason, actor)
    lockout.note_failure(identifier, actor.address, user_id=user.pk if user else events.NOBODY, actor=actor)


@transaction.atomic
def _record_failure(user: User | None, reason: str, actor: Actor) -> None:
    event = events.LoginFailed(aggregate_id=user.pk if user else events.NOBODY, reason=reason)
    audit.record(event, actor=actor)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return make_password("nobody has this password")


def require_own_password(user: User, password: str, *, actor: Actor) -> None:
    """Raises ``ValidationFailed`` on ``currentPassword``, which counts like a failed log-in, or ``TooManyTries``."""
    lockout.require_unlocked(user.email, actor.address)
    if not check_password(password, user.password):
        _note_wrong(user.email, user, "wrong current password", actor)
        raise _not_yours()
    lockout.note_success(user.email, actor.address, user=user)


def change_own_password(session: Session, current: str, new: str, device: Device, *, actor: Actor) -> TokenPair:
    """A new password. Every other session ends and every token with it; this session goes on with the new pair.

    Raises as ``require_own_password`` does, ``ValidationFailed`` on ``newPassword`` for a weak one or the same, or
    ``TokenRevoked`` if the session has ended meanwhile.
    """
    user = session.user
    require_own_password(user, current, actor=actor)
    if new == current:
        raise ValidationFailed.on("newPassword", "password_unchanged", "This is your password already.")
    encoded = encoded_password(new)
    with transaction.atomic():
        # Of two who change it at once the second does not know the current password any more.
        if not User.objects.select_for_update().filter(pk=user.pk, password=user.password).exists():
            raise _not_yours()
        store_password(user, encoded, actor=actor, keep=session.pk)
        return renew(session, device)


def _not_yours() -> ValidationFailed:
    return ValidationFailed.on("currentPassword", "invalid", "This is not your password.")
