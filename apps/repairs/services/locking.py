"""The order's row lock, under which everything about an order is decided; stock is locked after it, never before."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.rules import Right, require
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.repairs.models import RepairOrder
from apps.repairs.selectors import orders_visible_to


def locked(order_id: UUID) -> RepairOrder:
    """The order as it is now, held until the transaction ends. Raises ``NotFound``."""
    return _held(RepairOrder.objects.all(), order_id)


def locked_for(actor: Actor, right: Right, order_id: UUID) -> RepairOrder:
    """``locked``, while the order is one on which ``actor`` has ``right``: it may have been taken away while waiting.

    Raises ``Forbidden`` for a role that has the right on no order.
    """
    require(actor, right)
    return _held(orders_visible_to(actor, right), order_id)


def _held(among: QuerySet[RepairOrder], order_id: UUID) -> RepairOrder:
    order = among.select_for_update(of=("self",)).select_related("branch").filter(pk=order_id).first()
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
