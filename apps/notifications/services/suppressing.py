"""Addresses to which nothing is sent any more."""

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.notifications.models import Suppression


def suppress(channel: str, address: str, reason: str, *, actor: Actor) -> None:
    """Send nothing there any more. The first reason stays. Runs in the transaction of what has shown it."""
    row, made = Suppression.objects.get_or_create(channel=channel, address=address, defaults={"reason": reason[:200]})
    if made:
        audit.record_created([row], actor=actor)
