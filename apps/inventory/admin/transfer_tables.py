"""What hangs on a transfer in the back office."""

from typing import Any

from apps.core.admin_base import Table
from apps.inventory import selectors
from apps.inventory.enums import TransferStatus
from apps.inventory.models import Transfer

UNDER_WAY = {TransferStatus.SENT, TransferStatus.PARTLY_RECEIVED}


def lines(transfer: Transfer) -> Table:
    """What is on it, and what has become of it."""
    is_under_way = transfer.status in UNDER_WAY
    rows: list[tuple[Any, ...]] = [
        (line.item.sku, line.item.name, line.quantity, line.outstanding if is_under_way else 0, line.received,
         line.missing, line.surplus, line.reason or "–", ", ".join(line.serial_numbers) or "–")
        for line in transfer.lines.select_related("item").order_by("position", "id")
    ]  # fmt: skip
    numbers = "Serial numbers under way" if is_under_way else "Serial numbers"
    columns = ("SKU", "Item", "Quantity", "Under way", "Received", "Missing", "Surplus", "Reason", numbers)
    return Table("Lines", columns, rows)


def movements(transfer: Transfer) -> Table:
    """What it has moved, at both ends."""
    moved = selectors.movements_of(transfer).select_related("item", "from_branch", "to_branch")
    rows: list[tuple[Any, ...]] = [
        (one.created_at, one.get_movement_type_display(), one.item.name, one.quantity, one.from_branch or "in transit",
         one.to_branch or "in transit", one.notes or "–", one.actor_label)
        if one.movement_type == "TRANSFER"
        else (one.created_at, one.get_movement_type_display(), one.item.name, one.quantity, "–", one.to_branch or "–",
              one.notes or "–", one.actor_label)
        for one in moved
    ]  # fmt: skip
    return Table("Movements", ("When", "Kind", "Item", "Quantity", "From", "To", "Notes", "Who"), rows)


def receipts(transfer: Transfer) -> Table:
    """The deliveries that were taken in."""
    rows: list[tuple[Any, ...]] = [
        (receipt.created_at, "everything" if receipt.in_full else f"{len(receipt.lines)} lines", receipt.notes or "–",
         receipt.actor_label)
        for receipt in transfer.receipts.all()
    ]  # fmt: skip
    return Table("Receipts", ("When", "What", "Notes", "Who"), rows)
