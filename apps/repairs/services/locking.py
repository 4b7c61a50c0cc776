"""The order's row lock, under which everything about an order is decided; stock is locked after it, never before."""

from collections.abc import Iterable
from uuid import UUID

from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.repairs.models import RepairOrder


def locked(order_id: UUID) -> RepairOrder:
    """The order as it is now, held until the transaction ends. Raises ``NotFound``."""
    order = RepairOrder.objects.select_for_update(of=("self",)).select_related("branch").filter(pk=order_id).first()
    if order is None:
        raise NotFound("There is no such repair order.")
    return order


def locked_many(order_ids: Iterable[UUID]) -> dict[UUID, RepairOrder]:
    """Several orders, locked in the order of their ids."""
    held = RepairOrder.objects.select_for_update(of=("self",)).filter(pk__in=list(order_ids)).order_by("pk")
    return {order.pk: order for order in held}


def actor_columns(actor: Actor) -> dict[str, object]:
    """The columns that say who did something."""
    return {"actor_kind": actor.kind, "actor_id": actor.id, "actor_label": actor.label[:200]}
