"""The columns of the files of items and of opening stock: what each cell may hold, and how a list is put into one."""

import re
from collections.abc import Iterable
from decimal import Decimal

from apps.core.file_rows import Column, RefusedCell, code_of, count_to, read_currency, text_of
from apps.inventory.rules.balances import LARGEST_QUANTITY

MOST_ROWS = 10_000
DEEPEST_PATH = 10
MOST_MODELS = 2_000
LEVELS, NAMES = "/", ";"  # what stands between the parts of a category's path, and between models

_AMOUNT = re.compile(r"[0-9]{1,11}(\.[0-9]{1,3})?")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def joined(parts: Iterable[str], separator: str) -> str:
    """The parts in one cell; a separator within a part is doubled."""
    space = f" {separator} " if separator == LEVELS else f"{separator} "
    return space.join(part.replace(separator, separator * 2) for part in parts)


def parted(text: str, separator: str) -> list[str]:
    """What ``joined`` was given, without empty parts."""
    single = rf"(?<!{separator}){separator}(?!{separator})"
    parts = (part.strip().replace(separator * 2, separator) for part in re.split(single, text))
    return [part for part in parts if part]


# --- cells ----------------------------------------------------------------------------------------------------------


def _amount(text: str) -> Decimal:
    if _AMOUNT.fullmatch(text):
        return Decimal(text)
    if text.startswith("-"):
        raise RefusedCell("min_value", "This must not be less than 0.")
    if "," in text:
        raise RefusedCell("decimal_comma", "Amounts have a point and nothing between thousands: 1299.50.")
    raise RefusedCell("invalid", "This is not an amount such as 1299.50.")


def _truth(text: str) -> bool:
    if text.casefold() not in _TRUTH:
        raise RefusedCell("invalid", "This must be true or false.")
    return _TRUTH[text.casefold()]


def _path(text: str) -> tuple[str, ...]:
    parts = tuple(parted(text, LEVELS))
    if not parts or len(parts) > DEEPEST_PATH or any(len(part) > 100 for part in parts):
        words = f"This is not a path of at most {DEEPEST_PATH} categories of 100 characters, such as Parts / Displays."
        raise RefusedCell("invalid", words)
    return parts


def _names(text: str) -> tuple[str, ...]:
    parts = tuple(dict.fromkeys(parted(text, NAMES)))
    if len(parts) > MOST_MODELS:
        raise RefusedCell("max_length", f"An item fits at most {MOST_MODELS} models.")
    return parts


_count = count_to(LARGEST_QUANTITY)
ITEM_COLUMNS = (
    Column("sku", code_of(60), required=True),
    Column("name", text_of(200)),
    Column("description", text_of(2000), ""),
    Column("category", _path, ()),
    Column("unitOfMeasure", text_of(20)),
    Column("unitPrice", _amount),
    Column("costPrice", _amount),
    Column("currency", read_currency),
    Column("reorderLevel", _count),
    Column("reorderQuantity", _count),
    Column("barcode", code_of(80), ""),
    Column("partType", text_of(200), ""),
    Column("compatibleModels", _names, ()),
    Column("tracksSerials", _truth),
    Column("isActive", _truth),
)
STOCK_COLUMNS = (
    Column("sku", code_of(60), required=True),
    Column("name", None),
    Column("branch", text_of(20), required=True),
    Column("quantity", _count, required=True),
    Column("reserved", None),
    Column("available", None),
    Column("unitCost", _amount, None),
    Column("currency", None),
)
ALSO_CALLED = {"unit": "unitofmeasure", "price": "unitprice", "cost": "costprice", "active": "isactive",
                "branchcode": "branch", "categorypath": "category"}  # fmt: skip
