"""Buying parts: drafting an order, sending it, receiving what comes, and cancelling what will not."""

from apps.inventory.services.purchasing.drafts import (
    PurchaseLineRequest,
    PurchaseRequest,
    discard_purchase,
    draft_purchase,
    edit_purchase,
)
from apps.inventory.services.purchasing.needs import draft_from_needs
from apps.inventory.services.purchasing.ordering import cancel_purchase, order_purchase
from apps.inventory.services.purchasing.receipts import (
    ReceiptRequest,
    ReceivedLine,
    receive_purchase,
    reverse_receipt,
)

__all__ = [
    "PurchaseLineRequest", "PurchaseRequest", "ReceiptRequest", "ReceivedLine", "cancel_purchase", "discard_purchase",
    "draft_from_needs", "draft_purchase", "edit_purchase", "order_purchase", "receive_purchase", "reverse_receipt",
]  # fmt: skip
