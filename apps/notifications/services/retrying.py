"""Sending again what was given up, because a person says so."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core import jobs
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound
from apps.notifications import rules, selectors
from apps.notifications.enums import MessageEvent, Status
from apps.notifications.models import Notification, Suppression

RETRIED = (Status.FAILED, Status.UNCERTAIN, Status.CANCELLED, Status.SUPPRESSED)


@transaction.atomic
def retry(message_id: UUID, *, actor: Actor) -> Notification:
    """Let a message that has ended without being sent wait again, with all its tries; a sender is woken after the commit.

    Raises ``NotFound`` outside the actor's scope, and ``Conflict`` for one that was sent or is on its way, that goes to an
    address which takes no messages, or that is a code: of those a new one is asked for.
    """
    visible = selectors.notifications_visible_to(actor, Right.MESSAGES_RETRY)
    message = (
        Notification.objects.select_for_update(of=("self",)).filter(pk=message_id, pk__in=visible.values("pk")).first()
    )
    if message is None:
        raise NotFound("There is no such message.")
    _require_retriable(message)
    old, now = message.status, timezone.now()
    message.status, message.attempts = Status.PENDING, 0
    message.next_try_at, message.expires_at = now, rules.worth_until(MessageEvent(message.event), now)
    message.reason = message.last_error = ""
    message.save(update_fields=["status", "attempts", "next_try_at", "expires_at", "reason", "last_error"])
    changes = {"status": [old, Status.PENDING.value]}
    aggregate = audit.aggregate_of(message)
    audit.record_saved("retried", aggregate=aggregate, aggregate_id=message.pk, changes=changes, actor=actor)
    jobs.enqueue("notifications.send", [str(message.pk)])
    return message


def _require_retriable(message: Notification) -> None:
    if message.status not in RETRIED:
        raise Conflict(f"This message is {Status(message.status).label}.")
    if message.event == MessageEvent.OTP:
        raise Conflict("Codes are not sent again: a new one is asked for.")
    if Suppression.objects.filter(channel=message.channel, address=message.recipient).exclude(address="").exists():
        raise Conflict("This address takes no messages. Take it off the list of suppressed addresses first.")
