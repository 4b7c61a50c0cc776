"""The customer's link, made anew and closed."""

from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.repairs import events
from apps.repairs.models import RepairOrder
from apps.repairs.services.locking import locked_for

_LINK = ["tracking_number", "tracking_closed"]


@transaction.atomic
def renew_tracking_link(order_id: UUID, *, actor: Actor) -> RepairOrder:
    """A new link for the order, open; every link before leads nowhere from now on. Raises ``NotFound``."""
    order = locked_for(actor, Right.ORDERS_EDIT, order_id)
    renew_link(order, actor=actor)
    order.save(update_fields=_LINK)
    return order


def renew_link(order: RepairOrder, *, actor: Actor) -> None:
    """The same of an order that is locked, and that the caller saves."""
    order.tracking_number += 1
    order.tracking_closed = False
    _tell(order, actor)


@transaction.atomic
def close_tracking_link(order_id: UUID, *, actor: Actor) -> RepairOrder:
    """The order's link leads nowhere until a new one is made. Closing it again changes nothing. Raises ``NotFound``."""
    order = locked_for(actor, Right.ORDERS_EDIT, order_id)
    if not order.tracking_closed:
        order.tracking_closed = True
        order.save(update_fields=_LINK)
        _tell(order, actor)
    return order


def _tell(order: RepairOrder, actor: Actor) -> None:
    number, closed = order.tracking_number, order.tracking_closed
    audit.record(events.TrackingLinkChanged(aggregate_id=order.pk, number=number, closed=closed), actor=actor)
