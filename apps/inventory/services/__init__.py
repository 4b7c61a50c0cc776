"""Everything that changes stock, and who works where."""

from apps.inventory.services import purchasing
from apps.inventory.services.categories import rearranging
from apps.inventory.services.count_entries import CountEntryRequest, enter_count, recount_line
from apps.inventory.services.count_posting import post_count
from apps.inventory.services.counts import CountRequest, cancel_count, start_count
from apps.inventory.services.movements import MovementRequest, record_movement
from apps.inventory.services.photos import drop_orphaned_photos
from apps.inventory.services.reordering import compute_reorder_points, draft_proposals
from apps.inventory.services.reservations import (
    Need,
    issue,
    pick_serials,
    reduce,
    release,
    release_expired,
    reserve,
)
from apps.inventory.services.returns import take_back
from apps.inventory.services.reversals import reverse_movement
from apps.inventory.services.staff import add_member, leave_branches, remove_member
from apps.inventory.services.suppliers import preferring, remove_offer, save_offer
from apps.inventory.services.tracking import holding_stock_of
from apps.inventory.services.transfer_drafts import (
    TransferLineRequest,
    TransferRequest,
    delete_transfer,
    draft_transfer,
    edit_transfer,
)
from apps.inventory.services.transfer_receipts import Arrival, ReceiptRequest, receive_transfer
from apps.inventory.services.transfers import cancel_transfer, send_transfer
from apps.inventory.services.verification import Discrepancy, report_discrepancies, verify_stock
from apps.inventory.services.words import describe_all_items, describe_items, follow_words

__all__ = [
    "Arrival", "CountEntryRequest", "CountRequest", "Discrepancy", "MovementRequest", "Need", "ReceiptRequest",
    "TransferLineRequest", "TransferRequest", "add_member", "cancel_count", "cancel_transfer",
    "compute_reorder_points", "delete_transfer", "describe_all_items", "describe_items", "draft_proposals",
    "draft_transfer", "drop_orphaned_photos", "edit_transfer", "enter_count", "follow_words", "holding_stock_of",
    "issue", "leave_branches", "pick_serials", "post_count", "preferring", "purchasing", "rearranging",
    "receive_transfer", "record_movement", "recount_line", "reduce", "release", "release_expired", "remove_member",
    "remove_offer", "report_discrepancies", "reserve", "reverse_movement", "save_offer", "send_transfer", "start_count",
    "take_back", "verify_stock",
]  # fmt: skip
