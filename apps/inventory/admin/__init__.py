"""Branches, items and stock in the back office."""

from apps.inventory.admin.branches import BranchAdmin, MembershipAdmin
from apps.inventory.admin.counts import CountAdmin
from apps.inventory.admin.items import CategoryAdmin, ItemAdmin
from apps.inventory.admin.levels import LevelAdmin, SerialAdmin
from apps.inventory.admin.purchasing import PurchaseOrderAdmin
from apps.inventory.admin.reordering import ReorderPointAdmin
from apps.inventory.admin.stock import MovementAdmin, ReservationAdmin
from apps.inventory.admin.suppliers import SupplierAdmin
from apps.inventory.admin.transfers import TransferAdmin

__all__ = [
    "BranchAdmin", "CategoryAdmin", "CountAdmin", "ItemAdmin", "LevelAdmin", "MembershipAdmin", "MovementAdmin",
    "PurchaseOrderAdmin", "ReorderPointAdmin", "ReservationAdmin", "SerialAdmin", "SupplierAdmin", "TransferAdmin",
]  # fmt: skip
