"""The columns of the files of items and of opening stock: what each cell may hold, and how a list is put into one."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from apps.core import money
from apps.core.exceptions import ValidationFailed
from apps.core.spreadsheets import Cell, SheetRow, Unreadable
from apps.inventory.rules.balances import LARGEST_QUANTITY

MOST_ROWS = 10_000
DEEPEST_PATH = 10
MOST_MODELS = 2_000
LEVELS, NAMES = "/", ";"  # what stands between the parts of a category's path, and between models

_AMOUNT = re.compile(r"[0-9]{1,11}(\.[0-9]{1,3})?")
_COUNT = re.compile(r"([0-9]{1,9})(\.0+)?")
_MADE_A_NUMBER = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+|[0-9]{8,}\.0")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_KEPT = "kept"  # an empty cell leaves what is there


@dataclass(frozen=True)
class Problem:
    """Why a row is refused. ``line`` is where it begins in the file, ``column`` the name of one of its columns."""

    line: int
    column: str
    code: str
    message: str


@dataclass(frozen=True)
class FileRow:
    """A row with what could be read of it, by the names of columns; what was left out, or left empty, may be missing."""

    line: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, column: str, code: str, message: str) -> None:
        self.problems.append(Problem(self.line, column, code, message))


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Column:
    """``read`` makes a value of the text of a cell; without it the column is known and passed over. ``empty`` is the value
    of an empty cell."""

    name: str
    read: Callable[[str], Any] | None
    empty: Any = _KEPT
    required: bool = False


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


def _text(longest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > longest:
            raise _Refused("max_length", f"This has at most {longest} characters.")
        return text

    return read


def _code(longest: int) -> Callable[[str], str]:
    """Text that spreadsheets like to take for a number."""
    bounded = _text(longest)

    def read(text: str) -> str:
        if _MADE_A_NUMBER.fullmatch(text):
            raise _Refused("digits", "A spreadsheet has made a number of this. Format the column as text.")
        return bounded(text)

    return read


def _amount(text: str) -> Decimal:
    if _AMOUNT.fullmatch(text):
        return Decimal(text)
    if text.startswith("-"):
        raise _Refused("min_value", "This must not be less than 0.")
    if "," in text:
        raise _Refused("decimal_comma", "Amounts have a point and nothing between thousands: 1299.50.")
    raise _Refused("invalid", "This is not an amount such as 1299.50.")


def _count(text: str) -> int:
    found = _COUNT.fullmatch(text)
    if found is None:
        negative = re.fullmatch(r"-[0-9]+", text)
        raise _Refused("min_value" if negative else "invalid", "This must be a whole number, 0 or more.")
    if int(found[1]) > LARGEST_QUANTITY:
        raise _Refused("max_value", f"This is at most {LARGEST_QUANTITY}.")
    return int(found[1])


def _truth(text: str) -> bool:
    if text.casefold() not in _TRUTH:
        raise _Refused("invalid", "This must be true or false.")
    return _TRUTH[text.casefold()]


def _currency(text: str) -> str:
    if not money.is_known(text):
        raise _Refused("invalid", "This is not an ISO 4217 currency code.")
    return text


def _path(text: str) -> tuple[str, ...]:
    parts = tuple(parted(text, LEVELS))
    if not parts or len(parts) > DEEPEST_PATH or any(len(part) > 100 for part in parts):
        words = f"This is not a path of at most {DEEPEST_PATH} categories of 100 characters, such as Parts / Displays."
        raise _Refused("invalid", words)
    return parts


def _names(text: str) -> tuple[str, ...]:
    parts = tuple(dict.fromkeys(parted(text, NAMES)))
    if len(parts) > MOST_MODELS:
        raise _Refused("max_length", f"An item fits at most {MOST_MODELS} models.")
    return parts


ITEM_COLUMNS = (
    Column("sku", _code(60), required=True),
    Column("name", _text(200)),
    Column("description", _text(2000), ""),
    Column("category", _path, ()),
    Column("unitOfMeasure", _text(20)),
    Column("unitPrice", _amount),
    Column("costPrice", _amount),
    Column("currency", _currency),
    Column("reorderLevel", _count),
    Column("reorderQuantity", _count),
    Column("barcode", _code(80), ""),
    Column("partType", _text(200), ""),
    Column("compatibleModels", _names, ()),
    Column("tracksSerials", _truth),
    Column("isActive", _truth),
)
STOCK_COLUMNS = (
    Column("sku", _code(60), required=True),
    Column("name", None),
    Column("branch", _text(20), required=True),
    Column("quantity", _count, required=True),
    Column("reserved", None),
    Column("available", None),
    Column("unitCost", _amount, None),
    Column("currency", None),
)
_ALSO_CALLED = {"unit": "unitofmeasure", "price": "unitprice", "cost": "costprice", "active": "isactive",
                "branchcode": "branch", "categorypath": "category"}  # fmt: skip


# --- rows -----------------------------------------------------------------------------------------------------------


def file_rows(rows: Iterator[SheetRow], columns: Sequence[Column]) -> list[FileRow]:
    """The rows below the header, which names ``columns`` in any order and spelling of words (“Unit price”, “unit_price”).

    Raises ``ValidationFailed`` on ``file`` for a header that names another column, one twice, or lacks a required one.
    """
    header = next(rows, None)
    if header is None:
        raise ValidationFailed.on("file", "empty", "The file is empty.")
    places = _places(header, columns)
    return [_file_row(row, places) for row in rows]


def _places(header: SheetRow, columns: Sequence[Column]) -> list[Column | None]:
    known = {_bare(column.name): column for column in columns}
    places = []
    for cell in header.cells:
        bare = _bare(cell) if isinstance(cell, str) else ""
        column = known.get(bare) or known.get(_ALSO_CALLED.get(bare, ""))
        if cell and column is None:
            named = ", ".join(column.name for column in columns)
            raise ValidationFailed.on(
                "file", "unknown_column", f"There is no column “{_shown(cell)}”. Known are {named}."
            )
        if column is not None and column in places:
            raise ValidationFailed.on("file", "repeated", f"The column {column.name} stands twice in the header.")
        places.append(column)
    missing = [column.name for column in columns if column.required and column not in places]
    if missing:
        raise ValidationFailed.on("file", "required", f"The header lacks {', '.join(missing)}.")
    return places


def _bare(text: str) -> str:
    return re.sub(r"[\s_-]", "", text).casefold()


def _shown(cell: Cell) -> str:
    return cell[:60] if isinstance(cell, str) else cell.message


def _file_row(row: SheetRow, places: list[Column | None]) -> FileRow:
    found = FileRow(row.line, {})
    for column, cell in zip(places, [*row.cells, *[""] * (len(places) - len(row.cells))], strict=False):
        if column is None or column.read is None:
            if column is None and cell:
                found.refuse("", "unknown_column", "There is a value in a column without a name.")
            continue
        _read(found, column, cell)
    if any(row.cells[len(places) :]):
        found.refuse("", "unknown_column", "There are more values than columns.")
    return found


def _read(row: FileRow, column: Column, cell: Cell) -> None:
    if isinstance(cell, Unreadable):
        row.refuse(column.name, cell.code, cell.message)
    elif cell == "":
        if column.required:
            row.refuse(column.name, "required", "This must not be empty.")
        elif column.empty is not _KEPT:
            row.values[column.name] = column.empty
    else:
        try:
            assert column.read is not None
            row.values[column.name] = column.read(cell)
        except _Refused as refusal:
            row.refuse(column.name, refusal.code, refusal.message)
