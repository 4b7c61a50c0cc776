"""What a part costs now: by its own record, or by the delivery that came last."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from apps.core import money
from apps.core.actor import Actor
from apps.inventory.models import Item
from apps.pricing.selectors.proposals import items_of_lines, last_receipt_of
from apps.pricing.services.proposals import propose_prices


def propose_from_item(item_id: UUID, *, actor: Actor) -> int:
    """Propose prices by the cost that the item has now, whatever it had when somebody told of it. How many are new."""
    item = Item.objects.filter(pk=item_id).first()
    return propose_prices(item.pk, item.cost_price, item.currency, actor=actor) if item is not None else 0


@transaction.atomic
def propose_from_purchases(line_ids: Sequence[UUID], *, actor: Actor) -> int:
    """Propose prices by what the items of these purchase lines cost when they last came, in the branch's currency.

    Of an item of which no delivery stands any more, the cost is that of its record. How many proposals are new.
    """
    return sum(_propose_from_last(item_id, actor) for item_id in items_of_lines(line_ids))


def _propose_from_last(item_id: UUID, actor: Actor) -> int:
    last = last_receipt_of(item_id)
    if last is None:
        return propose_from_item(item_id, actor=actor)
    order = last.receipt.order
    cost = money.rounded(last.unit_cost * order.exchange_rate, order.branch.currency)
    return propose_prices(item_id, cost, order.branch.currency, actor=actor)
