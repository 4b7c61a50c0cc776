"""The password of a device."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right, require
from apps.accounts.services import require_recent_second_factor
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import NotFound, ValidationFailed
from apps.repairs import events, rules
from apps.repairs.enums import PasswordKind
from apps.repairs.models import DeviceSecret, RepairOrder


@transaction.atomic
def read_device_password(order_id: UUID, *, actor: Actor) -> tuple[str, str]:
    """The password and of which kind it is, and an event that says who has seen it.

    Raises ``NotFound`` when there is none, ``MfaRequired`` for who has a second factor and has not given it just now.
    """
    require(actor, Right.DEVICE_PASSWORD_READ)
    secret = DeviceSecret.objects.filter(order_id=order_id).first()
    if secret is None:
        raise NotFound("There is no password for this device.")
    require_recent_second_factor(actor)
    audit.record(events.DevicePasswordRead(aggregate_id=order_id), actor=actor)
    return secret.password, secret.kind


def require_password(kind: str, password: str) -> None:
    """Raises ``ValidationFailed`` unless it is a password of this kind; an empty one is none."""
    problem = rules.password_problem(kind, password) if password else ""
    if problem:
        raise ValidationFailed.on("devicePassword", "invalid", problem)


def kept_password(order: RepairOrder) -> tuple[str, str]:
    """The password that an order has and its kind, for a comparison; empty text if it has none."""
    secret = DeviceSecret.objects.filter(order=order).first()
    return (secret.password, secret.kind) if secret else ("", PasswordKind.TEXT.value)


def keep_password(order: RepairOrder, password: str, kind: str) -> None:
    """Keep a password from now on instead of the one before; an empty one is wiped. Runs in the caller's transaction."""
    if password:
        kept = {"password": password, "kind": kind, "kept_since": timezone.now()}
        DeviceSecret.objects.update_or_create(order=order, defaults=kept)
    else:
        DeviceSecret.objects.filter(order=order).delete()
