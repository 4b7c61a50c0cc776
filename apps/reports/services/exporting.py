"""A report as a sheet."""

from collections.abc import Iterator
from typing import IO, Any

from apps.core.exceptions import Conflict
from apps.core.spreadsheets import written
from apps.reports.enums import ReportStatus
from apps.reports.models import Report

HEADER = ("Section", "Of", "Figure", "Value")


def report_csv(report: Report) -> IO[bytes]:
    """Every figure on a line of its own. Raises ``Conflict`` while the report has not been made."""
    if report.status != ReportStatus.MADE:
        raise Conflict("The report has not been made yet.")
    assert report.data is not None
    return written("csv", HEADER, _lines(report))


def _lines(report: Report) -> Iterator[tuple[str, str, str, str]]:
    yield "report", "", "branch", str(report.branch)
    yield "report", "", "first_day", str(report.first_day)
    yield "report", "", "last_day", str(report.last_day)
    for section, found in (report.data or {}).items():
        yield from _section(section, found)


def _section(section: str, found: Any) -> Iterator[tuple[str, str, str, str]]:
    if not isinstance(found, dict):
        yield "report", "", section, _text(found)
        return
    for name, value in found.items():
        if isinstance(value, list):
            for row in value:
                yield from _row(f"{section} {name}", row)
        elif isinstance(value, dict):
            yield section, "", name, _text(value["count"])
        elif name != "list":
            yield section, "", name, _text(value)


def _row(section: str, row: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    named = {"id", "name", "status", "method", "outcome", "sku"}
    of = " ".join(str(row[name]) for name in ("sku", "name", "status", "method", "outcome") if row.get(name))
    for name, value in row.items():
        if name not in named:
            yield section, of, name, _text(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
