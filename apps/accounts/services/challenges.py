"""Steps at which a second factor is waited for: begun once, passed once, and only for so many tries."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from apps.accounts import events
from apps.accounts.enums import ChallengePurpose, FactorKind
from apps.accounts.exceptions import InvalidCredentials, TokenExpired, TokenRevoked, TooManyTries, Unauthorized
from apps.accounts.models import Challenge, Session, User
from apps.accounts.services import lockout
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import DomainError

LIFETIME = timedelta(minutes=5)
TRIES = 5
TRIES_AN_HOUR = 20  # of one account: new challenges must not mean as many tries as one likes
STEP = "second factor"  # of the lockout
KEPT_FOR = timedelta(days=1)

# Whether what was given proves the factor: its kind, or nothing. Runs in the transaction in which the challenge is
# passed, may write (a code that is spent), and finds the user at ``challenge.user``.
Judge = Callable[[Challenge], FactorKind | None]


def begin_challenge(user: User, purpose: ChallengePurpose, nonce: str = "") -> Challenge:
    """A step that waits five minutes for a second factor of ``user``.

    ``nonce`` is what a passkey has to sign, in base64url; leave it empty where only codes are taken. The challenge ends
    with everything that ends the user's tokens (a new password, another role). Pages keep its id in Django's session,
    the interface puts it into a token of ``TokenKind.SECOND_FACTOR``.
    """
    expires_at = timezone.now() + LIFETIME
    return Challenge.objects.create(
        user=user, purpose=purpose, auth_version=user.auth_version, nonce=nonce, expires_at=expires_at
    )


def open_challenge(challenge_id: UUID, purpose: ChallengePurpose) -> Challenge | None:
    """The challenge with its user, while something is still heard there."""
    waiting = Challenge.objects.filter(attempts__lt=TRIES, passed_at__isnull=True, expires_at__gt=timezone.now())
    unchanged = waiting.filter(auth_version=F("user__auth_version")).select_related("user")
    return unchanged.filter(pk=challenge_id, purpose=purpose).first()


def pass_challenge(
    challenge_id: UUID, purpose: ChallengePurpose, judge: Judge, *, actor: Actor, user_id: UUID | None = None
) -> Challenge:
    """Pass a challenge, once, with what ``judge`` accepts; five tries are heard. The answer holds its ``user``.

    Afterwards the factor's use is recorded. For ``STEP_UP`` and ``ADD_PASSKEY`` the challenge must be the actor's own,
    and the actor's session (``actor.session_id``) counts as one in which a second factor was just given. For ``LOG_IN``
    the caller opens the session; ``user_id`` says whose challenge it must be, where that is known.

    Raises ``InvalidCredentials`` when the judge does not accept, which is recorded and has used up a try; without
    judging ``Unauthorized`` (no such challenge), ``TokenExpired``, ``TokenRevoked`` (passed, used up, or the account has
    changed since) or ``TooManyTries`` (locked, or twenty in vain within an hour, in whichever challenges of the account).
    Must not run inside a transaction: a try that failed has to stay counted.
    """
    found = Challenge.objects.filter(pk=challenge_id, purpose=purpose)
    if purpose is not ChallengePurpose.LOG_IN:
        found = found.filter(Q(user_id=actor.id))
    elif user_id is not None:
        found = found.filter(user_id=user_id)
    now = timezone.now()
    user = User.objects.filter(challenges__in=found).first()
    if user is None:
        raise Unauthorized("The token is not valid.")
    lockout.require_unlocked(user.email, actor.address, step=STEP)
    _count_try(found, now)
    outcome = _judged(challenge_id, judge, now, actor)
    # A refusal is raised after the commit, so that it cannot undo what is remembered of it.
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


def _count_try(found: QuerySet[Challenge], now: datetime) -> None:
    # One statement, first and by itself: of many tries at once no more than five get any further.
    open_still = found.filter(attempts__lt=TRIES, passed_at__isnull=True, expires_at__gt=now)
    if open_still.update(attempts=F("attempts") + 1):
        return
    challenge = found.get()
    if challenge.passed_at is None and challenge.attempts < TRIES:
        raise TokenExpired("The time for this step is over; log in again.")
    raise TokenRevoked("This step is used up; log in again.")


@transaction.atomic
def _judged(challenge_id: UUID, judge: Judge, now: datetime, actor: Actor) -> Challenge | DomainError:
    challenge = Challenge.objects.select_for_update(of=("self",)).select_related("user").get(pk=challenge_id)
    user = challenge.user
    if challenge.passed_at is not None or challenge.auth_version != user.auth_version or not user.is_active:
        return TokenRevoked("This step is used up; log in again.")
    if _tries_in_vain(challenge, now) > TRIES_AN_HOUR:
        return TooManyTries(int(LIFETIME.total_seconds()))
    kind = judge(challenge)
    if kind is None:
        event = events.SecondFactorFailed(aggregate_id=user.pk, purpose=challenge.purpose)
        audit.record(event, actor=actor)
        lockout.note_failure(user.email, actor.address, user_id=user.pk, actor=actor, step=STEP)
        return InvalidCredentials("The code is wrong.")
    lockout.note_success(user.email, actor.address, user=user, step=STEP)
    challenge.passed_at = now
    challenge.save(update_fields=["passed_at"])
    if challenge.purpose != ChallengePurpose.LOG_IN:
        mark_session(actor, now)
    audit.record(events.SecondFactorUsed(aggregate_id=user.pk, kind=kind.value, purpose=challenge.purpose), actor=actor)
    return challenge


def _tries_in_vain(challenge: Challenge, now: datetime) -> int:
    """Of the last hour, this one among them. A new password starts anew: who knows only the old one locks nobody out."""
    of_the_account = Challenge.objects.filter(
        user_id=challenge.user_id,
        auth_version=challenge.auth_version,
        created_at__gt=now - timedelta(hours=1),
        passed_at__isnull=True,
    )
    return of_the_account.aggregate(tries=Sum("attempts"))["tries"] or 0


def mark_session(actor: Actor, now: datetime) -> None:
    """The actor's session counts as one in which a second factor was given at ``now``."""
    Session.objects.filter(Q(pk=actor.session_id, user_id=actor.id)).update(second_factor_at=now)


def purge_challenges() -> int:
    """Delete challenges whose time was over a day ago; the number of rows deleted."""
    deleted, _ = Challenge.objects.filter(expires_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
