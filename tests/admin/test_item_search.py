"""The search for items in the back office: the same words, the same order, and what lies where by the models it fits."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.inventory.models import Branch, Item, ReorderPoint, StockLevel, StockMovement
from apps.inventory.services import compute_reorder_points
from tests.admin.office import Office, address
from tests.factories import BrandFactory, DeviceModelFactory, ItemFactory, stocked
from tests.factories.work import SYSTEM
from tests.inventory.test_reordering import NOW


def listed(office: Office, **params: Any) -> list[str]:
    return [item.sku for item in office.list(Item, **params).context["cl"].result_list]


def offered(office: Office, term: str) -> list[str]:
    """What the field for the item of a movement offers, by SKU and name."""
    asked = {"app_label": "inventory", "model_name": "stockmovement", "field_name": "item", "term": term}
    return [row["text"] for row in office.get(reverse("admin:autocomplete"), **asked).json()["results"]]


@pytest.fixture
def cases(db: None) -> None:
    for sku, name, barcode in [
        ("1", "zebra case", "CASE"), ("case", "Yellow film", ""), ("3", "Case blue", ""), ("4", "CASE amber", ""),
        ("5", "Blue case", ""), ("6", "amber case", ""), ("8", "Screw", ""),
    ]:  # fmt: skip
        ItemFactory(sku=sku, name=name, barcode=barcode)


@pytest.mark.exhaustive
@pytest.mark.parametrize("text", ["iphone 12", "APPLE a2403", "twelve premium"])
def test_items_levels_movements_and_reorder_points_are_found_by_the_model(
    chief: Office, branch: Branch, text: str
) -> None:
    model = DeviceModelFactory(
        brand=BrandFactory(name="Apple"), name="iPhone 12", model_number="A2403", aliases=["Twelve"]
    )
    part, other = stocked(3, branch, description="premium"), stocked(3, branch)
    part.compatible_models.add(model)
    compute_reorder_points(actor=SYSTEM, now=NOW)

    assert chief.shown(Item, q=text) == {part.pk}
    assert chief.shown(StockLevel, q=text) == {StockLevel.objects.get(item=part).pk}
    assert chief.shown(StockMovement, q=text) == {StockMovement.objects.get(item=part).pk}
    assert chief.shown(ReorderPoint, q=text) == {ReorderPoint.objects.get(level__item=part).pk}
    assert chief.shown(StockLevel, q="a2404") == set()
    assert StockLevel.objects.filter(item=other).exists()


@pytest.mark.exhaustive
def test_found_items_are_listed_in_the_order_of_the_interface(chief: Office, cases: None) -> None:
    assert listed(chief, q="CASE") == ["case", "1", "4", "3", "6", "5"]
    assert listed(chief, q="CASE", o="-1") == ["case", "6", "5", "4", "3", "1"]
    assert listed(chief, q="CASE", p="1") == listed(chief, q="CASE")
    assert listed(chief, q="  ") == listed(chief)


def test_item_whose_code_is_typed_is_offered_first(chief: Office, cases: None) -> None:
    assert offered(chief, "CASE")[:3] == ["case Yellow film", "1 zebra case", "4 CASE amber"]


@pytest.mark.parametrize("model", [Item, StockLevel, StockMovement])
def test_search_takes_as_many_queries_for_three_rows_as_for_one(chief: Office, branch: Branch, model: Any) -> None:
    counted = []
    for number in range(3):
        stocked(1, branch, name=f"Part {number}").compatible_models.add(DeviceModelFactory(name=f"iPhone {number}"))
        with CaptureQueriesContext(connection) as queries:
            rows = chief.get(address(model, "changelist"), q="iphone").context["cl"].result_list
        counted.append((len(rows), len(queries)))

    assert [rows for rows, _ in counted] == [1, 2, 3]
    assert max(queries for _, queries in counted) <= {Item: 6, StockLevel: 6, StockMovement: 5}[model], counted
