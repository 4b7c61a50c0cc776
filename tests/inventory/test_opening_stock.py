"""Imports of opening stock: booked once, with its cost, all rows or none, within the importer's branches."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.audit.models import Event
from apps.inventory.models import Branch, StockLevel, StockMovement
from apps.inventory.services import verify_stock
from tests.conftest import Api
from tests.factories import ItemFactory, stocked
from tests.inventory.files import counts, csv_file, reasons, upload

HEADER = ["sku", "branch", "quantity", "unitCost"]
NOTHING = {"applied": False, "created": 0, "changed": 0, "unchanged": 0, "refused": 0}


def _state() -> tuple[Any, ...]:
    return StockMovement.objects.count(), list(StockLevel.objects.values()), Event.objects.count()


def test_opening_stock_is_booked_as_arrivals_at_cost(manager: Api, branch: Branch) -> None:
    first, second = ItemFactory(sku="A"), ItemFactory(sku="B")
    rows = [["a", "har", "5", "71.50"], ["B", "HAR", "3.0", ""], ["C", "HAR", "0", ""]]
    ItemFactory(sku="C")

    answer = upload(manager, csv_file(HEADER, *rows), kind="opening_stock")

    assert counts(answer) == NOTHING | {"applied": True, "created": 2, "unchanged": 1}
    fields = ("item_id", "movement_type", "quantity", "unit_price", "to_branch_id", "to_balance", "reference_number")
    assert set(StockMovement.objects.values_list(*fields)) == {
        (first.pk, "IN", 5, Decimal("71.500"), branch.pk, 5, "Opening stock"),
        (second.pk, "IN", 3, None, branch.pk, 3, "Opening stock"),
    }
    level = StockLevel.objects.get(item=first)
    assert (level.quantity, level.reserved, level.value_micros) == (5, 0, 357_500_000)
    assert Event.objects.filter(type="inventory.movement_recorded").count() == 2
    assert list(verify_stock()) == []


def test_the_same_file_twice_books_once(manager: Api, branch: Branch) -> None:
    ItemFactory(sku="A")
    file = csv_file(HEADER, ["A", "HAR", "5", "1.00"])
    upload(manager, file, kind="opening_stock")
    before = _state()

    tried = upload(manager, file, kind="opening_stock", dry_run=True)
    again = upload(manager, file, kind="opening_stock")

    assert reasons(tried) == [(2, "sku", "not_empty")]
    assert again.status_code == 400
    assert _state() == before


def test_a_dry_run_books_nothing(manager: Api, branch: Branch) -> None:
    ItemFactory(sku="A")
    before = _state()

    answer = upload(manager, csv_file(HEADER, ["A", "HAR", "5", "1.00"]), kind="opening_stock", dry_run=True)

    assert counts(answer) == NOTHING | {"created": 1}
    assert _state() == before


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (["NONE", "HAR", "1", ""], "sku", "does_not_exist"),
        (["A", "NONE", "1", ""], "branch", "does_not_exist"),
        (["A", "STA", "1", ""], "branch", "does_not_exist"),
        (["A", "HAR", "", ""], "quantity", "required"),
        (["A", "HAR", "-1", ""], "quantity", "min_value"),
        (["A", "HAR", "1.5", ""], "quantity", "invalid"),
        (["A", "HAR", "1", "1,50"], "unitCost", "decimal_comma"),
        (["A", "HAR", "1", "1.505"], "unitCost", "invalid"),
        (["MOVED", "HAR", "1", ""], "sku", "not_empty"),
        (["b", "har", "1", ""], "sku", "repeated"),
    ],
)
def test_one_wrong_row_books_none(
    manager: Api, branch: Branch, other_branch: Branch, row: list[str], column: str, code: str
) -> None:
    for sku in ("A", "B"):
        ItemFactory(sku=sku)
    stocked(5, branch, sku="MOVED")
    before = _state()
    file = csv_file(HEADER, ["B", "HAR", "1", ""], row)

    tried = upload(manager, file, kind="opening_stock", dry_run=True)
    done = upload(manager, file, kind="opening_stock")

    assert counts(tried) == NOTHING | {"created": 1, "refused": 1}
    assert reasons(tried) == [(3, column, code)]
    assert (done.status_code, done.body["details"][0]["field"]) == (400, f"rows.3.{column}")
    assert _state() == before


def test_units_that_are_known_by_number_are_not_booked_without_them(manager: Api, branch: Branch) -> None:
    ItemFactory(sku="A", tracks_serials=True)
    before = _state()

    answer = upload(manager, csv_file(HEADER, ["A", "HAR", "1", ""]), kind="opening_stock", dry_run=True)

    assert [(line, column) for line, column, _ in reasons(answer)] == [(2, "sku")]
    assert _state() == before


def test_an_admin_books_at_every_branch(admin: Api, branch: Branch, other_branch: Branch) -> None:
    ItemFactory(sku="A")

    answer = upload(admin, csv_file(HEADER, ["A", "HAR", "1", ""], ["A", "STA", "2", ""]), kind="opening_stock")

    assert counts(answer) == NOTHING | {"applied": True, "created": 2}
    assert sorted(StockLevel.objects.values_list("branch__code", "quantity")) == [("HAR", 1), ("STA", 2)]


def test_a_repeated_request_books_once(manager: Api, branch: Branch) -> None:
    ItemFactory(sku="A")
    file = csv_file(HEADER, ["A", "HAR", "5", ""])

    first, second = (upload(manager, file, kind="opening_stock", Idempotency_Key="k") for _ in range(2))

    assert first.content == second.content
    assert StockLevel.objects.get().quantity == 5
    assert StockMovement.objects.count() == 1


@pytest.mark.parametrize("role", ["technician", "seller", "customer"])
def test_only_managers_book_opening_stock(role: str, request: pytest.FixtureRequest, branch: Branch) -> None:
    ItemFactory(sku="A")

    answer = upload(request.getfixturevalue(role), csv_file(HEADER, ["A", "HAR", "5", ""]), kind="opening_stock")

    assert answer.status_code == 403
    assert StockMovement.objects.count() == 0
