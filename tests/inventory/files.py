"""Files as people send them, and what the interface makes of them."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from tests.conftest import Api


def csv_file(*rows: list[str], separator: str = ",", encoding: str = "utf-8") -> bytes:
    text = StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_file(*rows: list[Any], formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    for place, shown_as in (formats or {}).items():
        sheet[place].number_format = shown_as
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload(
    api: Api,
    content: bytes,
    *,
    kind: str = "items",
    dry_run: bool | None = False,
    name: str = "file.csv",
    **headers: str,
) -> Any:
    """Send a file up; ``dry_run=None`` leaves it to the interface."""
    fields: dict[str, Any] = {"kind": kind, "file": SimpleUploadedFile(name, content)}
    if dry_run is not None:
        fields["dryRun"] = "true" if dry_run else "false"
    sent = {**api.headers, **{key.replace("_", "-"): value for key, value in headers.items()}}
    response: Any = api.client.post("/api/v1/inventory/imports", fields, headers=sent)
    response.body = response.json()
    return response


def download(api: Api, path: str, **headers: str) -> Any:
    response: Any = api.client.get(f"/api/v1/{path}", headers={**api.headers, **headers})
    response.file = b"".join(response) if response.streaming else response.content
    return response


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_rows(content: bytes) -> list[list[Any]]:
    book = load_workbook(BytesIO(content))
    sheet: Any = book.active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def counts(answer: Any) -> dict[str, Any]:
    """The figures of an outcome."""
    data = answer.body["data"]
    return {name: data[name] for name in ("applied", "created", "changed", "unchanged", "refused")}


def reasons(answer: Any) -> list[tuple[int, str, str]]:
    """Line, column and code of each refusal."""
    return [(one["line"], one["column"], one["code"]) for one in answer.body["data"]["problems"]]
