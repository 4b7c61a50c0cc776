"""Exports: what leaves is what an import takes, without formulas, within the caller's scope."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.ids import new_id
from apps.core.spreadsheets import protected, unprotected, written
from apps.inventory.models import Branch, Item
from apps.inventory.services.item_export import export_items
from tests.conftest import Api
from tests.factories import BrandFactory, CategoryFactory, DeviceModelFactory, ItemFactory, PartTypeFactory, stocked
from tests.inventory.files import counts, csv_rows, download, upload, xlsx_rows

HEADER = [
    "sku", "name", "description", "category", "unitOfMeasure", "unitPrice", "costPrice", "currency", "reorderLevel",
    "reorderQuantity", "barcode", "partType", "compatibleModels", "tracksSerials", "isActive",
]  # fmt: skip


@pytest.fixture
def display(db: None) -> Item:
    top = CategoryFactory(name="In/Out")
    item = ItemFactory(
        sku="LCD-1", name="Display", description="two\nlines", category=CategoryFactory(name="Displays", parent=top),
        unit_price=Decimal("129.9"), cost_price=Decimal("71.5"), reorder_level=3, reorder_quantity=10,
        barcode="0012345678905", part_type=PartTypeFactory(name="Display"), tracks_serials=True,
    )  # fmt: skip
    apple = BrandFactory(name="Apple")
    item.compatible_models.set(
        [DeviceModelFactory(brand=apple, name=name) for name in ("iPhone 13", "iPhone 12; mini")]
    )
    return item


ROW = [
    "LCD-1", "Display", "two\nlines", "In//Out / Displays", "pcs", "129.90", "71.50", "USD", "3", "10", "0012345678905",
    "Display", "Apple iPhone 12;; mini; Apple iPhone 13", "true", "true",
]  # fmt: skip


@pytest.mark.usefixtures("display")
def test_items_leave_as_csv_with_stable_columns(seller: Api) -> None:
    answer = download(seller, "inventory/items/export")

    assert csv_rows(answer.file) == [HEADER, ROW]
    assert {name: answer[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")} == {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": 'attachment; filename="items.csv"',
        "X-Content-Type-Options": "nosniff",
    }


@pytest.mark.usefixtures("display")
def test_items_leave_as_a_workbook_with_numbers_and_texts(seller: Api) -> None:
    ItemFactory(sku="=1+1", name="+2", unit_price=Decimal(5))

    answer = download(seller, "inventory/items/export?format=xlsx", Accept="application/*, text/csv")

    rows = xlsx_rows(answer.file)
    assert rows[0] == HEADER
    assert [rows[1][place] for place in (0, 1, 5, 10)] == ["=1+1", "+2", 5, None]
    assert [rows[2][place] for place in (0, 5, 6, 8, 10)] == ["LCD-1", 129.9, 71.5, 3, "0012345678905"]
    assert answer["Content-Disposition"] == 'attachment; filename="items.xlsx"'


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.usefixtures("display")
def test_an_export_comes_back_as_it_went(manager: Api, kind: str) -> None:
    for number, text in enumerate(["=1+1", "+x", "-x", "@x", "'=x", "''-x", "'quoted", 'a;b\t"c"', "x,y", "العربية"]):
        ItemFactory(sku=f"S-{number}", name=text, description=text)
    ItemFactory(sku="=SKU", name="n", unit_price=Decimal("1299.5"), currency="KWD", is_active=False)
    ItemFactory(sku="YEN", name="n", unit_price=Decimal(1300), currency="JPY")
    before = list(Item.objects.order_by("pk").values())

    file = download(manager, f"inventory/items/export?format={kind}").file
    answer = upload(manager, file)

    assert counts(answer) == {"applied": True, "created": 0, "changed": 0, "unchanged": 13, "refused": 0}
    assert list(Item.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra", "\na", "'=1", "''@", "=", "-"])
def test_a_cell_that_would_be_run_is_made_text_and_comes_back(text: str) -> None:
    assert protected(text) == f"'{text}"
    assert unprotected(protected(text)) == text


@pytest.mark.parametrize("text", ["", "a", "'", "'a", "1=1", "a-b", " =1"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert protected(text) == unprotected(text) == text


def test_filters_and_search_are_those_of_the_list(seller: Api, display: Item) -> None:
    ItemFactory(sku="OFF", name="Old", is_active=False)

    def skus(query: str) -> list[str]:
        return [row[0] for row in csv_rows(download(seller, f"inventory/items/export?{query}").file)[1:]]

    model = display.compatible_models.all()[0]
    assert skus("") == ["LCD-1", "OFF"]
    assert skus("isActive=false") == ["OFF"]
    assert skus("q=displ") == ["LCD-1"]
    assert skus(f"categoryId={display.category_id}&q=displ") == ["LCD-1"]
    assert skus(f"deviceModelId={model.pk}") == ["LCD-1"]
    assert skus("q=nothing") == []


@pytest.mark.parametrize(
    ("path", "field"),
    [("items/export?format=pdf", "format"), ("items/export?colour=red", "colour"), ("items/export?isActive=x", "isActive"),
     ("stock-levels/export?branchId=x", "branchId"), ("stock-levels/export?format=", "format")],
)  # fmt: skip
def test_a_wrong_parameter_is_refused(seller: Api, path: str, field: str) -> None:
    answer = seller.get(f"inventory/{path}")

    assert (answer.status_code, [one["field"] for one in answer.body["details"]]) == (400, [field])


def test_levels_leave_with_their_cost_and_only_of_the_own_branches(
    manager: Api, admin: Api, branch: Branch, other_branch: Branch
) -> None:
    stocked(5, branch, sku="A", name="Display")
    stocked(2, other_branch, sku="B")

    own = csv_rows(download(manager, "inventory/stock-levels/export").file)
    everything = csv_rows(download(admin, "inventory/stock-levels/export").file)
    one = csv_rows(download(admin, f"inventory/stock-levels/export?branchId={other_branch.pk}").file)

    assert own[0] == ["sku", "name", "branch", "quantity", "reserved", "available", "unitCost", "currency"]
    assert [row[:6] for row in own[1:]] == [["A", "Display", "HAR", "5", "0", "5"]]
    assert [row[2] for row in everything[1:]] == ["HAR", "STA"]
    assert [row[2] for row in one[1:]] == ["STA"]


@pytest.mark.parametrize("branch_of", ["foreign", "nobody's"])
def test_a_foreign_branch_is_not_found(manager: Api, other_branch: Branch, branch_of: str) -> None:
    pk = other_branch.pk if branch_of == "foreign" else new_id()

    answer = manager.get(f"inventory/stock-levels/export?branchId={pk}")

    assert (answer.status_code, answer.body["code"]) == (404, "NOT_FOUND")


def test_exported_levels_are_opening_stock_elsewhere(admin: Api, branch: Branch, other_branch: Branch) -> None:
    stocked(5, branch, sku="A")
    file = download(admin, "inventory/stock-levels/export").file.replace(b"HAR", b"STA")

    answer = upload(admin, file, kind="opening_stock")

    assert counts(answer)["created"] == 1
    assert other_branch.stock_levels.get().quantity == 5


def test_customers_export_nothing(customer: Api) -> None:
    for path in ("items/export", "stock-levels/export"):
        assert customer.get(f"inventory/{path}").status_code == 403


@pytest.mark.usefixtures("display")
def test_an_export_takes_as_many_statements_for_many_items_as_for_one(seller: Api) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            download(seller, "inventory/items/export")
        return len(queries)

    statements()  # the first request of a session notes that it was used
    one = statements()
    for number in range(20):
        ItemFactory(sku=f"S-{number}")

    assert (one, statements()) == (6, 6)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(kind: str) -> None:
    row: list[Any] = ["SKU", "Name " * 20, "Description " * 20, Decimal("129.90"), 5]

    def peak(rows: int) -> int:
        tracemalloc.start()
        written(kind, ["a", "b", "c", "d", "e"], (row for _ in range(rows))).close()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(20_000) < peak(1_000) + 500_000


@pytest.mark.django_db
def test_an_export_without_items_has_a_header() -> None:
    with export_items(Item.objects.all(), "csv") as file:
        assert csv_rows(file.read()) == [HEADER]
