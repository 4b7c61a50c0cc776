"""Items: every door of their resource, their codes, and what refuses them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from apps.audit.models import Event
from apps.core.ids import new_id
from apps.inventory.models import Branch, Item
from tests.conftest import Api
from tests.factories import CategoryFactory, DeviceModelFactory, ItemFactory, PartTypeFactory, stocked

DISPLAY: dict[str, Any] = {
    "sku": "LCD-IP13",
    "name": "Display iPhone 13",
    "description": "OLED",
    "unitOfMeasure": "pcs",
    "unitPrice": "129.90",
    "costPrice": "71.50",
    "reorderLevel": 3,
    "reorderQuantity": 10,
    "barcode": "4006381333931",
}


def test_item_is_created_and_answered_in_full(manager: Api) -> None:
    category, part, models = CategoryFactory(name="Displays"), PartTypeFactory(), [DeviceModelFactory() for _ in "ab"]
    ids = sorted(str(model.pk) for model in models)
    references = {"categoryId": str(category.pk), "partTypeId": str(part.pk)}
    loosely = {"sku": " LCD-IP13 ", "unitPrice": 129.9, "compatibleModelIds": ids[::-1]}

    answer = manager.post("inventory/items", DISPLAY | references | loosely)

    assert answer.status_code == 201
    data = answer.body["data"]
    assert {name: data[name] for name in data if name not in {"createdAt", "updatedAt"}} == {
        **DISPLAY,
        **references,
        "id": str(Item.objects.get().pk),
        "category": {"id": str(category.pk), "name": "Displays"},
        "currency": "USD",
        "compatibleModelIds": ids,
        "photoUrl": None,
        "tracksSerials": False,
        "isActive": True,
    }
    assert manager.get(f"inventory/items/{data['id']}").body["data"] == data


def test_item_is_changed_and_each_change_is_an_event(manager: Api) -> None:
    item = ItemFactory(sku="OLD", reorder_level=1)
    model = DeviceModelFactory()

    answer = manager.patch(
        f"inventory/items/{item.pk}", {"sku": "NEW", "compatibleModelIds": [str(model.pk)], "isActive": False}
    )

    data = answer.body["data"]
    assert (data["sku"], data["compatibleModelIds"], data["isActive"]) == ("NEW", [str(model.pk)], False)
    event = Event.objects.get(type="inventory.item.updated")
    assert event.payload["changes"] == {
        "sku": ["OLD", "NEW"],
        "is_active": [True, False],
        "compatible_models": [[], [str(model.pk)]],
    }


def test_item_is_replaced_by_what_was_answered(manager: Api) -> None:
    item = ItemFactory(unit_price="20.00", barcode="123")
    item.compatible_models.add(DeviceModelFactory())
    answered = manager.get(f"inventory/items/{item.pk}").body["data"]

    answer = manager.put(f"inventory/items/{item.pk}", answered | {"name": "Renamed"})

    assert answer.status_code == 200
    changed = {name for name, value in answer.body["data"].items() if value != answered[name]}
    assert changed == {"name", "updatedAt"}


def test_item_without_history_is_deleted(manager: Api) -> None:
    item = ItemFactory()
    item.compatible_models.add(DeviceModelFactory())

    answer = manager.delete(f"inventory/items/{item.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert not Item.objects.exists()
    assert Event.objects.filter(type="inventory.item.deleted", aggregate_id=item.pk).count() == 1


def test_item_with_history_is_not_deleted_but_retired(manager: Api, branch: Branch) -> None:
    item = stocked(1, branch)

    refused = manager.delete(f"inventory/items/{item.pk}")
    retired = manager.patch(f"inventory/items/{item.pk}", {"isActive": False})

    assert (refused.status_code, refused.body["code"]) == (409, "IN_USE")
    assert retired.body["data"]["isActive"] is False
    assert not Event.objects.filter(type="inventory.item.deleted").exists()


@pytest.mark.parametrize(
    "body",
    [{"sku": "LCD-1"}, {"sku": "lcd-1"}, {"sku": "NEW", "barcode": "123"}, {"sku": "NEW", "id": "taken"}],
    ids=str,
)
def test_item_with_the_identity_of_another_is_refused(manager: Api, body: dict[str, Any]) -> None:
    taken = ItemFactory(sku="LCD-1", barcode="123")

    answer = manager.post(
        "inventory/items", {"name": "Display", **body} | ({"id": str(taken.pk)} if "id" in body else {})
    )

    assert (answer.status_code, answer.body["code"]) == (409, "DUPLICATE_ERROR")
    assert Item.objects.get() == taken
    assert not Event.objects.exclude(type="accounts.logged_in").exists()


def test_items_without_a_barcode_do_not_collide(manager: Api) -> None:
    ItemFactory(barcode="")

    for number, barcode in enumerate(({}, {"barcode": ""}, {"barcode": None})):
        answer = manager.post("inventory/items", {"sku": f"S{number}", "name": "Screw", **barcode})
        assert (answer.status_code, answer.body["data"]["barcode"]) == (201, None)


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"sku": ""}, "sku", "blank"),
    ({"sku": None}, "sku", "null"),
    ({"name": "x" * 201}, "name", "max_length"),
    ({"unitPrice": "1.005"}, "unitPrice", "invalid"),
    ({"unitPrice": 1.005}, "unitPrice", "invalid"),
    ({"costPrice": "0.001"}, "costPrice", "invalid"),
    ({"unitPrice": "1.5", "currency": "JPY"}, "unitPrice", "invalid"),
    ({"unitPrice": "-0.01"}, "unitPrice", "min_value"),
    ({"unitPrice": "a lot"}, "unitPrice", "invalid"),
    ({"unitPrice": True}, "unitPrice", "invalid"),
    ({"unitPrice": "1e30"}, "unitPrice", "max_digits"),
    ({"currency": "XXZ"}, "currency", "invalid"),
    ({"currency": "usd"}, "currency", "invalid"),
    ({"reorderLevel": -1}, "reorderLevel", "min_value"),
    ({"reorderLevel": 2**31}, "reorderLevel", "max_value"),
    ({"reorderQuantity": 2**63}, "reorderQuantity", "max_value"),
    ({"reorderLevel": True}, "reorderLevel", "invalid"),
    ({"compatibleModelIds": ["x"]}, "compatibleModelIds.0", "invalid"),
    ({"compatibleModelIds": "x"}, "compatibleModelIds", "not_a_list"),
    ({"compatibleModelIds": None}, "compatibleModelIds", "null"),
    ({"isActive": "perhaps"}, "isActive", "invalid"),
    ({"colour": "red"}, "colour", "unknown_field"),
    ({"createdAt": "2026-01-01T00:00:00Z"}, "createdAt", "unknown_field"),
]


@pytest.mark.parametrize(("body", "field", "code"), BAD, ids=str)
def test_item_with_a_value_that_is_none_is_refused(manager: Api, body: dict[str, Any], field: str, code: str) -> None:
    answer = manager.post("inventory/items", {"sku": "S1", "name": "Screw", **body})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [(field, code)]
    assert not Item.objects.exists()


@pytest.mark.parametrize("body", [{"currency": "JPY"}, {"unitPrice": "1.005"}], ids=str)
def test_item_is_not_changed_to_an_amount_that_its_currency_does_not_have(manager: Api, body: dict[str, Any]) -> None:
    item = ItemFactory(unit_price="20.50")

    answer = manager.patch(f"inventory/items/{item.pk}", body)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [row["field"] for row in answer.body["details"]] == ["unitPrice"]
    assert manager.get(f"inventory/items/{item.pk}").body["data"]["unitPrice"] == "20.50"


@pytest.mark.parametrize(("currency", "fits"), [("USD", True), ("JPY", False)])
def test_item_model_refuses_an_amount_that_its_currency_does_not_have(db: None, currency: str, fits: bool) -> None:
    item = ItemFactory(unit_price=Decimal("20.50"), cost_price=Decimal("8.00"))
    item.currency = currency

    errors = {}
    try:
        item.full_clean()
    except ValidationError as refusal:
        errors = refusal.message_dict

    assert errors == ({} if fits else {"unit_price": ["This is not an amount of JPY."]})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"categoryId": "missing"}, "categoryId"),
        ({"partTypeId": "missing"}, "partTypeId"),
        ({"compatibleModelIds": ["there", "missing"]}, "compatibleModelIds.1"),
    ],
    ids=str,
)
def test_item_that_refers_to_what_does_not_exist_is_refused(manager: Api, body: dict[str, Any], field: str) -> None:
    known = {"missing": str(new_id()), "there": str(DeviceModelFactory().pk)}
    (name, value), *_ = body.items()
    sent = [known[word] for word in value] if isinstance(value, list) else known[value]

    answer = manager.post("inventory/items", {"sku": "S1", "name": "Screw", name: sent})

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [(field, "does_not_exist")]
    assert not Item.objects.exists()


def test_item_names_many_models_in_a_few_queries(manager: Api, django_assert_max_num_queries: Any) -> None:
    ids = [str(DeviceModelFactory().pk) for _ in range(40)]

    with django_assert_max_num_queries(20):
        answer = manager.post("inventory/items", {"sku": "S1", "name": "Screw", "compatibleModelIds": ids})

    assert answer.body["data"]["compatibleModelIds"] == sorted(ids)


def test_item_names_at_most_two_thousand_models(manager: Api) -> None:
    answer = manager.post(
        "inventory/items",
        {"sku": "S1", "name": "Screw", "compatibleModelIds": [str(new_id()) for _ in range(2001)]},
    )

    assert answer.status_code == 400
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [("compatibleModelIds", "max_length")]


@pytest.mark.parametrize("role", ["technician", "seller"])
def test_items_are_read_but_not_written_by_the_workshop(request: pytest.FixtureRequest, role: str) -> None:
    api, item = request.getfixturevalue(role), ItemFactory(cost_price="8.00")

    read = api.get(f"inventory/items/{item.pk}")
    written = [
        api.post("inventory/items", {"sku": "S1", "name": "Screw"}),
        api.patch(f"inventory/items/{item.pk}", {"name": "Screw"}),
        api.delete(f"inventory/items/{item.pk}"),
    ]

    assert read.body["data"]["costPrice"] == "8.00"
    assert [(answer.status_code, answer.body["code"]) for answer in written] == [(403, "FORBIDDEN")] * 3
    assert Item.objects.get().name == item.name


def test_items_are_found_and_filtered(seller: Api) -> None:
    category, part, model = CategoryFactory(), PartTypeFactory(), DeviceModelFactory()
    ItemFactory(sku="LCD-13", name="Écran OLED", description="for iPhone", category=category, barcode="400638")
    ItemFactory(sku="BAT-13", name="Battery", part_type=part, is_active=False, unit_price="5.00")
    ItemFactory(sku="CAM-13", name="شاشة", unit_price="9.00").compatible_models.add(model)

    def skus(query: str) -> list[str]:
        return [row["sku"] for row in seller.get(f"inventory/items?{query}").body["data"]["items"]]

    assert skus("q=oled+ecran") == ["LCD-13"]
    assert skus("q=lcd") == ["LCD-13"]
    assert skus("q=00638") == ["LCD-13"]
    assert skus("q=IPHONE") == ["LCD-13"]
    assert skus("q=شاشة") == ["CAM-13"]
    assert skus("q=oled+battery") == []
    assert skus(f"categoryId={category.pk}") == ["LCD-13"]
    assert skus(f"partTypeId={part.pk}") == ["BAT-13"]
    assert skus(f"deviceModelId={model.pk}") == ["CAM-13"]
    assert skus("isActive=false") == ["BAT-13"]
    assert skus("ordering=unitPrice") == ["BAT-13", "CAM-13", "LCD-13"]
    assert skus("ordering=-sku") == ["LCD-13", "CAM-13", "BAT-13"]


# Scanning.


@pytest.mark.parametrize("code", ["4006381333931", "LCD-13", "lcd-13", "%20LCD-13%20"])
def test_scan_finds_by_barcode_and_by_sku(seller: Api, code: str) -> None:
    item = ItemFactory(sku="LCD-13", barcode="4006381333931")
    ItemFactory(sku="BAT-13")

    answer = seller.get(f"inventory/scan/{code}")

    assert (answer.status_code, answer.body["data"]["id"]) == (200, str(item.pk))
    assert answer.headers["ETag"] == seller.get(f"inventory/items/{item.pk}").headers["ETag"]


def test_scan_finds_a_code_with_a_slash(seller: Api) -> None:
    item = ItemFactory(sku="LCD/13/A")

    assert seller.get("inventory/scan/LCD/13/A").body["data"]["id"] == str(item.pk)


@pytest.mark.parametrize("code", ["LCD", "%20", "%00", "4006381333931%00", "x" * 500, "%25"])
def test_scan_of_an_unknown_code_finds_nothing(seller: Api, code: str) -> None:
    ItemFactory(sku="LCD-13", barcode="")

    answer = seller.get(f"inventory/scan/{code}")

    assert (answer.status_code, answer.body["code"]) == (404, "NOT_FOUND")


def test_scan_finds_a_retired_item_and_says_so(seller: Api) -> None:
    ItemFactory(sku="OLD-1", is_active=False)

    assert seller.get("inventory/scan/OLD-1").body["data"]["isActive"] is False


@pytest.mark.parametrize(
    ("barcoded", "with_sku", "found"),
    [(True, True, "barcode"), (False, True, "sku"), (True, False, "barcode"), (False, False, "barcode")],
)
@pytest.mark.parametrize("names", [("A", "Z"), ("Z", "A")])
def test_scan_of_a_code_that_two_items_share_prefers_the_active_one_then_the_barcode(
    seller: Api, names: tuple[str, str], barcoded: bool, with_sku: bool, found: str
) -> None:
    by_barcode = ItemFactory(sku="S1", barcode="1234", name=names[0], is_active=barcoded)
    by_sku = ItemFactory(sku="1234", name=names[1], is_active=with_sku)

    answer = seller.get("inventory/scan/1234")

    assert answer.body["data"]["id"] == str({"barcode": by_barcode, "sku": by_sku}[found].pk)
