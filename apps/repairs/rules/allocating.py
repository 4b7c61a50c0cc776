"""How money that is handed over for several orders at once is laid out among them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from apps.core import money


def allocated(amount: Decimal, most: Iterable[tuple[UUID, Decimal]]) -> Mapping[UUID, Decimal]:
    """``amount`` laid out in the order given, each order taking no more than its most; what is left over is nobody's."""
    left, found = amount, dict[UUID, Decimal]()
    for order_id, limit in most:
        share = min(left, limit - found.get(order_id, money.ZERO))
        if share > 0:
            found[order_id] = found.get(order_id, money.ZERO) + share
            left -= share
    return found
