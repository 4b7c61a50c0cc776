"""The password of a device."""

from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right, require
from apps.accounts.services import require_recent_second_factor
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.repairs import events
from apps.repairs.models import DeviceSecret


@transaction.atomic
def read_device_password(order_id: UUID, *, actor: Actor) -> str:
    """The password, and an event that says who has seen it.

    Raises ``NotFound`` when there is none, ``MfaRequired`` for who has a second factor and has not given it just now.
    """
    require(actor, Right.DEVICE_PASSWORD_READ)
    secret = DeviceSecret.objects.filter(order_id=order_id).first()
    if secret is None:
        raise NotFound("There is no password for this device.")
    require_recent_second_factor(actor)
    audit.record(events.DevicePasswordRead(aggregate_id=order_id), actor=actor)
    return secret.password
