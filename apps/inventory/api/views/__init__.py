"""Doors to branches, items and stock."""

from apps.inventory.api.views.branches import BranchViewSet
from apps.inventory.api.views.items import CategoryViewSet, ItemViewSet, ScanView
from apps.inventory.api.views.serials import ReservationViewSet, SerialViewSet
from apps.inventory.api.views.stock import (
    BranchLevelsView,
    ExplainView,
    ItemLevelsView,
    LowStockView,
    MovementViewSet,
    StockLevelView,
    StockValueView,
)

__all__ = [
    "BranchLevelsView",
    "BranchViewSet",
    "CategoryViewSet",
    "ExplainView",
    "ItemLevelsView",
    "ItemViewSet",
    "LowStockView",
    "MovementViewSet",
    "ReservationViewSet",
    "ScanView",
    "SerialViewSet",
    "StockLevelView",
    "StockValueView",
]
