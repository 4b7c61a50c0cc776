"""How much the customer has agreed to, and when somebody has to ask them."""

from dataclasses import dataclass
from decimal import Decimal

from apps.core import money
from apps.repairs.enums import QuoteStatus


@dataclass(frozen=True)
class Consent:
    """What the customer has said so far; ``quote`` is the status of the newest quote, empty without one."""

    approved_total: Decimal | None = None
    spend_limit: Decimal | None = None
    quote: str = ""

    @property
    def authorised(self) -> Decimal | None:
        """Up to here the shop may go; ``None`` where nothing was ever agreed."""
        named = [amount for amount in (self.approved_total, self.spend_limit) if amount is not None]
        return max(named, default=None)

    def is_exceeded_by(self, total: Decimal) -> bool:
        """Whether there is an agreement, and ``total`` is more than it."""
        return self.authorised is not None and total > self.authorised

    def lacking_for(self, total: Decimal, currency: str) -> str:
        """Why work at ``total`` needs the customer's word first; empty if it does not.

        An order that was never quoted and has no limit is agreed by word of mouth, as ever.
        """
        if self.quote == QuoteStatus.SENT:
            return "The customer has not answered the quote yet."
        allowed = money.ZERO if self.authorised is None and self.quote else self.authorised
        if allowed is None or total <= allowed:
            return ""
        now, agreed = (f"{money.text(amount, currency)} {currency}" for amount in (total, allowed))
        return f"The order comes to {now}, and the customer has agreed to {agreed}."


NOTHING_SAID = Consent()
