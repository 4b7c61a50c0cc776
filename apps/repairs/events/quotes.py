"""What happens to the quotes of an order, and to the link under which its customer finds them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from apps.repairs.events.orders import OrderEvent


@dataclass(frozen=True, kw_only=True)
class QuoteSent(OrderEvent):
    """A version was frozen for the customer; ``automatic`` where the order had become dearer than was agreed.

    ``notify`` is false where nobody is to be messaged.
    """

    event_type: ClassVar[str] = "repairs.quote_sent"
    order_number: str
    quote_id: UUID
    version: int
    total: Decimal
    currency: str
    valid_until: datetime
    automatic: bool
    notify: bool


@dataclass(frozen=True, kw_only=True)
class QuoteDecided(OrderEvent):
    """The customer said yes or no; ``total`` is of what was chosen, ``technician_id`` who waits for the answer."""

    event_type: ClassVar[str] = "repairs.quote_decided"
    order_number: str
    quote_id: UUID
    version: int
    approved: bool
    way: str
    total: Decimal
    currency: str
    technician_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class QuoteEnded(OrderEvent):
    """A version that nobody had answered is none any more: ``status`` says whether it expired or is not needed."""

    event_type: ClassVar[str] = "repairs.quote_ended"
    quote_id: UUID
    version: int
    status: str


@dataclass(frozen=True, kw_only=True)
class TrackingLinkChanged(OrderEvent):
    """The customer's link was made anew, which ends those before, or closed."""

    event_type: ClassVar[str] = "repairs.tracking_link_changed"
    number: int
    closed: bool
