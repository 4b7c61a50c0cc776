"""What tests of movements share: sending one, and everything that one could change."""

from __future__ import annotations

from typing import Any

from apps.audit.models import Event
from apps.inventory.models import Item, Reservation, StockLevel, StockMovement
from tests.conftest import Api

HERE, THERE = "here", "there"


def move(api: Api, item: Item, kind: str, body: dict[str, Any], **headers: str) -> Any:
    return api.post("inventory/movements", {"inventoryItemId": str(item.pk), "movementType": kind, **body}, **headers)


def books() -> Any:
    """Everything that a movement could change."""
    return (
        sorted(StockLevel.objects.values_list("pk", "quantity", "reserved", "updated_at")),
        sorted(StockMovement.objects.values_list("pk", flat=True)),
        sorted(Reservation.objects.values_list("pk", "status")),
        Event.objects.count(),
    )
