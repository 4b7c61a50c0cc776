"""Brands, device models, repair types and part types over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from apps.audit.models import Event
from apps.catalog.models import Brand, DeviceModel, PartType, RepairType
from apps.core.ids import new_id
from tests.conftest import Api
from tests.factories import (
    BrandFactory,
    DeviceModelFactory,
    ItemFactory,
    PartTypeFactory,
    PriceFactory,
    RepairTypeFactory,
    order,
)

KINDS: dict[str, tuple[type[Any], type[Any], dict[str, Any]]] = {
    # path: model, factory, what a record needs
    "brands": (Brand, BrandFactory, {"name": "Acer"}),
    "device-models": (DeviceModel, DeviceModelFactory, {"name": "Iconia", "brandId": "brand"}),
    "repair-types": (RepairType, RepairTypeFactory, {"name": "Screen"}),
    "part-types": (PartType, PartTypeFactory, {"name": "Display"}),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def needed(kind: str) -> dict[str, Any]:
    body = dict(KINDS[kind][2])
    return body | {"brandId": str(BrandFactory().pk)} if "brandId" in body else body


def details(answer: Any) -> list[tuple[str, str]]:
    return [(row["field"], row["code"]) for row in answer.body["details"]]


@every_kind
def test_record_is_created_read_changed_and_deleted(manager: Api, kind: str) -> None:
    model = KINDS[kind][0]

    made = manager.post(f"catalog/{kind}", needed(kind))
    path = f"catalog/{kind}/{made.body['data']['id']}"
    read = manager.get(path)
    changed = manager.patch(path, {"name": "Renamed", "isActive": False})
    replaced = manager.put(path, changed.body["data"] | {"name": "Replaced"})
    gone = manager.delete(path)

    assert [answer.status_code for answer in (made, read, changed, replaced, gone)] == [201, 200, 200, 200, 204]
    assert (made.body["data"]["isActive"], read.body["data"]) == (True, made.body["data"])
    assert (changed.body["data"]["name"], changed.body["data"]["isActive"]) == ("Renamed", False)
    assert replaced.body["data"]["name"] == "Replaced"
    assert manager.get(path).status_code == 404
    events = Event.objects.filter(aggregate=model._meta.label_lower).order_by("created_at", "id")
    assert [event.type.rpartition(".")[2] for event in events] == ["created", "updated", "updated", "deleted"]
    assert events[1].payload["changes"] == {"name": [KINDS[kind][2]["name"], "Renamed"], "is_active": [True, False]}


def test_device_model_is_answered_in_full(manager: Api) -> None:
    brand = BrandFactory(name="Apple")

    answer = manager.post(
        "catalog/device-models",
        {
            "brandId": str(brand.pk),
            "name": "iPhone 13",
            "modelNumber": "A2633",
            "releaseYear": 2021,
            "deviceType": "phone",
            "screenSize": 6.06,
            "tierLevel": 1,
            "launchPrice": "799",
            "aliases": ["A2482", "آيفون ١٣"],
        },
    )

    data = answer.body["data"]
    assert {name: data[name] for name in data if name not in {"id", "createdAt", "updatedAt"}} == {
        "brandId": str(brand.pk),
        "brand": {"id": str(brand.pk), "name": "Apple"},
        "name": "iPhone 13",
        "modelNumber": "A2633",
        "releaseYear": 2021,
        "deviceType": "phone",
        "screenSize": 6.06,
        "tierLevel": 1,
        "launchPrice": "799.00",
        "aliases": ["A2482", "آيفون ١٣"],
        "isActive": True,
        "mergedIntoId": None,
    }


def test_part_type_is_answered_in_full(manager: Api) -> None:
    body = {
        "name": "Display",
        "quality": "aftermarket_premium",
        "qualityLevel": 8,
        "warrantyMonths": 12,
        "description": "OLED",
    }

    data = manager.post("catalog/part-types", body).body["data"]

    assert {name: data[name] for name in data if name not in {"id", "createdAt", "updatedAt"}} == body | {
        "isActive": True
    }


@every_kind
def test_record_with_the_name_of_another_is_refused(manager: Api, kind: str) -> None:
    body = needed(kind)
    manager.post(f"catalog/{kind}", body)

    for name in (body["name"], body["name"].upper(), f" {body['name']} "):
        answer = manager.post(f"catalog/{kind}", body | {"name": name})
        assert (answer.status_code, answer.body["code"]) == (409, "DUPLICATE_ERROR")

    assert KINDS[kind][0].objects.count() == 1


@every_kind
def test_record_with_a_client_made_id_is_created_once(manager: Api, kind: str) -> None:
    body = needed(kind) | {"id": str(new_id())}

    first, again = manager.post(f"catalog/{kind}", body), manager.post(f"catalog/{kind}", body | {"name": "Other"})

    assert (first.status_code, first.body["data"]["id"]) == (201, body["id"])
    assert (again.status_code, again.body["code"]) == (409, "DUPLICATE_ERROR")
    assert KINDS[kind][0].objects.get().name == body["name"]


def test_same_name_is_another_thing_elsewhere(manager: Api) -> None:
    model, part = DeviceModelFactory(name="One"), PartTypeFactory(name="Display", quality="original")

    other_brand = manager.post("catalog/device-models", {"brandId": str(BrandFactory().pk), "name": model.name})
    other_quality = manager.post("catalog/part-types", {"name": part.name, "quality": "aftermarket_economy"})

    assert (other_brand.status_code, other_quality.status_code) == (201, 201)


@pytest.mark.parametrize(
    "used", ["brand", "device model", "repair type", "part type of a price", "part type of an item"]
)
def test_record_in_use_is_not_deleted(manager: Api, used: str) -> None:
    part = PartTypeFactory()
    price = PriceFactory(part_type=part if "price" in used else None)
    ItemFactory(part_type=part)
    path = {
        "brand": f"brands/{price.device_model.brand_id}",
        "device model": f"device-models/{price.device_model_id}",
        "repair type": f"repair-types/{price.repair_type_id}",
    }.get(used, f"part-types/{part.pk}")

    answer = manager.delete(f"catalog/{path}")

    assert (answer.status_code, answer.body["code"]) == (409, "IN_USE")
    assert manager.get(f"catalog/{path}").status_code == 200
    assert not Event.objects.filter(type__endswith=".deleted").exists()


def test_device_model_of_an_order_is_not_deleted(manager: Api) -> None:
    taken = order()

    answer = manager.delete(f"catalog/device-models/{taken.device_model_id}")

    assert (answer.status_code, answer.body["code"]) == (409, "IN_USE")


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("brands", {"name": ""}, "name", "blank"),
    ("brands", {"name": "x" * 81}, "name", "max_length"),
    ("brands", {"name": None}, "name", "null"),
    ("brands", {"colour": "red"}, "colour", "unknown_field"),
    ("brands", {"isActive": 3}, "isActive", "invalid"),
    ("device-models", {"tierLevel": 0}, "tierLevel", "invalid_choice"),
    ("device-models", {"tierLevel": 4}, "tierLevel", "invalid_choice"),
    ("device-models", {"tierLevel": "flagship"}, "tierLevel", "invalid_choice"),
    ("device-models", {"tierLevel": True}, "tierLevel", "invalid_choice"),
    ("device-models", {"deviceType": "toaster"}, "deviceType", "invalid_choice"),
    ("device-models", {"releaseYear": 1969}, "releaseYear", "min_value"),
    ("device-models", {"releaseYear": 2101}, "releaseYear", "max_value"),
    ("device-models", {"releaseYear": 2021.5}, "releaseYear", "invalid"),
    ("device-models", {"screenSize": -1}, "screenSize", "min_value"),
    ("device-models", {"screenSize": "6.123"}, "screenSize", "max_decimal_places"),
    ("device-models", {"launchPrice": "799.999"}, "launchPrice", "max_decimal_places"),
    ("device-models", {"launchPrice": 10**9}, "launchPrice", "max_digits"),
    ("device-models", {"aliases": "A2482"}, "aliases", "not_a_list"),
    ("device-models", {"aliases": [""]}, "aliases.0", "blank"),
    ("device-models", {"aliases": ["a", None]}, "aliases.1", "null"),
    ("device-models", {"aliases": ["x" * 121]}, "aliases.0", "max_length"),
    ("device-models", {"aliases": ["x"] * 101}, "aliases", "max_length"),
    ("device-models", {"brandId": None}, "brandId", "null"),
    ("device-models", {"brandId": "acer"}, "brandId", "invalid"),
    ("device-models", {"importKey": "k"}, "importKey", "unknown_field"),
    ("part-types", {"quality": "best"}, "quality", "invalid_choice"),
    ("part-types", {"qualityLevel": 0}, "qualityLevel", "min_value"),
    ("part-types", {"qualityLevel": 11}, "qualityLevel", "max_value"),
    ("part-types", {"warrantyMonths": 121}, "warrantyMonths", "max_value"),
    ("part-types", {"warrantyMonths": -1}, "warrantyMonths", "min_value"),
    ("repair-types", {"description": "x" * 1001}, "description", "max_length"),
]


@pytest.mark.parametrize(("kind", "body", "field", "code"), BAD, ids=str)
def test_record_with_a_value_that_is_none_is_refused(
    manager: Api, kind: str, body: dict[str, Any], field: str, code: str
) -> None:
    answer = manager.post(f"catalog/{kind}", needed(kind) | body)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert details(answer) == [(field, code)]
    assert not KINDS[kind][0].objects.exists()


def test_device_model_of_an_unknown_brand_is_refused(manager: Api) -> None:
    answer = manager.post("catalog/device-models", {"name": "Iconia", "brandId": str(new_id())})

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert details(answer) == [("brandId", "does_not_exist")]
    assert not DeviceModel.objects.exists()


@pytest.mark.parametrize("role", ["technician", "seller", "customer"])
@every_kind
def test_catalogue_is_read_by_all_and_written_by_managers(request: pytest.FixtureRequest, role: str, kind: str) -> None:
    api, record = request.getfixturevalue(role), KINDS[kind][1](name="Known")

    read = api.get(f"catalog/{kind}/{record.pk}")
    written = [
        api.post(f"catalog/{kind}", KINDS[kind][2]),
        api.patch(f"catalog/{kind}/{record.pk}", {"name": "Changed"}),
        api.delete(f"catalog/{kind}/{record.pk}"),
    ]

    assert (read.status_code, read.body["data"]["name"]) == (200, "Known")
    assert [(answer.status_code, answer.body["code"]) for answer in written] == [(403, "FORBIDDEN")] * 3
    assert KINDS[kind][0].objects.get().name == "Known"


@every_kind
def test_customers_see_what_is_active(customer: Api, seller: Api, kind: str) -> None:
    KINDS[kind][1](name="Sold")
    retired = KINDS[kind][1](name="Retired", is_active=False)

    def names(api: Api, query: str = "") -> list[str]:
        return [row["name"] for row in api.get(f"catalog/{kind}{query}").body["data"]["items"]]

    assert names(customer) == ["Sold"]
    assert names(customer, "?isActive=false") == []
    assert customer.get(f"catalog/{kind}/{retired.pk}").status_code == 404
    assert names(seller) == ["Retired", "Sold"]
    assert names(seller, "?isActive=false") == ["Retired"]


# Finding.


@pytest.fixture
def models(db: None) -> None:
    apple, samsung = BrandFactory(name="Apple"), BrandFactory(name="Samsung")
    DeviceModelFactory(
        brand=apple, name="iPhone 13", model_number="A2633", aliases=["A2482", "آيفون ١٣"], device_type="phone",
        release_year=2021, tier_level=2,
    )  # fmt: skip
    DeviceModelFactory(brand=apple, name="iPad Pro", device_type="tablet", release_year=2022, tier_level=1)
    DeviceModelFactory(
        brand=samsung, name="Galaxy S21", model_number="SM-G991B", device_type="phone", release_year=2021
    )


def found(api: Api, query: str) -> list[str]:
    return [row["name"] for row in api.get(f"catalog/device-models?{query}").body["data"]["items"]]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("iphone+13", ["iPhone 13"]),
        ("IPHONE13", ["iPhone 13"]),
        ("apple", ["iPad Pro", "iPhone 13"]),
        ("13+apple", ["iPhone 13"]),
        ("a2633", ["iPhone 13"]),
        ("A2482", ["iPhone 13"]),
        ("آيفون", ["iPhone 13"]),
        ("sm+g991b", ["Galaxy S21"]),
        ("SM-G991B", ["Galaxy S21"]),
        ("smg991", ["Galaxy S21"]),
        ("samsung+ipad", []),
        ("%25", []),
        ("_", []),
    ],
)
def test_device_models_are_found_however_people_write_them(
    seller: Api, models: None, text: str, names: list[str]
) -> None:
    assert found(seller, f"q={text}") == names


def test_device_model_is_found_by_its_brand_s_new_name(manager: Api, models: None) -> None:
    brand = Brand.objects.get(name="Samsung")

    manager.patch(f"catalog/brands/{brand.pk}", {"name": "Škoda"})

    assert found(manager, "q=skoda+s21") == ["Galaxy S21"]
    assert found(manager, "q=samsung") == []


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("deviceType=phone", ["Galaxy S21", "iPhone 13"]),
        ("releaseYear=2022", ["iPad Pro"]),
        ("tierLevel=1", ["iPad Pro"]),
        ("tierLevel=2&deviceType=phone", ["iPhone 13"]),
        ("releaseYear=1", []),
        ("ordering=-releaseYear,name", ["iPad Pro", "Galaxy S21", "iPhone 13"]),
        ("ordering=createdAt", ["iPhone 13", "iPad Pro", "Galaxy S21"]),
    ],
)
def test_device_models_are_filtered_and_ordered(seller: Api, models: None, query: str, names: list[str]) -> None:
    listed = found(seller, query)

    assert listed == names if "ordering" in query else sorted(listed) == sorted(names)


def test_device_models_of_a_brand(seller: Api, models: None) -> None:
    brand = Brand.objects.get(name="Samsung")

    assert found(seller, f"brandId={brand.pk}") == ["Galaxy S21"]
    assert found(seller, f"brandId={new_id()}") == []


@pytest.mark.parametrize(
    "query",
    ["deviceType=toaster", "brandId=1", "releaseYear=old", "releaseYear=-1e999999", "releaseYear=99999", "releaseYear=2021.5",
     "releaseYear=NaN", "tierLevel=-1e999999", "isActive=perhaps", "colour=red", "ordering=searchText"],
)  # fmt: skip
def test_device_models_refuse_a_parameter_that_is_none(seller: Api, query: str) -> None:
    answer = seller.get(f"catalog/device-models?{query}")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [field for field, _ in details(answer)] == [query.partition("=")[0]]


def test_part_types_of_a_quality(seller: Api) -> None:
    PartTypeFactory(name="Display", quality="original")
    PartTypeFactory(name="Display", quality="aftermarket_economy")

    rows = seller.get("catalog/part-types?quality=aftermarket_economy").body["data"]["items"]

    assert [(row["name"], row["quality"]) for row in rows] == [("Display", "aftermarket_economy")]
