"""Takes messages to those who carry them.

A claim with a lease is committed before anything is sent, and a mark “in flight” just before the provider is spoken to. So
a sender that dies leaves one of two things: a message that was surely not sent, which waits again, or one of which nobody
can know, which is called uncertain. Of that the provider is asked where it can be; an e-mail goes out again with the same
id, for a lost one would be worse.
"""

import logging
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core import db
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.notifications import rules
from apps.notifications.channels import Result, channel_of
from apps.notifications.enums import Channel, Outcome, Status
from apps.notifications.models import Notification
from apps.notifications.selectors import held_until
from apps.notifications.services import pacing
from apps.notifications.services.composing import Undeliverable, compose
from apps.notifications.services.suppressing import suppress

logger = logging.getLogger(__name__)
SWEEP_BATCH = 100
# A sweep goes on while there is something to send, and ends before the next one begins.
SWEEP_SECONDS = 8.0
# A message at which senders die is not for ever tried again.
FATAL = 10
_FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None}


def send(message_ids: Iterable[UUID | str]) -> int:
    """Send those of the messages that are due; the number that were sent. What fails in one keeps no other from going."""
    sent = 0
    for message_id in message_ids:
        try:
            sent += _send_one(UUID(str(message_id)))
        except Exception:  # its lease runs out, and it is tried again
            logger.exception("Message %s could not be sent.", message_id)
    return sent


def sweep(limit: int = SWEEP_BATCH) -> int:
    """Send what a wake-up has missed, codes first and then the oldest, after tidying up behind senders that died."""
    _tidy(timezone.now())
    sent, ends = 0, time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < ends:
        due = list(Notification.objects.due(timezone.now()).in_order().values_list("pk", flat=True)[:limit])
        sent_now = send(due)
        sent += sent_now
        if not sent_now:
            break
    return sent


@transaction.atomic
def _tidy(now: datetime) -> None:
    abandoned = Notification.objects.abandoned(now)
    fatal = abandoned.filter(attempts__gte=FATAL).update(
        status=Status.FAILED, last_error="The sender died at each try.", updated_at=now, **_FREE
    )
    if fatal:
        logger.error("%s messages were given up: the sender died at each try.", fatal)
    abandoned.filter(in_flight_at=None).update(status=Status.PENDING, updated_at=now, **_FREE)
    lost = abandoned.update(
        status=Status.UNCERTAIN, last_error="The sender died.", next_try_at=now, updated_at=now, **_FREE
    )
    if lost:
        logger.error("%s messages may or may not have been sent: their sender died.", lost)
    late = Notification.objects.overdue(now).update(
        status=Status.CANCELLED, reason="It could not be sent in time.", updated_at=now
    )
    if late:
        logger.error("%s messages were given up: they could not be sent in time.", late)


def _send_one(message_id: UUID) -> bool:
    claim = _claim(message_id, timezone.now())
    if claim is None:
        return False
    message, unknown_since = claim.message, claim.unknown_since
    channel = channel_of(message.channel)
    try:
        outgoing = compose(message)
    except Undeliverable as reason:
        return _finish(message, status=Status.CANCELLED, reason=str(reason))
    _wait_for(claim.turn)
    if unknown_since is not None and message.channel not in rules.SENT_AGAIN_UNASKED:
        known = channel.look_up(outgoing, unknown_since)
        if known.outcome != Outcome.TRANSIENT:
            return _record(message, known, outgoing.to, still=Status.UNCERTAIN, since=unknown_since)
    if not _mark_in_flight(message):
        return False
    return _record(message, channel.send(outgoing), outgoing.to)


@dataclass(frozen=True)
class _Claim:
    """A message that this sender holds, when the provider may be asked, and since when an earlier try is in flight of
    which nobody knows.
    """

    message: Notification
    turn: datetime
    unknown_since: datetime | None


@transaction.atomic
def _claim(message_id: UUID, now: datetime) -> _Claim | None:
    held = Notification.objects.select_for_update(of=("self",), skip_locked=True)
    message = held.due(now).select_related("branch").filter(pk=message_id).first()
    if message is None:
        return None
    wait, reason = _held_back(message, now)
    if wait is not None:
        _update_unclaimed(message, next_try_at=wait, reason=reason)
        return None
    channel = channel_of(message.channel)
    if not channel.is_on:
        _update_unclaimed(message, next_try_at=now + timedelta(minutes=5), reason="This channel is off.")
        return None
    turn, is_ours = pacing.slot(channel.provider, channel.per_second, now)
    if not is_ours:
        _update_unclaimed(message, next_try_at=turn, reason="Waits for the provider.")
        return None
    unknown_since = message.in_flight_at if message.status == Status.UNCERTAIN else None
    message.status, message.attempts = Status.SENDING, message.attempts + 1
    message.lease_owner, message.lease_until = new_id(), now + rules.LEASE
    message.provider = channel.provider
    message.in_flight_at = unknown_since
    message.save(update_fields=["status", "attempts", "lease_owner", "lease_until", "provider", "in_flight_at"])
    return _Claim(message, turn, unknown_since)


def _held_back(message: Notification, now: datetime) -> tuple[datetime | None, str]:
    """Until when the quiet hours, or what its customer has got within the hour, keep a message back."""
    if message.branch is not None and rules.waits_for_morning(message.event):  # type: ignore[arg-type]
        quiet = held_until(message.branch, now)
        if quiet is not None:
            return quiet, "Held back until the quiet hours end."
    if message.customer_id is None:
        return None, ""
    db.one_at_a_time(f"messages:{message.customer_id}:{message.channel}")
    limit = rules.PER_HOUR[Channel(message.channel)]
    of_the_hour = Notification.objects.filter(
        customer_id=message.customer_id, channel=message.channel, in_flight_at__gt=now - rules.WINDOW
    ).exclude(pk=message.pk)
    claimed = Notification.objects.filter(
        customer_id=message.customer_id, channel=message.channel, status=Status.SENDING, in_flight_at=None
    ).count()
    sent = list(of_the_hour.order_by("-in_flight_at").values_list("in_flight_at", flat=True)[:limit])
    if len(sent) + claimed < limit:
        return None, ""
    oldest = sent[limit - claimed - 1] if len(sent) >= limit - claimed > 0 else now
    return (oldest or now) + rules.WINDOW, f"More than {limit} within the hour."


def _wait_for(turn: datetime) -> None:
    ahead = (turn - timezone.now()).total_seconds()
    if ahead > 0:
        time.sleep(min(ahead, pacing.PATIENCE.total_seconds()))


def _mark_in_flight(message: Notification) -> bool:
    return _update(message, in_flight_at=timezone.now())


def _record(
    message: Notification,
    result: Result,
    address: str,
    *,
    still: Status = Status.PENDING,
    since: datetime | None = None,
) -> bool:
    """Keep what became of a try. ``still`` is what the message is while nothing was found out about it."""
    now, provider = timezone.now(), channel_of(message.channel).provider
    waits = rules.wait_after(message.attempts, random.random())
    if result.outcome in {Outcome.OUTAGE, Outcome.UNKNOWN}:
        rest = pacing.went_badly(provider, result.error, now, result.retry_after)
        # The provider's trouble, not the message's: it has not used up a try, and waits until it is too late for it.
        status = Status.UNCERTAIN if result.outcome == Outcome.UNKNOWN else still
        kept: dict[str, Any] = {"in_flight_at": since} if since else {}
        return _finish(
            message, status=status, attempts=message.attempts - 1, next_try_at=max(rest, now + waits),
            last_error=result.error, **kept,
        )  # fmt: skip
    pacing.went_well(provider)
    match result.outcome:
        case Outcome.SENT:
            return _finish(
                message, status=Status.SENT, sent_at=now, provider_id=result.provider_id, last_error="", reason="",
                recipient=address if message.customer_id else "",
            )  # fmt: skip
        case Outcome.BLOCKED:
            return _suppress(message, address, result.error)
        case Outcome.TRANSIENT if message.attempts < rules.ATTEMPTS:
            return _finish(message, status=Status.PENDING, next_try_at=now + waits, last_error=result.error)
    logger.error("Message %s was given up: %s.", message.pk, result.error)
    return _finish(message, status=Status.FAILED, last_error=result.error)


@transaction.atomic
def _suppress(message: Notification, address: str, error: str) -> bool:
    """The provider knows no such address, or its owner has refused: nothing is sent there any more."""
    logger.error("Message %s was given up: %s.", message.pk, error)
    if message.customer_id:
        suppress(message.channel, address, error, actor=Actor.system(message.provider))
    return _finish(message, status=Status.FAILED, last_error=error)


def _finish(message: Notification, **changes: Any) -> bool:
    """End the claim; whether the message was sent. A lease that somebody else has by now is left alone."""
    _update(message, **changes, **_FREE)
    return bool(changes["status"] == Status.SENT)


def _update(message: Notification, **changes: Any) -> bool:
    held = Notification.objects.filter(pk=message.pk, lease_owner=message.lease_owner, status=Status.SENDING)
    return bool(held.update(**changes, updated_at=timezone.now()))


def _update_unclaimed(message: Notification, **changes: Any) -> None:
    Notification.objects.filter(pk=message.pk).update(**changes, updated_at=timezone.now())
