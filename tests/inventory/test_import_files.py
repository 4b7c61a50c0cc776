"""The form and the files of imports: what cannot be read is refused as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from apps.audit.models import Event
from apps.core.file_rows import file_rows
from apps.core.spreadsheets import SheetRow
from apps.inventory.models import Category, Item
from apps.inventory.rules import item_rows
from tests.conftest import Api
from tests.inventory.files import reasons, upload


def _state() -> tuple[int, int, int]:
    return Item.objects.count(), Category.objects.count(), Event.objects.count()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"name\nA\n", "required"),
        (b"sku,colour\nA,red\n", "unknown_column"),
        (b"sku,Unit price,unit_price\nA,1,2\n", "repeated"),
        ("sku\nGröße\n".encode("latin-1"), "encoding"),
        (b'sku,name\nA,"open\n', "invalid"),
        (b"sku\nA\0B\n", "invalid"),
        (b"PK\x03\x04 this is no zip", "invalid"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "invalid"),
        (",".join(["sku", *[""] * 100]).encode() + b"\n" + b"x," * 100 + b"x\n", "max_columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(manager: Api, content: bytes, code: str) -> None:
    before = _state()

    answer = upload(manager, content)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(one["field"], one["code"]) for one in answer.body["details"]] == [("file", code)]
    assert _state() == before


def test_a_value_without_a_column_is_refused(manager: Api) -> None:
    answer = upload(manager, b"sku,name,\nA,A,x\nB,B,,y\n", dry_run=True)

    assert reasons(answer) == [(2, "", "unknown_column"), (3, "", "unknown_column")]


def test_a_file_has_at_most_ten_thousand_rows(manager: Api) -> None:
    answer = upload(manager, b"sku\n" + b"A\n" * (item_rows.MOST_ROWS + 1))

    assert (answer.status_code, answer.body["details"][0]["code"]) == (400, "max_rows")


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"kind": "items"}, "file"), ({"kind": "prices"}, "kind"), ({"dryRun": "perhaps", "kind": "items"}, "dryRun"),
     ({"kind": "items", "colour": "red"}, "colour")],
)  # fmt: skip
def test_the_form_is_checked(manager: Api, fields: dict[str, str], field: str) -> None:
    answer = manager.client.post("/api/v1/inventory/imports", fields, headers=manager.headers)

    assert answer.status_code == 400
    assert field in {one["field"] for one in answer.json()["details"]}


def test_json_is_no_file(manager: Api) -> None:
    answer = manager.post("inventory/imports", {"kind": "items"})

    assert (answer.status_code, answer.body["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_form_that_is_none_is_refused(manager: Api) -> None:
    sent = {**manager.headers, "Content-Type": "multipart/form-data"}
    answer = manager.client.generic(
        "POST", "/api/v1/inventory/imports", b"nonsense", content_type="multipart/form-data", headers=sent
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED_JSON")


def test_a_file_beyond_the_limit_is_refused(manager: Api, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 1000

    slightly, by_far = upload(manager, b"sku\n" + b"A" * 1000), upload(manager, b"sku\n" + b"A" * 100_000)

    assert [(one.status_code, one.body["code"]) for one in (slightly, by_far)] == [(413, "PAYLOAD_TOO_LARGE")] * 2
    assert Item.objects.count() == 0


@pytest.mark.parametrize(
    ("column", "field"), [("sku", "sku"), ("name", "name"), ("unitOfMeasure", "unit_of_measure"), ("barcode", "barcode"),
                          ("description", "description")],
)  # fmt: skip
def test_the_bounds_of_cells_are_those_of_the_columns(column: str, field: str) -> None:
    longest = Item._meta.get_field(field).max_length
    rows = file_rows(
        iter([SheetRow(1, ("sku", column) if column != "sku" else ("sku",)),
              SheetRow(2, ("a", "x" * longest) if column != "sku" else ("x" * longest,)),
              SheetRow(3, ("b", "x" * (longest + 1)) if column != "sku" else ("x" * (longest + 1),))]),
        item_rows.ITEM_COLUMNS,
        item_rows.ALSO_CALLED,
    )  # fmt: skip

    assert [bool(row.problems) for row in rows] == [False, True]
