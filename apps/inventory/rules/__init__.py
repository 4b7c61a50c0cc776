"""Pure decisions of the inventory: no queries, no clock."""

from apps.inventory.rules import costs
from apps.inventory.rules.balances import LARGEST_ON_HAND, LARGEST_QUANTITY, Balance, crosses_reorder_level
from apps.inventory.rules.categories import would_cycle
from apps.inventory.rules.movements import check_shape, reversal_of

__all__ = [
    "Balance", "LARGEST_ON_HAND", "LARGEST_QUANTITY", "check_shape", "costs", "crosses_reorder_level", "reversal_of",
    "would_cycle",
]  # fmt: skip
