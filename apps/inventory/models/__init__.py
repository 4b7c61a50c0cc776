"""Branches, items and stock."""

from apps.inventory.models.branches import Branch, BranchMembership
from apps.inventory.models.counts import CountEntry, CountLine, StockCount
from apps.inventory.models.documents import DocumentCounter
from apps.inventory.models.items import Category, Item
from apps.inventory.models.purchasing import (
    PurchaseLine,
    PurchaseOrder,
    PurchaseReceipt,
    PurchaseReceiptLine,
    Supplier,
    SupplierItem,
)
from apps.inventory.models.reordering import ReorderPoint
from apps.inventory.models.serials import MovedSerial, Serial
from apps.inventory.models.stock import Reservation, StockLevel, StockMovement
from apps.inventory.models.transfers import Transfer, TransferLine, TransferReceipt

__all__ = [
    "Branch", "BranchMembership", "Category", "CountEntry", "CountLine", "DocumentCounter", "Item", "MovedSerial",
    "PurchaseLine", "PurchaseOrder", "PurchaseReceipt", "PurchaseReceiptLine", "ReorderPoint", "Reservation",
    "Serial", "StockCount", "StockLevel", "StockMovement", "Supplier", "SupplierItem", "Transfer", "TransferLine",
    "TransferReceipt",
]  # fmt: skip
