"""What a second factor changes: who must give it again, and what ends when one is added, removed or reset."""

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts import events, selectors
from apps.accounts.enums import SessionEnd
from apps.accounts.exceptions import MfaRequired
from apps.accounts.models import Passkey, RecoveryCode, Session, TotpDevice, User
from apps.accounts.rules import Right, is_recent, lacks_second_factor, require
from apps.accounts.services.challenges import mark_session
from apps.accounts.services.recovery_codes import make_recovery_codes
from apps.accounts.services.sessions import end_all_sessions, end_other_sessions
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, Forbidden


def require_recent_second_factor(actor: Actor) -> None:
    """The step-up: who has a second factor must have given it in this session within ``settings.STEP_UP_LIFETIME``.

    Called by every verb that needs it, after its rights and scope, so that all doors ask alike. Who has no second factor
    is not asked, nor is Mendery itself. Raises ``MfaRequired``.
    """
    if actor.id is None:
        return
    session = Session.objects.filter(Q(pk=actor.session_id, user_id=actor.id))
    given_at = session.values_list("second_factor_at", flat=True).first()
    if is_recent(given_at, timezone.now(), settings.STEP_UP_LIFETIME):
        return
    if selectors.has_second_factor(actor.id):
        raise MfaRequired("Confirm this with your second factor first.")


def require_factor_of_role(user: User, session: Session | None) -> None:
    """Raises ``MfaRequired`` for a role of ``settings.MFA_REQUIRED_ROLES`` in a session without a second factor."""
    given_at = session.second_factor_at if session else None
    if lacks_second_factor(user.role, given_at, settings.MFA_REQUIRED_ROLES):
        raise MfaRequired("Your role needs a second factor: set one up, or log in with it.")


def factor_added(user: User, change: str, *, actor: Actor) -> None:
    """Afterwards the actor's session counts as one with a second factor, and every other one of the user has ended.

    For a factor that the user has just proven to hold. Runs in the caller's transaction.
    """
    # A log-in that saw no factor yet holds this lock until its session is there to be ended.
    list(User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk"))
    mark_session(actor, timezone.now())
    end_other_sessions(user.pk, actor.session_id, SessionEnd.SECOND_FACTOR, actor=actor)
    audit.record(events.SecondFactorChanged(aggregate_id=user.pk, change=change), actor=actor)


def factor_removed(user: User, change: str, *, actor: Actor) -> None:
    """Afterwards every session of the user but the actor's has ended. With the last factor the recovery codes go, and the
    actor's session is one without. Runs in the caller's transaction.
    """
    if not selectors.has_second_factor(user.pk):
        RecoveryCode.objects.filter(user=user).delete()
        Session.objects.filter(Q(pk=actor.session_id), user=user).update(second_factor_at=None)
    end_other_sessions(user.pk, actor.session_id, SessionEnd.SECOND_FACTOR, actor=actor)
    audit.record(events.SecondFactorChanged(aggregate_id=user.pk, change=change), actor=actor)


@transaction.atomic
def renew_recovery_codes(user: User, *, actor: Actor) -> list[str]:
    """Ten new codes in place of the old ones; sessions go on. Raises ``MfaRequired``, ``Conflict`` without a factor."""
    require_recent_second_factor(actor)
    User.objects.select_for_update().get(pk=user.pk)
    if not selectors.has_second_factor(user.pk):
        raise Conflict("Set up a second factor first.")
    codes = make_recovery_codes(user)
    audit.record(events.SecondFactorChanged(aggregate_id=user.pk, change="recovery_codes_made"), actor=actor)
    return codes


@transaction.atomic
def reset_second_factor(user: User, *, actor: Actor, reason: str) -> None:
    """Take everything away that the user could be asked for besides the password; every session of theirs ends.

    For admins, when somebody has lost both phone and recovery codes; ``reason`` is recorded. Raises ``Forbidden`` without
    the right and for oneself, ``MfaRequired``, ``Conflict`` when there is nothing to reset.
    """
    require(actor, Right.USERS_WRITE)
    if actor.id == user.pk:
        raise Forbidden("Nobody resets their own second factor.")
    require_recent_second_factor(actor)
    User.objects.select_for_update().get(pk=user.pk)
    if not selectors.has_second_factor(user.pk):
        raise Conflict("This account has no second factor.")
    forget_second_factor(user)
    end_all_sessions(user.pk, SessionEnd.SECOND_FACTOR, actor=actor)
    audit.record(events.SecondFactorChanged(aggregate_id=user.pk, change="reset", reason=reason), actor=actor)


def forget_second_factor(user: User) -> None:
    """Delete every factor and code of an account. Runs in the caller's transaction."""
    for model in (TotpDevice, Passkey, RecoveryCode):
        model._default_manager.filter(user=user).delete()
