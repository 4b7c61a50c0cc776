"""Messages to customers."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.core.ids import new_id
from apps.notifications.enums import Channel, MessageEvent, Status
from apps.notifications.models import Notification
from apps.repairs.models import RepairOrder


def message_about(order: RepairOrder, **fields: Any) -> Notification:
    """A message about an order that could not be sent."""
    source = new_id()
    usual = {
        "event": MessageEvent.REPAIR_CREATED, "channel": Channel.EMAIL, "status": Status.FAILED, "body": "We have it.",
        "expires_at": timezone.now(),
    }  # fmt: skip
    message: Notification = Notification.objects.create(
        customer=order.customer, order=order, branch=order.branch, source_id=source, dedupe_key=str(source),
        **usual | fields,
    )  # fmt: skip
    return message
