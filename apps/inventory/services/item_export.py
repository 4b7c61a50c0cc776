"""Exports of items and stock levels, in the form in which imports take them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Lower

from apps.core import money
from apps.core.imports import chunks
from apps.core.spreadsheets import Value, written
from apps.inventory.models import Item, StockLevel
from apps.inventory.rules import costs
from apps.inventory.rules.item_rows import ITEM_COLUMNS, LEVELS, NAMES, STOCK_COLUMNS, joined
from apps.inventory.selectors.vocabulary import category_paths, model_names, part_type_names

CHUNK = 500
_ITEM = (
    "pk", "sku", "name", "description", "category_id", "unit_of_measure", "unit_price", "cost_price", "currency",
    "reorder_level", "reorder_quantity", "barcode", "part_type_id", "tracks_serials", "is_active",
)  # fmt: skip
_LEVEL = (
    "item__sku", "item__name", "branch__code", "branch__currency", "quantity", "reserved", "value_micros",
    "last_cost_micros",
)  # fmt: skip


def export_items(items: QuerySet[Item], kind: str) -> IO[bytes]:
    """The items as an open file of ``kind`` (``csv`` or ``xlsx``), by SKU. The caller closes it."""
    return written(kind, [column.name for column in ITEM_COLUMNS], _item_rows(items))


def export_levels(levels: QuerySet[StockLevel], kind: str) -> IO[bytes]:
    """The levels as an open file, by SKU and branch; the unit cost is the moving average, empty where none is known."""
    return written(kind, [column.name for column in STOCK_COLUMNS], _level_rows(levels))


def _item_rows(items: QuerySet[Item]) -> Iterator[list[Value]]:
    paths, part_types, models = category_paths(), part_type_names(), model_names()
    categories = {pk: joined(path, LEVELS) for pk, path in paths.items()}
    rows = items.order_by(Lower("sku"), "pk").values_list(*_ITEM).iterator(chunk_size=CHUNK)
    for chunk in chunks(rows, CHUNK):
        fitting = _models_of([row[0] for row in chunk], models)
        for row in chunk:
            (pk, sku, name, description, category, unit, price, cost, currency, level, quantity, barcode, part, tracked,
             used) = row  # fmt: skip
            yield [
                sku, name, description, categories.get(category, ""), unit, _amount(price, currency),
                _amount(cost, currency), currency, level, quantity, barcode, part_types.get(part, ""),
                joined(sorted(fitting.get(pk, ())), NAMES), _truth(tracked), _truth(used),
            ]  # fmt: skip


def _models_of(item_ids: list[UUID], names: dict[UUID, str]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    relation: Any = Item.compatible_models.through.objects
    for item_id, model_id in relation.filter(item__in=item_ids).values_list("item_id", "devicemodel_id"):
        if model_id in names:
            found.setdefault(item_id, []).append(names[model_id])
    return found


def _level_rows(levels: QuerySet[StockLevel]) -> Iterator[list[Value]]:
    rows = levels.order_by(Lower("item__sku"), "branch__code", "pk").values_list(*_LEVEL).iterator(chunk_size=CHUNK)
    for sku, name, code, currency, quantity, reserved, value, last in rows:
        cost = costs.average(value, quantity, last)
        shown: Value = "" if cost is None else _amount(cost, currency)
        yield [sku, name, code, quantity, reserved, quantity - reserved, shown, currency]


def _amount(amount: Decimal, currency: str) -> Decimal:
    return Decimal(money.text(amount, currency))


def _truth(value: bool) -> str:
    return "true" if value else "false"
