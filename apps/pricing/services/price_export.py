"""Exports of prices, in the form in which an import takes them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import IO

from django.db.models import QuerySet

from apps.core import money
from apps.core.spreadsheets import Value, written
from apps.inventory.selectors.vocabulary import part_type_names
from apps.pricing.models import Price
from apps.pricing.rules.price_rows import EXPORTED

CHUNK = 500
_COLUMNS = (
    "device_model__brand__name", "device_model__name", "device_model__model_number", "repair_type__name",
    "part_type_id", "part_quality", "branch__code", "price", "cost", "currency", "valid_from", "valid_until", "notes",
)  # fmt: skip
_ORDER = ("device_model__brand__name", "device_model__name", "repair_type__name", "part_quality", "valid_from", "pk")


def export_prices(prices: QuerySet[Price], kind: str) -> IO[bytes]:
    """The prices as an open file of ``kind`` (``csv`` or ``xlsx``), by brand, model and repair. The caller closes it."""
    return written(kind, [column.name for column in EXPORTED], _rows(prices))


def _rows(prices: QuerySet[Price]) -> Iterator[list[Value]]:
    parts = part_type_names()
    rows = prices.order_by(*_ORDER).values_list(*_COLUMNS).iterator(chunk_size=CHUNK)
    for brand, model, number, repair, part, quality, branch, price, cost, currency, first, last, notes in rows:
        yield [
            brand, model, number, repair, parts.get(part, ""), quality, branch or "", _amount(price, currency),
            "" if cost is None else _amount(cost, currency), currency, first.isoformat(),
            last.isoformat() if last else "", notes,
        ]  # fmt: skip


def _amount(amount: Decimal, currency: str) -> Decimal:
    return Decimal(money.text(amount, currency))
