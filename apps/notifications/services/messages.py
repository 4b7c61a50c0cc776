"""Messages are made from events, one for each."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core import jobs
from apps.notifications.enums import Channel, MessageEvent
from apps.notifications.models import Notification
from apps.notifications.rules import WORTH_SENDING_FOR


@transaction.atomic
def tell_by_email(user_id: UUID, event: MessageEvent, *, source_id: UUID, purpose: str = "") -> None:
    """A message about the event ``source_id``; a sender is woken after the commit. A second call changes nothing."""
    now = timezone.now()
    message, made = Notification.objects.get_or_create(
        source_id=source_id,
        user_id=user_id,
        channel=Channel.EMAIL,
        defaults={"event": event, "purpose": purpose, "expires_at": now + WORTH_SENDING_FOR[event]},
    )
    if made:
        jobs.enqueue("notifications.send", [str(message.pk)])
