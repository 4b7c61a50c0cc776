"""Messages are made from events: for each event, person and channel one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core import db, jobs
from apps.notifications import rules
from apps.notifications.enums import Channel, MessageEvent, Status
from apps.notifications.models import Notification
from apps.notifications.selectors import Told, messaging_of
from apps.notifications.services.planning import Planned, plan

_SEND = "notifications.send"


@transaction.atomic
def tell_by_email(user_id: UUID, event: MessageEvent, *, source_id: UUID, purpose: str = "") -> None:
    """A message about the event ``source_id``; a sender is woken after the commit. A second call changes nothing."""
    message, made = Notification.objects.get_or_create(
        dedupe_key=f"{source_id}:{Channel.EMAIL.value}:{user_id}",
        defaults={
            "user_id": user_id,
            "source_id": source_id,
            "channel": Channel.EMAIL,
            "event": event,
            "purpose": purpose,
            "priority": rules.priority_of(event),
            "expires_at": rules.worth_until(event, timezone.now()),
        },
    )
    if made:
        jobs.enqueue(_SEND, [str(message.pk)])


@transaction.atomic
def tell_customer(told: Told, *, source_id: UUID, happened_at: datetime) -> list[Notification]:
    """The messages of what has happened, worded now; senders are woken after the commit. A second call changes nothing.

    What is told too late is not worth telling. The same about the same order within the branch's time for it is one: it
    takes the newer words while it waits, and is not sent again when it has gone out.
    """
    now = timezone.now()
    if rules.worth_until(told.event, happened_at) <= now:
        return []
    made = [_made(told, planned, source_id, now) for planned in plan(told, now)]
    messages = [message for message in made if message is not None]
    ready = [str(message.pk) for message in messages if message.status == Status.PENDING and message.next_try_at <= now]
    if ready:
        jobs.enqueue(_SEND, ready)
    return messages


def _made(told: Told, planned: Planned, source_id: UUID, now: datetime) -> Notification | None:
    """``None`` where the message is there already, or one that says the same."""
    key = f"{source_id}:{planned.channel.value}:{told.customer.pk}"
    if Notification.objects.filter(dedupe_key=key).exists() or _merged(told, planned, now):
        return None
    return Notification.objects.create(
        dedupe_key=key,
        source_id=source_id,
        event=told.event,
        channel=planned.channel,
        customer=told.customer,
        order=told.order,
        branch=told.branch,
        purpose=rules.purpose_of(told.event),
        priority=rules.priority_of(told.event),
        expires_at=rules.worth_until(told.event, planned.not_before or now),
        next_try_at=planned.not_before or now,
        recipient=planned.address,
        status=Status.SUPPRESSED if planned.refused else Status.PENDING,
        **_worded(planned),
    )


def _worded(planned: Planned) -> dict[str, Any]:
    return {
        "language": planned.language,
        "template_version": planned.version,
        "subject": planned.subject[:500],
        "body": planned.body,
        "reason": planned.refused or ("Held back until the quiet hours end." if planned.not_before else ""),
    }


def _merged(told: Told, planned: Planned, now: datetime) -> bool:
    """Whether one like it, made a short while ago, stands for this one too."""
    if told.order is None:
        return False
    db.one_at_a_time(f"messages:{told.order.pk}")
    alike = Notification.objects.select_for_update(of=("self",)).filter(
        order=told.order,
        customer=told.customer,
        event=told.event,
        channel=planned.channel,
        created_at__gt=now - messaging_of(told.branch.pk).span,
    )
    earlier = alike.exclude(status__in=(Status.CANCELLED, Status.FAILED)).order_by("-created_at").first()
    if earlier is None:
        return False
    waits = earlier.status == Status.PENDING and rules.is_replaced_by_newer(told.event)
    if not waits and earlier.body != planned.body:
        return False
    changes: dict[str, Any] = {"merged": earlier.merged + 1, "updated_at": now}
    if waits:
        changes |= _worded(planned)
    Notification.objects.filter(pk=earlier.pk).update(**changes)
    return True
