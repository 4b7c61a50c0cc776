"""Tables that people send and fetch: CSV and XLSX, read within bounds and without guessing, and written row by row."""

import csv
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO, StringIO, TextIOWrapper
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from apps.core.exceptions import ValidationFailed

CSV, XLSX = "csv", "xlsx"
MEDIA = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
MOST_COLUMNS = 100
# Of a workbook when it is unpacked: what it says of its size before anything of it is read.
UNPACKED_LIMIT, STRINGS_LIMIT, OTHER_LIMIT = 24 * 1024**2, 12 * 1024**2, 4 * 1024**2
_PARTS_LIMIT = 500
_SEPARATORS = ",;\t"
_EXACT_UP_TO = 10**15  # a spreadsheet keeps 15 digits of a number
_ZEROS = re.compile(r"0+")
# What a spreadsheet would run as a formula; the apostrophe is what such a program itself takes for “this is text”.
_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n]")
_BROKEN = (
    KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError, OverflowError, NotImplementedError,
    RuntimeError, zipfile.BadZipFile, zlib.error, ParseError,
)  # fmt: skip


@dataclass(frozen=True)
class Unreadable:
    """A cell whose value is not what a person sees in it, or not what they meant."""

    code: str
    message: str


@dataclass(frozen=True)
class Dated(Unreadable):
    """A cell that the spreadsheet keeps as a day: what a column of days wants, and no other."""

    day: date


Cell = str | Unreadable
Value = str | int | Decimal  # what is written; numbers are numbers in XLSX
_NO_VALUE = {
    "f": Unreadable("formula", "This is a formula. Put its value there."),
    "e": Unreadable("error", "This is an error of the spreadsheet."),
}


@dataclass(frozen=True)
class SheetRow:
    """A row that is not empty; ``line`` is where it begins in the file, counted from 1."""

    line: int
    cells: tuple[Cell, ...]


def protected(text: str) -> str:
    """``text`` for a CSV cell, which no spreadsheet takes for a formula; ``unprotected`` gives it back as it was."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unprotected(text: str) -> str:
    """What ``protected`` was given."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text[1:]) else text


def read_rows(content: bytes, most: int) -> Iterator[SheetRow]:
    """The rows of a CSV file or of the first sheet of an XLSX file, which are told apart by what they hold.

    CSV is UTF-8, or UTF-16 with its mark; its separator is comma, semicolon or tab, whichever cuts the first line into
    most cells. Formulas are not computed. Raises ``ValidationFailed`` on ``file`` for what is neither, is broken or
    unpacks to too much, and for more than ``most`` rows.
    """
    if content.startswith(b"PK\x03\x04"):
        rows = _xlsx_rows(content, most)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refusal("invalid", "This is a workbook of the old kind, or has a password. Save it as XLSX or CSV.")
    else:
        rows = _csv_rows(_decoded(content))
    number = 0
    for row in rows:
        if not any(row.cells):
            continue
        number += 1
        if number > most + 1:  # the header is none of them
            raise _refusal("max_rows", f"A file has at most {most} rows. Send it in parts.")
        if len(row.cells) > MOST_COLUMNS:
            raise _refusal("max_columns", f"Line {row.line} has more than {MOST_COLUMNS} columns.")
        yield row


def _refusal(code: str, message: str) -> ValidationFailed:
    return ValidationFailed.on("file", code, message)


# --- CSV ------------------------------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise _refusal("encoding", "The file is neither UTF-8 text nor XLSX. Save it as “CSV UTF-8” or XLSX.") from None
    if "\0" in text:
        raise _refusal("invalid", "The file is neither CSV nor XLSX.")
    return text


def _csv_rows(text: str) -> Iterator[SheetRow]:
    stream = StringIO(text, newline="")
    reader = csv.reader(stream, delimiter=_separator(text), strict=True)
    begins = 1
    try:
        for cells in reader:
            yield SheetRow(begins, tuple(map(_stripped, cells)))
            begins = reader.line_num + 1
    except csv.Error:
        message = f"From line {begins} on the file is no CSV: a quotation mark is missing, or one too many."
        raise _refusal("invalid", message) from None


def _stripped(cell: str) -> str:
    text = unprotected(cell)
    return text if text is not cell else cell.strip()


def _separator(text: str) -> str:
    first = text.lstrip("\r\n").partition("\n")[0]

    def cells(separator: str) -> int:
        return max((len(row) for row in csv.reader([first], delimiter=separator)), default=0)

    return max(_SEPARATORS, key=cells)


# --- XLSX -----------------------------------------------------------------------------------------------------------


def _xlsx_rows(content: bytes, most: int) -> Iterator[SheetRow]:
    try:
        _require_bounded(content)
        reader = _FirstSheet(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        reader.read()
        for sheet in reader.wb.worksheets:
            for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
                # A file may leave rows out and go on at the millionth: those between count as well.
                if number > 2 * most + 100:
                    raise _refusal("max_rows", f"A file has at most {most} rows. Send it in parts.")
                yield SheetRow(number, _without_tail(tuple(map(_cell, cells))))
    except _BROKEN:
        raise _refusal("invalid", "The file is no XLSX workbook, or a broken one.") from None


class _Unmeasured(ReadOnlyWorksheet):
    """A sheet that is not asked for its size: a file may claim any, or none, and then all of it is gone through."""

    def _get_size(self) -> None:
        pass


class _FirstSheet(ExcelReader):
    """Reads of a workbook only the first sheet, and of that only the rows that are taken."""

    def read_worksheets(self) -> None:
        for sheet, place in self.parser.find_sheets():
            if place.target in self.valid_files and "chartsheet" not in place.Type:
                found = _Unmeasured(self.wb, sheet.name, place.target, self.shared_strings)
                self.wb._sheets.append(found)  # type: ignore[attr-defined]  # noqa: SLF001 – as its parent does
                return


def _require_bounded(content: bytes) -> None:
    """Zip files say how large their parts are, and no more than that is unpacked of them."""
    with zipfile.ZipFile(BytesIO(content)) as packed:
        parts = packed.infolist()
    too_large = [part for part in parts if part.file_size > _limit(part.filename)]
    if too_large or len(parts) > _PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise _refusal("too_large", "Unpacked, the workbook is too large. Send it in parts, or as CSV.")


def _limit(name: str) -> int:
    if name.endswith("sharedStrings.xml"):
        return STRINGS_LIMIT
    return UNPACKED_LIMIT if "worksheets/" in name else OTHER_LIMIT


def _without_tail(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _cell(cell: Any) -> Cell:
    value, kind = cell.value, cell.data_type
    if value is None:
        return ""
    if kind in _NO_VALUE:
        return _NO_VALUE[kind]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return _number(value, cell.number_format)
    if isinstance(value, date | time | timedelta):
        return _dated(value)
    return str(value).strip()


def _dated(value: date | time | timedelta) -> Cell:
    message = "The spreadsheet has made a date of this. Format the column as text."
    if isinstance(value, datetime):
        return Dated("date", message, value.date()) if value.time() == time.min else Unreadable("date", message)
    return Dated("date", message, value) if isinstance(value, date) else Unreadable("date", message)


def _number(value: Any, shown_as: str) -> Cell:
    if abs(value) >= _EXACT_UP_TO:
        return Unreadable("digits", "A spreadsheet keeps 15 digits of a number. Format the column as text.")
    if value == int(value):
        width = len(shown_as) if _ZEROS.fullmatch(shown_as or "") else 0
        return str(int(value)).zfill(width)
    return format(Decimal(format(value, ".15g")), "f")


# --- writing --------------------------------------------------------------------------------------------------------


def written(kind: str, header: Iterable[str], rows: Iterable[Iterable[Value]]) -> IO[bytes]:
    """A finished file at its beginning, on disk and without a name; only a row at a time is in memory.

    It is whole before anybody gets its first byte: what fails on the way is an answer that fails, not half a file.
    """
    file: Any = TemporaryFile()  # noqa: SIM115 – whoever sends it closes it
    try:
        (_write_csv if kind == CSV else _write_xlsx)(file, header, rows)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file  # type: ignore[no-any-return]


def _write_csv(file: Any, header: Iterable[str], rows: Iterable[Iterable[Value]]) -> None:
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([protected(str(cell)) for cell in row] for row in rows)
    text.detach()


def _write_xlsx(file: Any, header: Iterable[str], rows: Iterable[Iterable[Value]]) -> None:
    """By hand: openpyxl takes 20 times as long for text that is only to be passed on."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, text in _FRAME.items():
            packed.writestr(name, _PROLOGUE + text)
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{_PROLOGUE}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for number, row in enumerate(chain([header], rows), start=1):
                cells = "".join(map(_written_cell, row))
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")


def _written_cell(value: Value) -> str:
    """Text stays text, also what begins with “=”."""
    if not isinstance(value, str):
        return f"<c><v>{value}</v></c>"
    text = escape(ILLEGAL_CHARACTERS_RE.sub("", value))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' if text else "<c/>"


_PROLOGUE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "application/vnd.openxmlformats"
# The fewest parts that a workbook has.
_FRAME = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{_TYPES}-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml"'
        f' ContentType="{_TYPES}-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_LINKS}"><Relationship Id="rId1" Type="{_PARTS}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_PARTS}"><sheets><sheet name="Mendery" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_LINKS}"><Relationship Id="rId1" Type="{_PARTS}/worksheet"'
        ' Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
