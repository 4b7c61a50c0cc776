"""The customer's link: which token an order has, and which order a token leads to."""

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from apps.core.exceptions import NotFound
from apps.repairs import rules
from apps.repairs.models import RepairOrder

NOWHERE = "This link leads nowhere. Ask the shop for a new one."


def tracking_token(order_id: UUID, number: int, closed: bool) -> str | None:
    """The token of an order's present link; ``None`` while it is closed. Asks nothing of the database."""
    return None if closed else rules.token_for(order_id, number, settings.FIELD_KEYS)


def is_of_this_shop(token: str) -> bool:
    """Whether this installation has made a token, be its link still open or not. Asks nothing of the database."""
    return rules.read_token(token, settings.FIELD_KEYS) is not None


def orders_behind(token: str) -> QuerySet[RepairOrder]:
    """The one order whose present link has this token, or none.

    One that was tampered with, is of another installation, was replaced or closed leads nowhere, all alike.
    """
    read = rules.read_token(token, settings.FIELD_KEYS)
    if read is None:
        return RepairOrder.objects.none()
    order_id, number = read
    return RepairOrder.objects.filter(pk=order_id, tracking_number=number, tracking_closed=False)


def get_tracked(token: str) -> RepairOrder:
    """The order behind a link, with everything that its page names. Raises ``NotFound``."""
    order = orders_behind(token).select_related("branch", "device_model__brand").first()
    if order is None:
        raise NotFound(NOWHERE)
    return order
