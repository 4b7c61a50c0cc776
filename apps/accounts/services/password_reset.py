"""A new password for who has lost the old one and still reads the mail."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from apps.accounts import events, selectors
from apps.accounts.enums import CodePurpose, SessionEnd
from apps.accounts.models import OneTimeCode, Passkey, RecoveryCode, TotpDevice, User
from apps.accounts.passwords import require_strong
from apps.accounts.services import codes
from apps.accounts.services.sessions import end_all_sessions
from apps.accounts.services.verification import lock_address, take_address
from apps.audit import services as audit
from apps.core.actor import Actor


def request_reset(identifier: str, *, actor: Actor) -> None:
    """Have a code sent to the account with this identifier, if there is one. Tells nothing."""
    codes.request_code(selectors.resettable(identifier), CodePurpose.RESET_PASSWORD, actor=actor)


def reset_password(identifier: str, code: str, password: str, *, actor: Actor) -> None:
    """Set a new password by a code from the mailbox; every session and token of the account ends.

    An account that had not been verified is so afterwards: reading the mail is what verification asks for. Raises
    ``ValidationFailed`` on ``newPassword`` for a weak password, before the code is looked at, and else on ``code``,
    alike for whatever is wrong.
    """
    require_strong(password, field="newPassword")
    user = selectors.resettable(identifier)
    right = codes.judge(user.pk if user else None, CodePurpose.RESET_PASSWORD, code, actor=actor)
    if right is None or not _reset(right, make_password(password), actor):
        raise codes.wrong_code()


@transaction.atomic
def _reset(right: OneTimeCode, hashed: str, actor: Actor) -> bool:
    user = lock_address(right.user_id)
    if user is None or not codes.spend(right):
        return False
    user.password = hashed
    user.save(update_fields=["password"])
    if not user.is_verified:
        _take_over(user, actor)
    who = Actor.user(user, request_id=actor.request_id, address=actor.address)
    end_all_sessions(user.pk, SessionEnd.CHANGED, actor=who)
    codes.end_codes(user.pk, *CodePurpose)
    audit.record(events.PasswordReset(aggregate_id=user.pk), actor=who)
    return True


def _take_over(user: User, actor: Actor) -> None:
    """The holder of the mailbox gets an account that perhaps a stranger has made: nothing may be left in it by which
    the stranger comes in again."""
    user.phone_number = None
    for kind in (TotpDevice, RecoveryCode, Passkey):
        kind.objects.filter(user=user).delete()
    take_address(user, actor=actor)
