"""Who has tried in vain too often is not heard for a while: at one address, and at all that are strange to the owner.

Counters are kept by what was typed, whether or not somebody has it, so that a lock says nothing about who exists. A
stranger who locks an identifier does not lock its owner out where the owner has been before. Each ``step`` of a log-in
(the password, which has no name, and the second factor) counts by itself: to have passed one says nothing of the next.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.accounts import events, selectors
from apps.accounts.exceptions import TooManyTries
from apps.accounts.models import FailedLogins, User
from apps.accounts.rules import lock_seconds, lock_seconds_everywhere
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.client_address import limit_key
from apps.core.identifiers import as_identifier

FORGOTTEN_AFTER = timedelta(days=1)


def require_unlocked(identifier: str, address: str | None, *, step: str = "") -> None:
    """Raises ``TooManyTries`` while nothing is heard about this identifier from this address, right or wrong."""
    now = timezone.now()
    here, everywhere = _keys(identifier, address, step)
    locked = FailedLogins.objects.filter(pk__in=[here, everywhere], blocked_until__gt=now)
    ends = {counter.pk: counter.blocked_until for counter in locked if counter.blocked_until is not None}
    if everywhere in ends and selectors.is_known_at(identifier, address):
        del ends[everywhere]
    if ends:
        raise TooManyTries(math.ceil((max(ends.values()) - now).total_seconds()))


@transaction.atomic
def note_failure(identifier: str, address: str | None, *, user_id: UUID, actor: Actor, step: str = "") -> None:
    """Count one more failure in a row; records the beginning of a lock. ``user_id`` may be ``NOBODY``.

    Runs in the caller's transaction if there is one: that one must commit before the refusal is raised.
    """
    now = timezone.now()
    here, everywhere = _keys(identifier, address, step)
    # In this order in every transaction, so that two never wait for each other.
    seconds = _count(here, lock_seconds, now)
    if not selectors.is_known_at(identifier, address):
        seconds = max(seconds, _count(everywhere, lock_seconds_everywhere, now))
    if seconds:
        audit.record(events.LockedOut(aggregate_id=user_id, seconds=seconds), actor=actor)


def _count(key: str, lock: Callable[[int], int], now: datetime) -> int:
    """Count into one counter; for how many seconds a lock begins with it, 0 for none or one that is longer."""
    counter, _ = FailedLogins.objects.select_for_update().get_or_create(key=key, defaults={"last_failed_at": now})
    if counter.last_failed_at < now - FORGOTTEN_AFTER:
        counter.failures = 0
    was_locked = counter.blocked_until is not None and counter.blocked_until > now
    counter.failures += 1
    counter.last_failed_at = now
    seconds = lock(counter.failures)
    if seconds:
        counter.blocked_until = now + timedelta(seconds=seconds)
    counter.save()
    return 0 if was_locked else seconds


def note_success(identifier: str, address: str | None, *, user: User, step: str = "") -> None:
    """Forget what failed at this address. Failures elsewhere stay: they were somebody else's.

    So do those here if ``user`` has only claimed the identifier, as others have: they may have been tries at the others'.
    """
    if not user.is_verified and selectors.claimants(identifier) != [user]:
        return
    here, _ = _keys(identifier, address, step)
    FailedLogins.objects.filter(pk=here).delete()


def purge_failures() -> int:
    """Delete counters that have been forgotten; the number of rows deleted."""
    deleted, _ = FailedLogins.objects.filter(last_failed_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
    return deleted


def _keys(identifier: str, address: str | None, step: str) -> tuple[str, str]:
    """The key of the identifier at this address, and that of the identifier everywhere."""
    name = as_identifier(identifier).casefold()
    return _digest(f"{step} here {limit_key(address)} {name}"), _digest(f"{step} everywhere {name}")


def _digest(text: str) -> str:
    return salted_hmac("apps.accounts.lockout", text, algorithm="sha256").hexdigest()
