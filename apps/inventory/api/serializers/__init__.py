"""Shapes of branches, items and stock."""

from apps.inventory.api.serializers.branches import BranchSerializer, BranchWriteSerializer, PublicBranchSerializer
from apps.inventory.api.serializers.items import (
    CategorySerializer,
    CategoryWriteSerializer,
    ItemSerializer,
    ItemSummary,
    ItemWriteSerializer,
)
from apps.inventory.api.serializers.serials import SerialSerializer
from apps.inventory.api.serializers.stock import (
    EntrySerializer,
    ExplainQuery,
    ExplanationSerializer,
    LowStockQuery,
    MovementSerializer,
    MovementWriteSerializer,
    PicksSerializer,
    ReservationSerializer,
    ReversalSerializer,
    StockLevelSerializer,
    StockValueQuery,
    StockValueSerializer,
)

__all__ = [
    "BranchSerializer",
    "BranchWriteSerializer",
    "CategorySerializer",
    "CategoryWriteSerializer",
    "EntrySerializer",
    "ExplainQuery",
    "ExplanationSerializer",
    "ItemSerializer",
    "ItemSummary",
    "ItemWriteSerializer",
    "LowStockQuery",
    "MovementSerializer",
    "MovementWriteSerializer",
    "PicksSerializer",
    "PublicBranchSerializer",
    "ReservationSerializer",
    "ReversalSerializer",
    "SerialSerializer",
    "StockLevelSerializer",
    "StockValueQuery",
    "StockValueSerializer",
]
