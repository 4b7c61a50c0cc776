"""Suppliers and what they sell: reference data with one preferred supplier for each item."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.audit.models import Event
from apps.inventory.models import Branch, Supplier, SupplierItem
from tests.conftest import Api
from tests.factories import ItemFactory, SupplierFactory, SupplierItemFactory
from tests.inventory.purchases import drafted, kept, wanted

SUPPLIER = {
    "name": "Alba Parts", "contactName": "Ines", "email": "sales@alba.example", "phoneNumber": "+49301234567",
    "address": "Hafen 1", "website": "https://alba.example", "accountNumber": "K-17", "currency": "EUR",
    "leadTimeDays": 4, "notes": "closed in August", "isActive": True,
}  # fmt: skip


def refused(answer: Any) -> tuple[int, str, list[str]]:
    return answer.status_code, answer.body["code"], [detail["field"] for detail in answer.body["details"]]


def names(answer: Any, field: str = "name") -> list[str]:
    return [row[field] for row in answer.body["data"]["items"]]


def test_supplier_is_written_and_read(manager: Api) -> None:
    made = manager.post("inventory/suppliers", SUPPLIER)
    read = manager.get(f"inventory/suppliers/{made.body['data']['id']}")

    assert made.status_code == 201
    row = read.body["data"]
    assert {name: row[name] for name in SUPPLIER} == SUPPLIER
    assert manager.put(f"inventory/suppliers/{row['id']}", row).status_code == 200
    assert Event.objects.filter(type="inventory.supplier.created").count() == 1


def test_suppliers_are_found_and_filtered(manager: Api) -> None:
    SupplierFactory(name="Alba", account_number="K-17")
    SupplierFactory(name="Bora", is_active=False)

    assert names(manager.get("inventory/suppliers")) == ["Alba", "Bora"]
    assert names(manager.get("inventory/suppliers?q=k-17")) == ["Alba"]
    assert names(manager.get("inventory/suppliers?isActive=false")) == ["Bora"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": ""}, "name"), ({"currency": "XXY"}, "currency"), ({"email": "x"}, "email"), ({"leadTimeDays": -1},
     "leadTimeDays"), ({"website": "javascript:x"}, "website"), ({"phoneNumber": "1"}, "phoneNumber"),
     ({"colour": "red"}, "colour")],
)  # fmt: skip
def test_wrong_suppliers_are_refused(manager: Api, change: dict[str, Any], field: str) -> None:
    answer = manager.post("inventory/suppliers", {**SUPPLIER, **change})

    assert refused(answer) == (400, "VALIDATION_ERROR", [field])
    assert not Supplier.objects.exists()


def test_a_name_is_given_to_one_supplier(manager: Api) -> None:
    SupplierFactory(name="Alba")

    answer = manager.post("inventory/suppliers", {"name": "ALBA"})

    assert (answer.status_code, answer.body["code"]) == (409, "DUPLICATE_ERROR")


def test_supplier_with_history_stays(manager: Api, branch: Branch) -> None:
    bought, unused = SupplierFactory(), SupplierFactory()
    drafted(branch, wanted(ItemFactory(), 1), supplier=bought)
    before = kept()

    refusal = manager.delete(f"inventory/suppliers/{bought.pk}")
    assert kept() == before
    gone = manager.delete(f"inventory/suppliers/{unused.pk}")

    assert (refusal.status_code, refusal.body["code"]) == (409, "IN_USE")
    assert gone.status_code == 204
    assert list(Supplier.objects.all()) == [bought]


def test_currency_stays_while_costs_are_listed_in_it(manager: Api) -> None:
    offer = SupplierItemFactory()
    path = f"inventory/suppliers/{offer.supplier.pk}"

    assert refused(manager.patch(path, {"currency": "JPY"})) == (400, "VALIDATION_ERROR", ["currency"])
    offer.delete()

    assert manager.patch(path, {"currency": "JPY"}).body["data"]["currency"] == "JPY"


def test_offer_is_written_in_the_digits_of_the_suppliers_currency(manager: Api) -> None:
    item = ItemFactory(name="Display", sku="LCD-1")
    yen, dinar = SupplierFactory(name="Aoi", currency="JPY"), SupplierFactory(name="Bayt", currency="KWD")
    body = {"itemId": str(item.pk), "supplierSku": "A-1", "packSize": 5, "minimumQuantity": 10, "leadTimeDays": None}

    whole = manager.post("inventory/supplier-items", {**body, "supplierId": str(yen.pk), "unitCost": "850"})
    fine = manager.post("inventory/supplier-items", {**body, "supplierId": str(dinar.pk), "unitCost": "1.125"})
    wrong = manager.post("inventory/supplier-items", {**body, "supplierId": str(yen.pk), "unitCost": "8.50"})

    row = whole.body["data"]
    assert (row["unitCost"], row["currency"], fine.body["data"]["unitCost"]) == ("850", "JPY", "1.125")
    assert (row["supplier"], row["item"]) == (
        {"id": str(yen.pk), "name": "Aoi"}, {"id": str(item.pk), "name": "Display", "sku": "LCD-1"},
    )  # fmt: skip
    assert (row["packSize"], row["minimumQuantity"], row["leadTimeDays"], row["isPreferred"]) == (5, 10, None, False)
    assert refused(wrong) == (400, "VALIDATION_ERROR", ["unitCost"])
    assert SupplierItem.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"packSize": 0}, "packSize", "VALIDATION_ERROR"),
        ({"minimumQuantity": 0}, "minimumQuantity", "VALIDATION_ERROR"),
        ({"unitCost": "-1"}, "unitCost", "VALIDATION_ERROR"),
        ({"itemId": "019b0000-0000-7000-8000-000000000001"}, "itemId", "FOREIGN_KEY_ERROR"),
        ({"supplierId": "019b0000-0000-7000-8000-000000000001"}, "supplierId", "FOREIGN_KEY_ERROR"),
    ],
)
def test_wrong_offers_are_refused(manager: Api, change: dict[str, Any], field: str, code: str) -> None:
    body = {"itemId": str(ItemFactory().pk), "supplierId": str(SupplierFactory().pk), "unitCost": "1.00", **change}

    assert refused(manager.post("inventory/supplier-items", body)) == (400, code, [field])
    assert not SupplierItem.objects.exists()


def test_a_supplier_sells_an_item_once(manager: Api) -> None:
    offer = SupplierItemFactory()
    body = {"itemId": str(offer.item.pk), "supplierId": str(offer.supplier.pk)}

    answer = manager.post("inventory/supplier-items", body)

    assert (answer.status_code, answer.body["code"]) == (409, "DUPLICATE_ERROR")


def test_preferring_another_supplier_moves_the_mark(manager: Api) -> None:
    item = ItemFactory()
    first, elsewhere = SupplierItemFactory(item=item, is_preferred=True), SupplierItemFactory(is_preferred=True)
    second = SupplierItemFactory(item=item)

    changed = manager.patch(f"inventory/supplier-items/{second.pk}", {"isPreferred": True})
    body = {"itemId": str(item.pk), "supplierId": str(SupplierFactory().pk), "isPreferred": True}
    created = manager.post("inventory/supplier-items", body)

    assert (changed.status_code, created.status_code) == (200, 201)
    marked = SupplierItem.objects.filter(is_preferred=True).values_list("pk", flat=True)
    assert {str(pk) for pk in marked} == {created.body["data"]["id"], str(elsewhere.pk)}
    moved = Event.objects.filter(type="inventory.supplieritem.updated").order_by("created_at", "id")
    assert [(event.aggregate_id, event.payload["changes"]["is_preferred"]) for event in moved] == [
        (first.pk, [True, False]), (second.pk, [False, True]), (second.pk, [True, False]),
    ]  # fmt: skip


def test_a_refused_offer_leaves_the_mark_where_it_is(manager: Api) -> None:
    first = SupplierItemFactory(is_preferred=True)
    body = {"itemId": str(first.item.pk), "supplierId": str(first.supplier.pk), "isPreferred": True}
    before = kept()

    answer = manager.post("inventory/supplier-items", body)

    assert (answer.status_code, answer.body["code"]) == (409, "DUPLICATE_ERROR")
    assert kept() == before


def test_offers_are_filtered_by_supplier_and_item(manager: Api) -> None:
    one, other = SupplierItemFactory(supplier_sku="A", unit_cost=Decimal(2)), SupplierItemFactory(supplier_sku="B")
    path = "inventory/supplier-items"

    assert names(manager.get(f"{path}?supplierId={one.supplier.pk}"), "supplierSku") == ["A"]
    assert names(manager.get(f"{path}?itemId={other.item.pk}"), "supplierSku") == ["B"]
    assert names(manager.get(f"{path}?ordering=unitCost"), "supplierSku") == ["A", "B"]
