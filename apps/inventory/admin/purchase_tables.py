"""What hangs on a purchase order in the back office."""

from typing import Any

from apps.core import money
from apps.core.admin_base import Table
from apps.inventory import selectors
from apps.inventory.enums import PurchaseStatus
from apps.inventory.models import PurchaseOrder


def lines(order: PurchaseOrder) -> Table:
    """What was ordered, and what has come of it."""
    is_draft = order.status == PurchaseStatus.DRAFT
    rows: list[tuple[Any, ...]] = [
        (line.item.sku, line.item.name, line.quantity, line.received, line.cancelled,
         0 if is_draft else line.outstanding, money.text(line.unit_cost, order.currency),
         money.text(line.unit_cost * line.quantity, order.currency), line.repair_order_number or "–")
        for line in order.lines.select_related("item")
    ]  # fmt: skip
    columns = ("SKU", "Item", "Ordered", "Received", "Cancelled", "To come", "Unit cost", "Cost", "For")
    return Table("Lines", columns, rows)


def receipts(order: PurchaseOrder) -> Table:
    """What came when, and whether it was taken back."""
    found = selectors.receipts_of(order).prefetch_related("lines__line__item", "lines__movement__reversed_by")
    rows: list[tuple[Any, ...]] = [
        (receipt.created_at, receipt.delivery_note or "–", part.line.item.name, part.quantity,
         money.text(part.unit_cost, order.currency), "yes" if hasattr(part.movement, "reversed_by") else "–",
         receipt.notes or "–", receipt.actor_label)
        for receipt in found for part in receipt.lines.all()
    ]  # fmt: skip
    columns = ("When", "Delivery note", "Item", "Quantity", "Unit cost", "Taken back", "Notes", "Who")
    return Table("Deliveries", columns, rows)


def needs(found: list[selectors.PurchaseNeed]) -> Table:
    """What repair orders wait for."""
    rows: list[tuple[Any, ...]] = [
        (need.item, need.quantity, need.available, need.incoming, need.drafted, need.to_order,
         need.offer.supplier if need.offer else "nobody",
         ", ".join(dict.fromkeys(part.waiting.document_label for part in need.parts)))
        for need in found
    ]  # fmt: skip
    columns = ("Item", "Waited for", "Available", "Incoming", "In drafts", "To order", "Supplier", "Repair orders")
    return Table("What repair orders wait for", columns, rows)


def printed(order: PurchaseOrder) -> Table:
    """What the supplier reads: its own numbers first."""
    sold = dict(order.supplier.items.values_list("item_id", "supplier_sku"))
    rows: list[tuple[Any, ...]] = [
        (line.position, sold.get(line.item_id) or "–", line.item.sku, line.item.name, line.quantity,
         money.text(line.unit_cost, order.currency), money.text(line.unit_cost * line.quantity, order.currency))
        for line in order.lines.select_related("item")
    ]  # fmt: skip
    return Table("Lines", ("No.", "Your number", "Our number", "Item", "Quantity", "Unit cost", "Cost"), rows)
