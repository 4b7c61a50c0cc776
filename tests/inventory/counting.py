"""What tests of counts share: starting one, entering what is on the shelf, and what a line says."""

from __future__ import annotations

from typing import Any

from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Category, CountEntry, CountLine, Item, StockCount, StockMovement
from apps.inventory.services import (
    CountEntryRequest,
    CountRequest,
    enter_count,
    post_count,
    record_movement,
    start_count,
)
from apps.inventory.services.movements import MovementRequest

SYSTEM = Actor.system("test")


def started(branch: Branch, category: Category | None = None, **fields: Any) -> StockCount:
    request = CountRequest(branch.pk, category.pk if category else None, id=new_id(), **fields)
    return start_count(request, actor=SYSTEM)


def scan(count: StockCount, code: str, **fields: Any) -> CountLine:
    return enter_count(count.pk, CountEntryRequest(code=code, **{"id": new_id(), **fields}), actor=SYSTEM)


def typed(count: StockCount, item: Item, total: int) -> CountLine:
    return enter_count(count.pk, CountEntryRequest(item_id=item.pk, total=total, id=new_id()), actor=SYSTEM)


def unit(count: StockCount, item: Item, number: str) -> CountLine:
    request = CountEntryRequest(item_id=item.pk, serial_number=number, id=new_id())
    return enter_count(count.pk, request, actor=SYSTEM)


def posted(count: StockCount, **fields: Any) -> StockCount:
    return post_count(count.pk, actor=SYSTEM, **fields)


def says(count: StockCount, item: Item) -> tuple[int | None, int, bool]:
    """Counted, on hand at that moment, disturbed."""
    line = CountLine.objects.get(count=count, item=item)
    return line.counted, line.on_hand, line.disturbed


def entries(count: StockCount) -> list[tuple[int, bool]]:
    found = CountEntry.objects.filter(line__count=count).order_by("created_at", "id")
    return list(found.values_list("quantity", "total"))


def adjustments(count: StockCount) -> list[tuple[str, int, int | None]]:
    """SKU, quantity and value of what a count has booked."""
    booked = StockMovement.objects.filter(document_id=count.pk).order_by("item__sku", "-quantity")
    return list(booked.values_list("item__sku", "quantity", "to_value_micros"))


def out(item: Item, branch: Branch, units: int = 1, **fields: Any) -> StockMovement:
    request = MovementRequest(item.pk, MovementType.OUT, units, from_branch_id=branch.pk, **fields)
    return record_movement(request, actor=SYSTEM)


def come(item: Item, branch: Branch, units: int = 1, **fields: Any) -> StockMovement:
    request = MovementRequest(item.pk, MovementType.IN, units, to_branch_id=branch.pk, **fields)
    return record_movement(request, actor=SYSTEM)


def correct(item: Item, branch: Branch, units: int, **fields: Any) -> StockMovement:
    request = MovementRequest(item.pk, MovementType.ADJUSTMENT, units, to_branch_id=branch.pk, notes="broken", **fields)
    return record_movement(request, actor=SYSTEM)
