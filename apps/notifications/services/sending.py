"""Takes messages to the mail server.

A claim with a lease is committed before anything is sent, and a mark “in flight” just before the mail server is spoken
to. So a sender that dies leaves one of two things: a message that was surely not sent, which waits again, or one of
which nobody can know, which is called uncertain.
"""

import logging
import random
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.accounts import selectors as accounts
from apps.accounts.enums import CodePurpose
from apps.accounts.services import CODE_LIFETIME, make_code
from apps.core.ids import new_id
from apps.notifications import rules
from apps.notifications.channels import Result, send_email
from apps.notifications.enums import MessageEvent, Outcome, Status
from apps.notifications.models import Notification
from apps.reports.selectors import report_told_by

logger = logging.getLogger(__name__)
SWEEP_BATCH = 100
NOTICE_TEMPLATE = "registered_again"
REPORT_TEMPLATE = "report"
_FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None}


def send(message_ids: Iterable[UUID | str]) -> int:
    """Send those of the messages that are due; the number that were sent."""
    return sum(_send_one(UUID(str(message_id))) for message_id in message_ids)


def sweep(limit: int = SWEEP_BATCH) -> int:
    """Send what a wake-up has missed, oldest first, after tidying up behind senders that died; the number sent."""
    _tidy(timezone.now())
    due = Notification.objects.due(timezone.now()).order_by("next_try_at")[:limit]
    return send(list(due.values_list("pk", flat=True)))


@transaction.atomic
def _tidy(now: datetime) -> None:
    abandoned = Notification.objects.abandoned(now)
    abandoned.filter(in_flight_at=None).update(status=Status.PENDING, updated_at=now, **_FREE)
    lost = abandoned.update(status=Status.UNCERTAIN, last_error="The sender died.", updated_at=now, **_FREE)
    if lost:
        logger.error("%s messages may or may not have been sent: their sender died.", lost)
    late = Notification.objects.overdue(now).update(status=Status.CANCELLED, updated_at=now)
    if late:
        logger.error("%s messages were given up: they could not be sent in time.", late)


def _send_one(message_id: UUID) -> bool:
    message = _claim(message_id, timezone.now())
    if message is None:
        return False
    address = accounts.mailbox_of(message.user_id, _purpose_of(message))
    if address is None:
        return _finish(message, status=Status.CANCELLED)
    if not _mark_in_flight(message):
        return False
    return _record(message, send_email(address, *_content_of(message)))


def _claim(message_id: UUID, now: datetime) -> Notification | None:
    lease = new_id()
    claimed = (
        Notification.objects.due(now)
        .filter(pk=message_id, attempts__lt=rules.ATTEMPTS)
        .update(
            status=Status.SENDING,
            attempts=F("attempts") + 1,
            lease_owner=lease,
            lease_until=now + rules.LEASE,
            in_flight_at=None,
            updated_at=now,
        )
    )
    return Notification.objects.get(pk=message_id) if claimed else None


def _mark_in_flight(message: Notification) -> bool:
    return _update(message, in_flight_at=timezone.now())


def _purpose_of(message: Notification) -> CodePurpose | None:
    return CodePurpose(message.purpose) if message.event == MessageEvent.OTP else None


def _content_of(message: Notification) -> tuple[str, dict[str, Any]]:
    """Template and words. A code is made here, and from here only the mail has it."""
    purpose = _purpose_of(message)
    if message.event == MessageEvent.REPORT:
        return REPORT_TEMPLATE, {"report": report_told_by(message.source_id)}
    if purpose is None:
        return NOTICE_TEMPLATE, {}
    minutes = int(CODE_LIFETIME.total_seconds() // 60)
    return purpose.value, {"code": make_code(message.user_id, purpose), "minutes": minutes}


def _record(message: Notification, result: Result) -> bool:
    now = timezone.now()
    if result.outcome == Outcome.SENT:
        return _finish(message, status=Status.SENT, sent_at=now, last_error="")
    if result.outcome == Outcome.PERMANENT or message.attempts >= rules.ATTEMPTS:
        logger.error("Message %s was given up: %s.", message.pk, result.error)
        return _finish(message, status=Status.FAILED, last_error=result.error)
    next_try_at = now + rules.wait_after(message.attempts, random.random())
    return _finish(message, status=Status.PENDING, next_try_at=next_try_at, last_error=result.error)


def _finish(message: Notification, **changes: Any) -> bool:
    """End the claim; whether the message was sent. A lease that somebody else has by now is left alone."""
    _update(message, **changes, **_FREE)
    return bool(changes["status"] == Status.SENT)


def _update(message: Notification, **changes: Any) -> bool:
    held = Notification.objects.filter(pk=message.pk, lease_owner=message.lease_owner)
    return bool(held.update(**changes, updated_at=timezone.now()))
