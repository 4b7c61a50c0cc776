"""Orders about which nobody is written to."""

from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.notifications.models import OrderMute
from apps.repairs.selectors import get_order

_AGGREGATE = "repairs.order"


@transaction.atomic
def mute(order_id: UUID, *, actor: Actor) -> None:
    """Write to nobody about this order until it is unmuted; recorded as an event of the order. Twice is once.

    Raises ``NotFound`` outside the actor's scope.
    """
    order = get_order(order_id, actor=actor, right=Right.ORDERS_STATUS)
    _, made = OrderMute.objects.get_or_create(order=order)
    if made:
        _record("muted", order_id, muted=True, actor=actor)


@transaction.atomic
def unmute(order_id: UUID, *, actor: Actor) -> None:
    """Write again. What was not told meanwhile is not made up for."""
    order = get_order(order_id, actor=actor, right=Right.ORDERS_STATUS)
    deleted, _ = OrderMute.objects.filter(order=order).delete()
    if deleted:
        _record("unmuted", order_id, muted=False, actor=actor)


def _record(verb: str, order_id: UUID, *, muted: bool, actor: Actor) -> None:
    changes = {"muted": [not muted, muted]}
    audit.record_saved(verb, aggregate=_AGGREGATE, aggregate_id=order_id, changes=changes, actor=actor)
