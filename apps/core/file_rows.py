"""The rows of a file that is imported: what a column may hold, what could be read of each row, and what became of them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from apps.core import money
from apps.core.exceptions import ValidationFailed
from apps.core.spreadsheets import Cell, Dated, SheetRow, Unreadable

KEPT = "kept"  # what an empty cell of a column means: leave what is there

_COUNT = re.compile(r"([0-9]{1,9})(\.0+)?")
_MADE_A_NUMBER = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+|[0-9]{8,}\.0")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DOTTED_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


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

    def fresh(self) -> "FileRow":
        """The row as it was read: whoever judges it adds to its problems, and may have to judge it once more."""
        return FileRow(self.line, self.values, list(self.problems))


@dataclass(frozen=True)
class Change:
    """What becomes of one row that does something, for the preview: amounts are text in their currency's digits."""

    line: int
    action: str  # created, changed
    label: str
    old: str | None
    new: str
    currency: str


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do. With problems nothing was done; ``applied`` says whether anything was."""

    created: int
    changed: int
    unchanged: int
    refused: int
    problems: list[Problem]
    applied: bool
    changes: list[Change] = field(default_factory=list)


class RefusedCell(Exception):
    """What a cell holds is not what its column takes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Column:
    """``read`` makes a value of the text of a cell; without it the column is known and passed over. ``empty`` is the value
    of an empty cell. Of ``days`` the cells may be dates of a spreadsheet."""

    name: str
    read: Callable[[str], Any] | None
    empty: Any = KEPT
    required: bool = False
    days: bool = False


def outcome_of(
    rows: Sequence[FileRow], *, created: int, changed: int, dry_run: bool, changes: Sequence[Change] = ()
) -> Outcome:
    """The outcome of judged rows, of which so many are good and do something."""
    problems = [problem for row in rows for problem in row.problems]
    refused = sum(bool(row.problems) for row in rows)
    unchanged = len(rows) - refused - created - changed
    applied = not dry_run and not problems
    return Outcome(created, changed, unchanged, refused, problems, applied, list(changes))


def refuse_repeated(rows: Sequence[FileRow], column: str, key: Callable[[dict[str, Any]], Any], what: str) -> None:
    """Refuse every row with the ``key`` of an earlier one."""
    lines: dict[Any, int] = {}
    for row in rows:
        value = key(row.values)
        if value and lines.setdefault(value, row.line) != row.line:
            row.refuse(column, "repeated", f"Line {lines[value]} has the same {what}.")


# --- cells ----------------------------------------------------------------------------------------------------------


def text_of(longest: int) -> Callable[[str], str]:
    """Reads text of at most so many characters."""

    def read(text: str) -> str:
        if len(text) > longest:
            raise RefusedCell("max_length", f"This has at most {longest} characters.")
        return text

    return read


def code_of(longest: int) -> Callable[[str], str]:
    """Reads text that spreadsheets like to take for a number."""
    bounded = text_of(longest)

    def read(text: str) -> str:
        if _MADE_A_NUMBER.fullmatch(text):
            raise RefusedCell("digits", "A spreadsheet has made a number of this. Format the column as text.")
        return bounded(text)

    return read


def count_to(most: int) -> Callable[[str], int]:
    """Reads a whole number from 0 on."""

    def read(text: str) -> int:
        found = _COUNT.fullmatch(text)
        if found is None:
            negative = re.fullmatch(r"-[0-9]+", text)
            raise RefusedCell("min_value" if negative else "invalid", "This must be a whole number, 0 or more.")
        if int(found[1]) > most:
            raise RefusedCell("max_value", f"This is at most {most}.")
        return int(found[1])

    return read


def read_currency(text: str) -> str:
    """An ISO 4217 code."""
    if not money.is_known(text):
        raise RefusedCell("invalid", "This is not an ISO 4217 currency code.")
    return text


def read_day(text: str) -> date:
    """``2026-03-31``, or 31.3.2026 as spreadsheets write it where days have points; with strokes nobody knows which is
    the month."""
    if dotted := _DOTTED_DAY.fullmatch(text):
        text = f"{dotted[3]}-{dotted[2]:0>2}-{dotted[1]:0>2}"
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # such as the 30th of February
    raise RefusedCell("invalid", "This is not a day such as 2026-03-31.")


# --- rows -----------------------------------------------------------------------------------------------------------


def file_rows(rows: Iterator[SheetRow], columns: Sequence[Column], also_called: dict[str, str]) -> list[FileRow]:
    """The rows below the header, which names ``columns`` in any order and spelling of words (“Unit price”, “unit_price”).

    ``also_called`` maps further names to columns, both in small letters and without spaces. Raises ``ValidationFailed``
    on ``file`` for a header that names another column, one twice, or lacks a required one.
    """
    header = next(rows, None)
    if header is None:
        raise ValidationFailed.on("file", "empty", "The file is empty.")
    places = _places(header, columns, also_called)
    return [_file_row(row, places) for row in rows]


def _places(header: SheetRow, columns: Sequence[Column], also_called: dict[str, str]) -> list[Column | None]:
    known = {_bare(column.name): column for column in columns}
    places = []
    for cell in header.cells:
        bare = _bare(cell) if isinstance(cell, str) else ""
        column = known.get(bare) or known.get(also_called.get(bare, ""))
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
    if column.days and isinstance(cell, Dated):
        cell = cell.day.isoformat()
    if isinstance(cell, Unreadable):
        row.refuse(column.name, cell.code, cell.message)
    elif cell == "":
        if column.required:
            row.refuse(column.name, "required", "This must not be empty.")
        elif column.empty is not KEPT:
            row.values[column.name] = column.empty
    else:
        try:
            assert column.read is not None
            row.values[column.name] = column.read(cell)
        except RefusedCell as refusal:
            row.refuse(column.name, refusal.code, refusal.message)
