"""Questions about drop-offs, within what the asker may see."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.enums import Role
from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.core.money import ZERO
from apps.inventory.selectors import own_branch_ids
from apps.repairs.models import DropOff, RepairOrder
from apps.repairs.selectors.orders import situations_of


def drop_offs_visible_to(actor: Actor, right: Right = Right.ORDERS_READ) -> QuerySet[DropOff]:
    """The visits on whose orders ``actor`` has ``right``: all, those at the own branches, or a customer's own.

    A technician, whose orders are those assigned to them, sees none: a visit may hold devices of others.
    """
    match reach(actor, right):
        case Reach.ALL:
            return DropOff.objects.all()
        case Reach.BRANCH:
            return DropOff.objects.filter(branch_id__in=own_branch_ids(actor))
        case Reach.OWN if actor.role == Role.CUSTOMER and actor.id is not None:
            return DropOff.objects.filter(customer__user_id=actor.id)
        case _:
            return DropOff.objects.none()


@dataclass(frozen=True)
class DropOffTotals:
    """What all orders of a visit come to."""

    currency: str
    total: Decimal
    paid: Decimal
    balance: Decimal


def totals_of_drop_off(drop_off_id: UUID) -> DropOffTotals:
    """The sums over the orders of a visit, each as it stands on its order."""
    orders = list(RepairOrder.objects.filter(drop_off_id=drop_off_id))
    balances = [situation.balance for situation in situations_of(orders).values()]
    currency = (
        orders[0].currency if orders else DropOff.objects.select_related("branch").get(pk=drop_off_id).branch.currency
    )
    return DropOffTotals(
        currency,
        sum((order.total for order in orders), ZERO),
        sum((order.paid for order in orders), ZERO),
        sum(balances, ZERO),
    )


def get_drop_off(drop_off_id: UUID, *, actor: Actor, right: Right = Right.ORDERS_READ) -> DropOff:
    """Raises ``NotFound`` outside the actor's scope."""
    found = drop_offs_visible_to(actor, right).filter(pk=drop_off_id).first()
    if found is None:
        raise NotFound("There is no such drop-off.")
    return found
