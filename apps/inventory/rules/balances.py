"""Stock arithmetic. Quantities are whole units of the item, values whole millionths of the branch's currency."""

from dataclasses import dataclass, replace

from apps.core.exceptions import ValidationFailed
from apps.inventory.exceptions import InsufficientStock

LARGEST_QUANTITY = 1_000_000  # of one movement
LARGEST_ON_HAND = 2_000_000_000  # what a 32-bit column holds, on either database
LARGEST_VALUE = 9_000_000_000_000_000_000  # what a 64-bit column holds: nine million millions of a currency


@dataclass(frozen=True)
class Balance:
    """What a branch holds of an item: ``quantity`` on hand, of which ``reserved`` is promised.

    ``incoming`` is on order or in transit to it, ``value`` what the units on hand have cost.
    """

    quantity: int
    reserved: int
    incoming: int = 0
    value: int = 0

    @property
    def available(self) -> int:
        return self.quantity - self.reserved

    def moved(self, change: int, value: int = 0) -> "Balance":
        """After ``change`` units worth ``value`` came (or went, if negative).

        Raises ``InsufficientStock`` below what is reserved, ``ValidationFailed`` beyond what a level can hold.
        """
        after = replace(self, quantity=self.quantity + change, value=self.value + value)
        if after.quantity > LARGEST_ON_HAND:
            raise ValidationFailed.on("quantity", "max_value", f"A branch holds at most {LARGEST_ON_HAND} of an item.")
        if after.value > LARGEST_VALUE:
            raise ValidationFailed.on("unitPrice", "max_value", "The stock would be worth more than can be written.")
        if after.available < 0:
            raise InsufficientStock(f"Only {self.available} available, {-change} asked for.")
        return after

    def with_reserved(self, change: int) -> "Balance":
        """After ``change`` more units are promised; raises ``InsufficientStock`` beyond what is on hand."""
        after = replace(self, reserved=self.reserved + change)
        if after.available < 0:
            raise InsufficientStock(f"Only {self.available} available, {change} asked for.")
        return after

    def expecting(self, change: int) -> "Balance":
        """After ``change`` more units are on their way (or fewer, if negative).

        Raises ``ValidationFailed`` beyond what a level can hold.
        """
        after = replace(self, incoming=self.incoming + change)
        if after.incoming > LARGEST_ON_HAND:
            raise ValidationFailed.on(
                "quantity", "max_value", f"At most {LARGEST_ON_HAND} of an item are on their way."
            )
        return after


def crosses_reorder_level(before: int, after: int, reorder_level: int) -> bool:
    """Whether available stock fell to the reorder level or below it just now: once per crossing."""
    return before > reorder_level >= after
