"""A second factor that is given as a code: to get in, or again within a session."""

import re
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import timezone

from apps.accounts import selectors, tokens
from apps.accounts.enums import ChallengePurpose, FactorKind
from apps.accounts.exceptions import TokenRevoked
from apps.accounts.models import Challenge, TotpDevice, User
from apps.accounts.services.challenges import Judge, begin_challenge, pass_challenge
from apps.accounts.services.recovery_codes import use_recovery_code
from apps.accounts.services.second_factor import factor_removed
from apps.accounts.services.sessions import Device, TokenPair, open_session
from apps.accounts.services.totp import use_totp
from apps.accounts.tokens import Claims, TokenKind
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound
from apps.core.ids import new_id

_FILLERS = re.compile(r"[\s-]+")
_OF_AN_APP = re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class SecondFactorNeeded:
    """The password was right; ``token`` and a second factor are exchanged for a session within five minutes."""

    token: str


def by_code(code: str) -> Judge:
    """Accepts a code of the user's authenticator app, or a recovery code; each works once. Spaces do not count."""
    bare = _FILLERS.sub("", code).lower()

    def judge(challenge: Challenge) -> FactorKind | None:
        now = timezone.now()
        if _OF_AN_APP.fullmatch(bare):
            return FactorKind.TOTP if use_totp(challenge.user_id, bare, now) else None
        return FactorKind.RECOVERY_CODE if use_recovery_code(challenge.user_id, bare, now) else None

    return judge


def ask_second_factor(user: User) -> SecondFactorNeeded:
    """Begin the second step of a log-in whose password was right."""
    challenge = begin_challenge(user, ChallengePurpose.LOG_IN)
    claims = Claims(user.pk, challenge.pk, new_id(), challenge.auth_version, challenge.created_at, challenge.expires_at)
    return SecondFactorNeeded(tokens.issue(TokenKind.SECOND_FACTOR, claims))


def finish_log_in(token: str, code: str, device: Device, *, actor: Actor) -> TokenPair:
    """A new session for the token of ``ask_second_factor``, which works once, and a code.

    Raises ``InvalidCredentials`` for a wrong code; five are heard. Raises ``Unauthorized``, ``TokenExpired``,
    ``TokenRevoked`` and ``TooManyTries`` as ``pass_challenge`` does.
    """
    claims = tokens.read(TokenKind.SECOND_FACTOR, token)
    challenge = pass_challenge(
        claims.session_id, ChallengePurpose.LOG_IN, by_code(code), actor=actor, user_id=claims.user_id
    )
    return _come_in(challenge, device, actor)


@transaction.atomic
def _come_in(challenge: Challenge, device: Device, actor: Actor) -> TokenPair:
    # Whatever ends every session of the user in this very moment must end this one as well.
    unchanged = User.objects.filter(pk=challenge.user_id, auth_version=challenge.auth_version)
    if not unchanged.update(last_login=timezone.now()):
        raise TokenRevoked("This step is used up; log in again.")
    user = unchanged.get()
    who = Actor.user(user, request_id=actor.request_id, address=actor.address)
    return open_session(user, device, actor=who, second_factor_at=challenge.passed_at)


def step_up(user: User, code: str, *, actor: Actor) -> None:
    """The actor's session has been confirmed just now.

    Raises ``InvalidCredentials`` or ``TooManyTries``, ``Conflict`` for who has no second factor.
    """
    if not selectors.has_second_factor(user.pk):
        raise Conflict("Set up a second factor first.")
    challenge = begin_challenge(user, ChallengePurpose.STEP_UP)
    pass_challenge(challenge.pk, ChallengePurpose.STEP_UP, by_code(code), actor=actor)


def remove_totp(user: User, password: str, code: str, *, actor: Actor) -> None:
    """The authenticator app is asked for no more; other sessions of the user end.

    Raises ``NotFound`` when there is none, ``InvalidCredentials`` alike for a wrong password and a wrong code,
    ``TooManyTries``.
    """
    confirmed = TotpDevice.objects.filter(user=user, confirmed_at__isnull=False)
    if not confirmed.exists():
        raise NotFound("There is no authenticator app.")
    # Outside the transaction: hashing takes long.
    judge = by_code(code) if check_password(password, user.password) else _refuse
    challenge = begin_challenge(user, ChallengePurpose.STEP_UP)
    pass_challenge(challenge.pk, ChallengePurpose.STEP_UP, judge, actor=actor)
    with transaction.atomic():
        confirmed.delete()
        factor_removed(user, "totp_removed", actor=actor)


def _refuse(challenge: Challenge) -> FactorKind | None:
    return None
