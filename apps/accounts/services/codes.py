"""One-time codes: asked for, made at the moment of sending, judged a few times, used once."""

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.accounts import events, selectors
from apps.accounts.enums import CodePurpose
from apps.accounts.models import OneTimeCode, User
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import ValidationFailed

DIGITS = 6
LIFETIME = timedelta(minutes=10)
TRIES = 5
TRIES_PER_HOUR = 15
KEPT_FOR = timedelta(days=1)
_HOUR = timedelta(hours=1)


@transaction.atomic
def request_code(user: User | None, purpose: CodePurpose, *, actor: Actor) -> None:
    """Have a code sent to ``user``; for nobody, and beyond ``selectors.mail_is_due``, only an event remains.

    The caller learns nothing, and the work is the same in every case: an event, and one subscriber who hears of it.
    """
    due = mail_is_due(user, events.CodeRequested, purpose.value)
    if user is None:
        event: events.UserEvent = events.UnknownCodeRequested(aggregate_id=events.NOBODY, purpose=purpose.value)
    elif due:
        event = events.CodeRequested(aggregate_id=user.pk, purpose=purpose.value)
    else:
        event = events.CodeWithheld(aggregate_id=user.pk, purpose=purpose.value)
    audit.record(event, actor=actor)


def mail_is_due(user: User | None, kind: type[events.UserEvent], purpose: str = "") -> bool:
    """Whether ``user`` may be sent one more mail of this kind now. Locks the account until the transaction ends."""
    # Two requests at once must not both find that nothing was sent.
    list(User.objects.select_for_update().filter(pk=user.pk if user else events.NOBODY).values_list("pk"))
    return selectors.mail_is_due(user, kind.event_type, purpose, timezone.now())


@transaction.atomic
def make_code(user_id: UUID, purpose: CodePurpose) -> str:
    """Six digits for the one who sends them, in the clear only there; the older code of this purpose ends."""
    list(User.objects.select_for_update().filter(pk=user_id).values_list("pk"))
    end_codes(user_id, purpose)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    row = OneTimeCode(user_id=user_id, purpose=purpose, expires_at=timezone.now() + LIFETIME)
    row.digest = _digest(row, code)
    row.save(force_insert=True)
    return code


# Durable: inside a transaction that a refusal rolls back, the count of tries would be undone with it.
@transaction.atomic(durable=True)
def judge(user_id: UUID | None, purpose: CodePurpose, code: str, *, actor: Actor) -> OneTimeCode | None:
    """The user's live code if ``code`` is right, to be spent by the caller; ``None`` alike for whatever is wrong.

    A code is judged five times at most, and the codes of one purpose fifteen times an hour, also when many try at
    once. A failure is recorded. ``user_id`` is ``None`` for nobody: that does the same work.
    """
    tried = _count_try(user_id or events.NOBODY, purpose, timezone.now())
    stand_in = tried or OneTimeCode(user_id=events.NOBODY, purpose=purpose)
    if hmac.compare_digest(_digest(stand_in, code), stand_in.digest) and tried is not None:
        return tried
    audit.record(events.CodeFailed(aggregate_id=user_id or events.NOBODY, purpose=purpose.value), actor=actor)
    return None


def _count_try(user_id: UUID, purpose: CodePurpose, now: datetime) -> OneTimeCode | None:
    """The live code with one more try on it, if it has one left."""
    codes = OneTimeCode.objects.filter(user_id=user_id, purpose=purpose)
    live = codes.filter(ended_at=None, expires_at__gt=now).order_by("-created_at").first()
    live_id = live.pk if live else events.NOBODY
    # Nothing is counted any more on the codes before this one, so that their sum holds while others try at once.
    before = codes.filter(created_at__gt=now - _HOUR).exclude(pk=live_id).aggregate(tries=Sum("attempts", default=0))
    allowed = min(TRIES, TRIES_PER_HOUR - before["tries"])
    open_ones = OneTimeCode.objects.filter(pk=live_id, ended_at=None, expires_at__gt=now, attempts__lt=allowed)
    return live if open_ones.update(attempts=F("attempts") + 1) else None


def spend(code: OneTimeCode) -> bool:
    """Use a code that was judged right; ``False`` if it has ended since. Runs in the transaction of what it opens."""
    return bool(OneTimeCode.objects.filter(pk=code.pk, ended_at=None).update(ended_at=timezone.now()))


def end_codes(user_id: UUID, *purposes: CodePurpose) -> None:
    """The codes of these purposes are judged no more. Runs in the caller's transaction."""
    live = OneTimeCode.objects.filter(user_id=user_id, purpose__in=purposes, ended_at=None)
    live.update(ended_at=timezone.now())


def wrong_code() -> ValidationFailed:
    """The one refusal for an unknown identifier and for a code that is wrong, used, replaced, tried too often or old."""
    return ValidationFailed.on("code", "invalid", "This code is wrong or no longer valid. Ask for a new one.")


def purge_codes() -> int:
    """Delete codes of more than a day ago; the number of rows deleted."""
    deleted, _ = OneTimeCode.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted


def _digest(row: OneTimeCode, code: str) -> str:
    """HMAC-SHA256 under a key of its own, derived from ``SECRET_KEY``: a code says nothing of any other row."""
    bound = f"{row.purpose}|{row.user_id}|{row.pk}|{code}"
    return salted_hmac("apps.accounts.one_time_code", bound, algorithm="sha256").hexdigest()
