"""Files that mean harm, or only are large: refused soon, and in little memory."""

from __future__ import annotations

import resource
import time
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from apps.core.exceptions import ValidationFailed
from apps.core.spreadsheets import read_rows
from tests.inventory.files import xlsx_file

SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _with(changes: dict[str, bytes]) -> bytes:
    """A workbook with some of its parts replaced."""
    stream = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(xlsx_file(["sku"], ["A"]))) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in {*old.namelist(), *changes}:
            new.writestr(name, changes.get(name) or old.read(name))
    return stream.getvalue()


def _sheet(rows: str) -> bytes:
    return f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>".encode()


def _entities() -> bytes:
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE x [<!ENTITY e0 "lol">{nested}]>'
    cell = '<row r="1"><c t="inlineStr"><is><t>&e9;</t></is></c></row>'
    return head.encode() + _sheet(cell)


def _zeros(name: str, size: int) -> Callable[[], bytes]:
    return lambda: _with({name: b" " * size})


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a sheet of 300 MB": (_zeros(SHEET, 300 * 1024**2), "too_large"),
    "texts of 60 MB": (_zeros("xl/sharedStrings.xml", 60 * 1024**2), "too_large"),
    "another part of 5 MB": (_zeros("xl/theme/theme2.xml", 5 * 1024**2), "too_large"),
    "very many parts": (lambda: _with({f"x/{number}": b"x" for number in range(600)}), "too_large"),
    "entities in entities": (lambda: _with({SHEET: _entities()}), "invalid"),
    "a sheet that is no XML": (lambda: _with({SHEET: b"nonsense"}), "invalid"),
    "a file that was cut off": (lambda: xlsx_file(["sku"], ["A"])[:-200], "invalid"),
    "very many rows": (lambda: _with({SHEET: _sheet("<row><c><v>1</v></c></row>" * 600_000)}), "max_rows"),
    "a row of very many cells": (
        lambda: _with({SHEET: _sheet(f"<row>{'<c><v>1</v></c>' * 16_000}</row>")}),
        "max_columns",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused(name: str) -> None:
    make, code = HOSTILE[name]
    content = make()
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

    with pytest.raises(ValidationFailed) as refused:
        list(read_rows(content, 10_000))

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert [(one.field, one.code) for one in refused.value.details] == [("file", code)]
    assert time.process_time() - started < 5
    assert grown < 200 * 1024


def test_a_row_at_the_end_of_an_empty_sheet_is_not_passed_over() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>2</v></c></row>'

    with pytest.raises(ValidationFailed) as refused:
        list(read_rows(_with({SHEET: _sheet(rows)}), 100))

    assert refused.value.details[0].code == "max_rows"
