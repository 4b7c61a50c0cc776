"""Who is refused for a record that exists already is told which field it is about."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.ids import new_id
from apps.inventory.models import Branch, Item, Supplier
from tests.conftest import Api
from tests.factories import CategoryFactory, ItemFactory


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("inventory/branches", {"name": "N", "code": "har"}, "code"),
        ("inventory/items", {"name": "N", "sku": "lcd-1"}, "sku"),
        ("inventory/items", {"name": "N", "sku": "N", "barcode": "400638"}, "barcode"),
        ("inventory/suppliers", {"name": "parts"}, "name"),
        ("inventory/categories", {"name": "displays"}, "name"),
    ],
)
def test_duplicate_names_its_field(admin: Api, branch: Branch, path: str, body: dict[str, Any], fields: str) -> None:
    ItemFactory(sku="LCD-1", barcode="400638")
    Supplier.objects.create(name="Parts")
    CategoryFactory(name="Displays", parent=None)
    before = (Branch.objects.count(), Item.objects.count(), Supplier.objects.count())

    answer = admin.post(path, body)

    assert (answer.status_code, answer.body["code"]) == (409, "DUPLICATE_ERROR")
    assert answer.body["error"] == f"Another record has the same {fields}."
    assert (Branch.objects.count(), Item.objects.count(), Supplier.objects.count()) == before


def test_id_that_is_taken_is_told_as_the_record_that_exists(admin: Api) -> None:
    sent = {"id": str(new_id()), "name": "N", "sku": "N-1"}
    first = admin.post("inventory/items", sent)

    again = admin.post("inventory/items", {**sent, "sku": "N-2"})

    assert (first.status_code, again.status_code) == (201, 409)
    assert again.body["error"] == "A record with this identity exists already."
