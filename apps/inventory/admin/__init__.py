"""Branches, items and stock in the back office."""

from apps.inventory.admin.branches import BranchAdmin, MembershipAdmin
from apps.inventory.admin.items import CategoryAdmin, ItemAdmin
from apps.inventory.admin.stock import LevelAdmin, MovementAdmin, ReservationAdmin

__all__ = [
    "BranchAdmin", "CategoryAdmin", "ItemAdmin", "LevelAdmin", "MembershipAdmin", "MovementAdmin", "ReservationAdmin",
]  # fmt: skip
