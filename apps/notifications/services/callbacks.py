"""What providers say later of messages that they have taken. Calls come more than once, late, and in any order."""

import logging
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.core.actor import Actor
from apps.notifications import rules
from apps.notifications.enums import Channel, Status
from apps.notifications.models import OPEN, Notification
from apps.notifications.services.suppressing import suppress

logger = logging.getLogger(__name__)


def hear(told: Iterable[rules.Said], channel: Channel, *, actor: Actor) -> int:
    """Move the messages that are spoken of forward, each in a transaction of its own; the number that were moved.

    What is unknown, was said before, or comes too late changes nothing.
    """
    said = list(told)
    ours = Q(pk__in={one.id for one in said if one.id}) | Q(provider_id__in={one.sid for one in said if not one.id})
    known = Notification.objects.filter(ours, channel=channel).values_list("pk", "provider_id")
    by_sid = {sid: pk for pk, sid in known if sid}
    ids = {pk for pk, _ in known}
    moved = 0
    for one in said:
        pk = one.id or by_sid.get(one.sid)
        if pk in ids:
            moved += _heard(pk, one, actor)
    return moved


@transaction.atomic
def _heard(pk: Any, said: rules.Said, actor: Actor) -> bool:
    message = Notification.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if message is None or not _is_of_this_try(message, said.sid):
        return False
    address = _address(message, said)
    if said.refusal and message.customer_id and address:
        suppress(message.channel, address, said.refusal, actor=actor)
    if said.status is None or not rules.goes_to(Status(message.status), said.status):
        return False
    if said.status == Status.FAILED:
        logger.error("Message %s was not delivered: %s.", message.pk, said.error)
    Notification.objects.filter(pk=pk).update(**_changes(message, said, address))
    return True


def _is_of_this_try(message: Notification, sid: str) -> bool:
    """A message that was sent before and waits again hears nothing of its earlier try, nor one that was sent again."""
    if not sid:
        return True
    return message.provider_id != sid if message.status in OPEN else message.provider_id in {"", sid}


def _address(message: Notification, said: rules.Said) -> str:
    """Ours, as it is spelled here; of a message of which nobody knew that it was sent, the one that it went to."""
    same = said.to.casefold() == message.recipient.casefold()
    return message.recipient if same or not said.to else said.to


def _changes(message: Notification, said: rules.Said, address: str) -> dict[str, Any]:
    """A sender that still holds the message finds its lease gone, and neither sends it nor says what became of it."""
    now = timezone.now()
    changes: dict[str, Any] = {"status": said.status, "last_error": said.error, "reason": "", "updated_at": now}
    if message.status in OPEN:
        changes |= {"lease_owner": None, "lease_until": None, "provider_id": said.sid}
        changes["recipient"] = address if message.customer_id else ""
    if said.status != Status.FAILED and message.sent_at is None:
        changes["sent_at"] = now
    if said.status == Status.DELIVERED:
        changes["delivered_at"] = now
    return changes
