"""Imports of items: all rows or none, judged before anything is written, and each change an event."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.audit.models import Event
from apps.catalog.enums import PartQuality
from apps.core.actor import Actor
from apps.inventory.models import Category, Item
from apps.inventory.services.imports import read_file, run_import
from tests.conftest import Api
from tests.factories import BrandFactory, CategoryFactory, DeviceModelFactory, ItemFactory, PartTypeFactory
from tests.inventory.files import counts, csv_file, reasons, upload, xlsx_file

HEADER = [
    "sku", "name", "description", "category", "unitOfMeasure", "unitPrice", "costPrice", "currency", "reorderLevel",
    "reorderQuantity", "barcode", "partType", "compatibleModels", "tracksSerials", "isActive",
]  # fmt: skip
DISPLAY = [
    "LCD-IP13", "Display iPhone 13", "OLED, “soft”", "Parts / Displays", "pcs", "129.90", "71.50", "USD", "3", "10",
    "4006381333931", "Display", "Apple iPhone 13; Apple iPhone 13 Pro", "false", "true",
]  # fmt: skip
NOTHING = {"applied": False, "created": 0, "changed": 0, "unchanged": 0, "refused": 0}
SYSTEM = Actor.system("test")


@pytest.fixture
def catalogue(db: None) -> None:
    apple = BrandFactory(name="Apple")
    for name in ("iPhone 13", "iPhone 13 Pro"):
        DeviceModelFactory(brand=apple, name=name)
    PartTypeFactory(name="Display")


def _state() -> tuple[int, int, int, list[Any]]:
    return Item.objects.count(), Category.objects.count(), Event.objects.count(), list(Item.objects.values())


def _events(kind: str) -> list[Event]:
    return list(Event.objects.filter(type=kind).order_by("created_at", "id"))


def test_a_new_item_may_track_serial_numbers_and_a_file_changes_that_of_none(manager: Api) -> None:
    header = ["sku", "name", "tracksSerials"]
    assert upload(manager, csv_file(header, ["A", "Board", "yes"], ["B", "Tape", ""])).status_code == 200
    before = _state()

    refused = upload(manager, csv_file(header, ["A", "Mainboard", "false"], ["B", "Tape", "true"]))
    same = upload(manager, csv_file(header, ["A", "Board", "true"], ["B", "Tape", "false"]))

    assert list(Item.objects.order_by("sku").values_list("sku", "tracks_serials")) == [("A", True), ("B", False)]
    message = "This is changed on the item itself, not by a file."
    assert refused.status_code == 400
    assert refused.body["details"] == [
        {"field": f"rows.{line}.tracksSerials", "code": "not_allowed", "message": message} for line in (2, 3)
    ]
    assert same.body["data"]["unchanged"] == 2
    assert _state() == before


@pytest.mark.usefixtures("catalogue")
def test_a_file_creates_items_with_all_that_belongs_to_them(manager: Api) -> None:
    answer = upload(manager, csv_file(HEADER, DISPLAY))

    assert answer.status_code == 200
    assert answer.body["data"] == {
        "kind": "items", "dryRun": False, "applied": True, "created": 1, "changed": 0, "unchanged": 0, "refused": 0,
        "problems": [],
    }  # fmt: skip
    item = Item.objects.get()
    data = manager.get(f"inventory/items/{item.pk}").body["data"]
    assert {name: data[name] for name in HEADER if name in data} == {
        "sku": "LCD-IP13", "name": "Display iPhone 13", "description": "OLED, “soft”", "unitOfMeasure": "pcs",
        "unitPrice": "129.90", "costPrice": "71.50", "currency": "USD", "reorderLevel": 3, "reorderQuantity": 10,
        "barcode": "4006381333931", "tracksSerials": False, "isActive": True,
        "category": {"id": str(item.category_id), "name": "Displays"},
    }  # fmt: skip
    assert item.part_type is not None
    assert item.part_type.name == "Display"
    assert item.category is not None
    assert item.category.parent is not None
    assert (item.category.parent.name, item.category.parent.parent) == ("Parts", None)
    assert sorted(model.name for model in item.compatible_models.all()) == ["iPhone 13", "iPhone 13 Pro"]
    assert [row["sku"] for row in manager.get("inventory/items?q=13 pro").body["data"]["items"]] == ["LCD-IP13"]


@pytest.mark.usefixtures("catalogue")
def test_created_items_and_categories_are_events_as_if_they_were_typed(manager: Api) -> None:
    row = {**dict(zip(HEADER, DISPLAY, strict=True)), "category": "", "compatibleModels": "Apple iPhone 13"}
    typed = manager.post("inventory/items", {"sku": "T-1", "name": "Typed"})
    upload(manager, csv_file([*row], [*row.values()]))
    upload(manager, csv_file(["sku", "name", "category"], ["B", "B", "Tools"]))

    by_hand, imported, _ = _events("inventory.item.created")
    assert isinstance(manager.user, User)
    assert typed.status_code == 201
    assert by_hand.payload["changes"].keys() == imported.payload["changes"].keys()
    assert imported.actor_id == manager.user.pk
    assert imported.aggregate_id == Item.objects.get(sku="LCD-IP13").pk
    assert imported.payload["changes"]["unit_price"] == [None, "129.90"]
    assert len(imported.payload["changes"]["compatible_models"][1]) == 1
    assert [event.payload["changes"]["name"] for event in _events("inventory.category.created")] == [[None, "Tools"]]


@pytest.mark.usefixtures("catalogue")
def test_a_dry_run_says_what_would_happen_and_does_nothing(manager: Api) -> None:
    item = ItemFactory(sku="OLD", name="Old", unit_price=Decimal(5))
    ItemFactory(sku="SAME", name="Same")
    before = _state()
    rows = [["sku", "name", "category"], ["NEW", "New", "Parts"], ["old", "Newer", ""], ["SAME", "Same", ""]]

    answer = upload(manager, csv_file(*rows), dry_run=True)
    default = upload(manager, csv_file(*rows), dry_run=None)

    assert answer.status_code == default.status_code == 200
    assert counts(answer) == NOTHING | {"created": 1, "changed": 1, "unchanged": 1}
    assert default.body["data"] == answer.body["data"]
    assert _state() == before
    item.refresh_from_db()
    assert item.name == "Old"


def test_items_are_found_by_sku_whatever_its_case_and_only_named_columns_change(manager: Api) -> None:
    category = CategoryFactory(name="Parts")
    item = ItemFactory(
        sku="Lcd-1", name="Old", barcode="111", category=category, unit_price=Decimal(5), reorder_level=4
    )

    answer = upload(manager, csv_file(["SKU", "Unit price"], ["LCD-1", "7.50"]))

    assert counts(answer) == NOTHING | {"applied": True, "changed": 1}
    item.refresh_from_db()
    assert (item.sku, item.name, item.barcode, item.category, item.reorder_level) == (
        "Lcd-1",
        "Old",
        "111",
        category,
        4,
    )
    assert item.unit_price == Decimal("7.50")
    [event] = _events("inventory.item.updated")
    assert event.payload == {"changes": {"unit_price": ["5.00", "7.50"]}}


@pytest.mark.usefixtures("catalogue")
def test_an_empty_cell_clears_what_may_be_empty_and_keeps_the_rest(manager: Api) -> None:
    upload(manager, csv_file(HEADER, DISPLAY))

    answer = upload(manager, csv_file(HEADER, ["LCD-IP13", *[""] * 13]))

    assert counts(answer) == NOTHING | {"applied": True, "changed": 1}
    item = Item.objects.get()
    assert (item.description, item.category, item.barcode, item.part_type) == ("", None, "", None)
    assert item.compatible_models.count() == 0
    assert (item.name, item.unit_price, item.reorder_level, item.is_active) == (
        "Display iPhone 13", Decimal("129.90"), 3, True,
    )  # fmt: skip
    assert item.models_text == ""


@pytest.mark.usefixtures("catalogue")
def test_the_same_file_a_second_time_changes_nothing(manager: Api) -> None:
    file = csv_file(HEADER, DISPLAY)
    upload(manager, file)
    before = _state()

    answer = upload(manager, file)

    assert counts(answer) == NOTHING | {"applied": True, "unchanged": 1}
    assert _state() == before


def test_a_repeated_request_is_answered_from_memory(manager: Api) -> None:
    file = csv_file(["sku", "name"], ["A", "A"])

    first, second = (upload(manager, file, Idempotency_Key="k") for _ in range(2))
    other = upload(manager, csv_file(["sku", "name"], ["B", "B"]), Idempotency_Key="k")

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.body["code"]) == (422, "IDEMPOTENCY_MISMATCH")
    assert [item.sku for item in Item.objects.all()] == ["A"]
    assert len(_events("inventory.item.created")) == 1


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_marks_of_encoding_are_understood(manager: Api, separator: str, encoding: str) -> None:
    file = csv_file(["sku", " Name "], ["  A-1 ", " Größe, 5; x "], separator=separator, encoding=encoding)

    answer = upload(manager, file)

    assert counts(answer) == NOTHING | {"applied": True, "created": 1}
    assert Item.objects.values_list("sku", "name").get() == ("A-1", "Größe, 5; x")


def test_a_workbook_is_read_as_it_is_shown(manager: Api) -> None:
    header = ["sku", "name", "unitPrice", "reorderLevel", "barcode", "isActive", "currency"]
    rows = [
        [1001, "Number", 129.9, 3.0, 4006381333931, True, None],
        ["A", "Zeros", 0.1 + 0.2, None, 12345678905, False, None],
        ["B", "Text", "12.50", "5", "0098765432109", "no", "USD"],
        [None] * 7,
    ]

    answer = upload(manager, xlsx_file(header, *rows, formats={"E3": "0000000000000"}), name="any.bin")

    assert counts(answer) == NOTHING | {"applied": True, "created": 3}
    fields = ("sku", "name", "unit_price", "reorder_level", "barcode", "is_active")
    assert sorted(Item.objects.values_list(*fields)) == [
        ("1001", "Number", Decimal("129.90"), 3, "4006381333931", True),
        ("A", "Zeros", Decimal("0.30"), 0, "0012345678905", False),
        ("B", "Text", Decimal("12.50"), 5, "0098765432109", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("sku", "", "required"),
        ("sku", "x" * 61, "max_length"),
        ("sku", "4.00638E+12", "digits"),
        ("name", "x" * 201, "max_length"),
        ("name", "", "required"),
        ("description", "x" * 2001, "max_length"),
        ("unitOfMeasure", "x" * 21, "max_length"),
        ("unitPrice", "12,50", "decimal_comma"),
        ("unitPrice", "1,299.50", "decimal_comma"),
        ("unitPrice", "-1", "min_value"),
        ("unitPrice", "$5", "invalid"),
        ("unitPrice", "1e3", "invalid"),
        ("unitPrice", "NaN", "invalid"),
        ("unitPrice", "٣", "invalid"),
        ("unitPrice", "5.001", "invalid"),
        ("costPrice", "5.0001", "invalid"),
        ("costPrice", "999999999999", "invalid"),
        ("currency", "usd", "invalid"),
        ("currency", "XQQ", "invalid"),
        ("reorderLevel", "-1", "min_value"),
        ("reorderLevel", "1.5", "invalid"),
        ("reorderLevel", "1000001", "max_value"),
        ("reorderQuantity", "many", "invalid"),
        ("barcode", "x" * 81, "max_length"),
        ("barcode", "4.00638E+12", "digits"),
        ("barcode", "4006381333931.0", "digits"),
        ("barcode", "TAKEN", "unique"),
        ("category", " / ", "invalid"),
        ("category", "/".join("abcdefghijk"), "invalid"),
        ("category", "x" * 101, "invalid"),
        ("partType", "Nothing", "does_not_exist"),
        ("partType", "Twice", "ambiguous"),
        ("compatibleModels", "Apple iPhone 13; Apple nothing", "does_not_exist"),
        ("isActive", "maybe", "invalid"),
    ],
)
@pytest.mark.usefixtures("catalogue")
def test_a_wrong_cell_is_refused_with_its_line_and_column(manager: Api, column: str, value: str, code: str) -> None:
    for quality in (PartQuality.ORIGINAL, PartQuality.AFTERMARKET_ECONOMY):
        PartTypeFactory(name="Twice", quality=quality)
    ItemFactory(sku="OTHER", barcode="TAKEN")
    before = _state()
    row = dict(zip(HEADER, DISPLAY, strict=True)) | {column: value}
    file = csv_file([*row], ["GOOD", "Good", *[""] * 12], [*row.values()])

    tried, done = upload(manager, file, dry_run=True), upload(manager, file)

    assert tried.status_code == 200
    assert counts(tried) == NOTHING | {"created": 1, "refused": 1}
    assert reasons(tried) == [(3, column, code)]
    assert (done.status_code, done.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(one["field"], one["code"]) for one in done.body["details"]] == [(f"rows.3.{column}", code)]
    assert _state() == before


def test_the_quality_tells_part_types_of_one_name_apart(manager: Api) -> None:
    for quality in (PartQuality.ORIGINAL, PartQuality.AFTERMARKET_ECONOMY):
        PartTypeFactory(name="Display", quality=quality)

    answer = upload(manager, csv_file(["sku", "name", "partType"], ["A", "A", "display (ORIGINAL)"]))

    assert counts(answer) == NOTHING | {"applied": True, "created": 1}
    part_type = Item.objects.get().part_type
    assert part_type is not None
    assert part_type.quality == PartQuality.ORIGINAL


@pytest.mark.parametrize(
    ("value", "code"), [("=1+1", "formula"), (10**15, "digits"), (1.5, "invalid"), ("#REF!", "error")]
)
def test_what_a_workbook_holds_in_place_of_a_value_is_refused(manager: Api, value: Any, code: str) -> None:
    answer = upload(manager, xlsx_file(["sku", "name", "reorderLevel"], ["A", "A", value]), dry_run=True)

    assert reasons(answer) == [(2, "reorderLevel", code)]


def test_a_date_that_a_spreadsheet_made_of_a_code_is_refused(manager: Api) -> None:
    answer = upload(manager, xlsx_file(["sku", "name"], [date(2026, 2, 1), "A"]), dry_run=True)

    assert reasons(answer) == [(2, "sku", "date")]


def test_skus_and_barcodes_stand_once_in_a_file(manager: Api) -> None:
    rows = [["a", "A", "1"], ["b", "B", "1"], ["A", "C", "2"]]

    answer = upload(manager, csv_file(["sku", "name", "barcode"], *rows))

    assert answer.status_code == 400
    assert [(one["field"], one["message"]) for one in answer.body["details"]] == [
        ("rows.3.barcode", "Line 2 has the same barcode."),
        ("rows.4.sku", "Line 2 has the same SKU."),
    ]
    assert Item.objects.count() == 0


def test_two_items_exchange_their_barcodes(manager: Api) -> None:
    first, second = ItemFactory(sku="A", barcode="1"), ItemFactory(sku="B", barcode="2")

    answer = upload(manager, csv_file(["sku", "barcode"], ["A", "2"], ["B", "1"]))

    assert counts(answer) == NOTHING | {"applied": True, "changed": 2}
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.barcode, second.barcode) == ("2", "1")


def test_the_line_of_a_row_is_where_it_begins(manager: Api) -> None:
    file = csv_file(["sku", "name", "description"], ["A", "A", "two\nlines"], ["", "", ""], ["B", "", ""])

    answer = upload(manager, file, dry_run=True)

    assert reasons(answer) == [(5, "name", "required")]


def test_categories_are_found_whatever_their_case_and_a_slash_in_a_name_is_doubled(manager: Api) -> None:
    parts = CategoryFactory(name="Parts")
    rows = [["A", "A", "PARTS/displays"], ["B", "B", "parts / Displays"], ["C", "C", "Parts / In//Out"]]

    answer = upload(manager, csv_file(["sku", "name", "category"], *rows))

    assert counts(answer) == NOTHING | {"applied": True, "created": 3}
    assert sorted(parts.children.values_list("name", flat=True)) == ["In/Out", "displays"]
    assert Category.objects.count() == 3


@pytest.mark.parametrize("role", ["technician", "seller", "customer"])
def test_only_managers_import(role: str, request: pytest.FixtureRequest, db: None) -> None:
    answer = upload(request.getfixturevalue(role), csv_file(["sku", "name"], ["A", "A"]))

    assert (answer.status_code, answer.body["code"]) == (403, "FORBIDDEN")
    assert Item.objects.count() == 0


def _written(rows: int) -> int:
    """How many statements an import of so many new items takes."""
    lines = [[f"S-{rows}-{number}", "Name", "Parts", f"{rows}-{number}", "Apple iPhone 13"] for number in range(rows)]
    file = csv_file(["sku", "name", "category", "barcode", "compatibleModels"], *lines)
    with CaptureQueriesContext(connection) as queries:
        outcome = run_import("items", read_file("items", file), dry_run=False, actor=SYSTEM)
    assert outcome.created == rows
    return len(queries)


@pytest.mark.usefixtures("catalogue")
def test_new_items_take_a_fixed_number_of_statements() -> None:
    CategoryFactory(name="Parts")

    assert _written(20) == _written(1)
