"""Branches, items and stock."""

from apps.inventory.models.branches import Branch, BranchMembership
from apps.inventory.models.items import Category, Item
from apps.inventory.models.stock import Reservation, StockLevel, StockMovement

__all__ = ["Branch", "BranchMembership", "Category", "Item", "Reservation", "StockLevel", "StockMovement"]
