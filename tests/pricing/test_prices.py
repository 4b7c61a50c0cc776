"""The price list over HTTP: what it takes, what it refuses, and what each role sees of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from apps.audit.models import Event
from apps.core.ids import new_id
from apps.pricing.models import Price
from tests.conftest import Api
from tests.factories import DeviceModelFactory, PartTypeFactory, PriceFactory, RepairTypeFactory

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def body(**fields: Any) -> dict[str, Any]:
    """What a price needs, of things that are made for it."""
    made = {
        "deviceModelId": str(DeviceModelFactory().pk),
        "repairTypeId": str(RepairTypeFactory().pk),
        "price": "99.00",
    }
    return made | fields


def details(answer: Any) -> list[tuple[str, str]]:
    return [(row["field"], row["code"]) for row in answer.body["details"]]


def events() -> list[str]:
    told = Event.objects.filter(type__startswith="pricing.price.").order_by("created_at", "id")
    return list(told.values_list("type", flat=True))


SUMMER: dict[str, Any] = {
    "price": "129.50",
    "cost": "71.00",
    "validFrom": "2026-06-01",
    "validUntil": "2026-06-30",
    "isEstimated": True,
    "confidenceScore": 0.85,
    "notes": "summer",
}


def test_price_is_created_and_answered_in_full(manager: Api) -> None:
    model, repair = DeviceModelFactory(name="iPhone 13"), RepairTypeFactory(name="Screen")
    part = PartTypeFactory(name="Display", quality="aftermarket_premium")
    references = {"deviceModelId": str(model.pk), "repairTypeId": str(repair.pk), "partTypeId": str(part.pk)}

    answer = manager.post("pricing", SUMMER | references | {"price": 129.5, "cost": "71"})

    assert answer.status_code == 201
    data = answer.body["data"]
    brand = {"id": str(model.brand_id), "name": model.brand.name}
    assert {name: data[name] for name in data if name not in {"id", "createdAt", "updatedAt"}} == {
        **SUMMER,
        **references,
        "deviceModel": {"id": str(model.pk), "name": "iPhone 13", "brand": brand},
        "repairType": {"id": str(repair.pk), "name": "Screen"},
        "partType": {"id": str(part.pk), "name": "Display"},
        "partQuality": "aftermarket_premium",
        "currency": "USD",
        "branchId": None,
        "branch": None,
        "margin": "58.50",
        "marginPercent": 45.2,
        "source": "person",
    }
    assert manager.get(f"pricing/{data['id']}").body["data"] == data
    assert events() == ["pricing.price.created"]


@pytest.mark.parametrize("sent", ["899.99", 899.99, "899.990", " 899.99"])
def test_price_is_read_as_text_and_as_a_number(manager: Api, sent: Any) -> None:
    answer = manager.post("pricing", body(price=sent))

    assert answer.body["data"]["price"] == "899.99"
    assert Price.objects.get().price == Decimal("899.99")


@time_machine.travel(NOON, tick=False)
def test_price_is_valid_from_today_without_an_end(manager: Api) -> None:
    data = Api(manager.user).post("pricing", body()).body["data"]

    assert (data["validFrom"], data["validUntil"], data["partQuality"]) == ("2026-06-15", None, "original")
    assert (data["currency"], data["partTypeId"], data["partType"], data["cost"]) == ("USD", None, None, None)


@pytest.mark.parametrize(
    ("currency", "sent", "told"), [("JPY", "12000", "12000"), ("KWD", "29.125", "29.125"), ("EUR", "49", "49.00")]
)
def test_price_has_the_digits_of_its_currency(manager: Api, currency: str, sent: str, told: str) -> None:
    data = manager.post("pricing", body(currency=currency, price=sent)).body["data"]

    assert (data["price"], data["currency"]) == (told, currency)


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"price": 0}, "price", "min_value"),
    ({"price": "-1"}, "price", "min_value"),
    ({"price": None}, "price", "null"),
    ({"price": "cheap"}, "price", "invalid"),
    ({"price": True}, "price", "invalid"),
    ({"price": "99.999"}, "price", "invalid"),
    ({"price": 99.999}, "price", "invalid"),
    ({"price": "0.001"}, "price", "invalid"),
    ({"price": "99.9999"}, "price", "max_decimal_places"),
    ({"price": "1e20"}, "price", "max_digits"),
    ({"price": "99.5", "currency": "JPY"}, "price", "invalid"),
    ({"price": "29.1255", "currency": "KWD"}, "price", "max_decimal_places"),
    ({"cost": "-0.01"}, "cost", "min_value"),
    ({"cost": "1.005"}, "cost", "invalid"),
    ({"currency": "QQQ"}, "currency", "invalid"),
    ({"currency": "usd"}, "currency", "invalid"),
    ({"currency": "US"}, "currency", "min_length"),
    ({"validFrom": "2026-02-30"}, "validFrom", "invalid"),
    ({"validFrom": None}, "validFrom", "null"),
    ({"validFrom": "2026-06-02", "validUntil": "2026-06-01"}, "validUntil", "invalid"),
    ({"partQuality": "best"}, "partQuality", "invalid_choice"),
    ({"confidenceScore": 1.1}, "confidenceScore", "max_value"),
    ({"confidenceScore": -0.1}, "confidenceScore", "min_value"),
    ({"confidenceScore": "0.1234"}, "confidenceScore", "max_decimal_places"),
    ({"notes": "x" * 1001}, "notes", "max_length"),
    ({"deviceModelId": "x"}, "deviceModelId", "invalid"),
    ({"discount": 1}, "discount", "unknown_field"),
]


@pytest.mark.parametrize(("fields", "field", "code"), BAD, ids=str)
def test_price_with_a_value_that_is_none_is_refused(
    manager: Api, fields: dict[str, Any], field: str, code: str
) -> None:
    answer = manager.post("pricing", body(**fields))

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert details(answer) == [(field, code)]
    assert not Price.objects.exists()
    assert events() == []


@pytest.mark.parametrize("field", ["deviceModelId", "repairTypeId", "partTypeId"])
def test_price_of_what_does_not_exist_is_refused(manager: Api, field: str) -> None:
    answer = manager.post("pricing", body(**{field: str(new_id())}))

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert details(answer) == [(field, "does_not_exist")]
    assert not Price.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"currency": "JPY"}, "price"), ({"price": "1.005"}, "price"), ({"validUntil": "2026-05-31"}, "validUntil")],
    ids=str,
)
def test_price_is_not_changed_into_one_that_would_be_refused(manager: Api, fields: dict[str, Any], field: str) -> None:
    price = PriceFactory(price=Decimal("99.50"), valid_from=date(2026, 6, 1))
    before = Price.objects.values().get()

    answer = manager.patch(f"pricing/{price.pk}", fields)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert details(answer) == [(field, "invalid")]
    assert Price.objects.values().get() == before
    assert events() == []


# Overlaps. The price that is there is valid in all of June.

PERIODS: list[tuple[str, str | None, bool]] = [
    ("2026-06-01", "2026-06-30", True),
    ("2026-05-01", "2026-05-31", False),
    ("2026-05-01", "2026-06-01", True),
    ("2026-06-30", None, True),
    ("2026-07-01", None, False),
    ("2026-06-10", "2026-06-10", True),
    ("2026-01-01", None, True),
]


@pytest.fixture
def june() -> Price:
    price: Price = PriceFactory(valid_from=date(2026, 6, 1), valid_until=date(2026, 6, 30), part_quality="original")
    return price


def beside(price: Price, **fields: Any) -> dict[str, Any]:
    same = {"deviceModelId": str(price.device_model_id), "repairTypeId": str(price.repair_type_id), "price": "89.00"}
    return same | fields


@pytest.mark.parametrize(("start", "end", "refused"), PERIODS)
def test_price_on_a_day_that_has_one_is_refused(
    manager: Api, db: None, june: Price, start: str, end: str | None, refused: bool
) -> None:
    answer = manager.post("pricing", beside(june, validFrom=start, validUntil=end))

    if refused:
        assert (answer.status_code, answer.body["code"]) == (409, "DUPLICATE_ERROR")
        assert answer.body["error"] == "There is already a price for this from 2026-06-01 until 2026-06-30."
    else:
        assert answer.status_code == 201
    assert Price.objects.count() == (1 if refused else 2)
    assert events() == ([] if refused else ["pricing.price.created"])


@pytest.mark.parametrize("other", ["model", "repair", "part type", "quality"])
def test_price_of_something_else_does_not_overlap(manager: Api, db: None, june: Price, other: str) -> None:
    fields = {
        "model": {"deviceModelId": str(DeviceModelFactory().pk)},
        "repair": {"repairTypeId": str(RepairTypeFactory().pk)},
        "part type": {"partTypeId": str(PartTypeFactory(quality="original").pk)},
        "quality": {"partQuality": "aftermarket_economy"},
    }[other]

    answer = manager.post("pricing", beside(june, validFrom="2026-06-01", **fields))

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"validUntil": None}, 200),
        ({"validFrom": "2026-06-30"}, 409),
        ({"validFrom": "2026-06-01", "validUntil": "2026-06-02"}, 409),
        ({"price": "1.00"}, 200),
    ],
)
def test_price_is_moved_only_to_days_that_are_free(
    manager: Api, db: None, june: Price, fields: dict[str, Any], status: int
) -> None:
    july = PriceFactory(
        device_model=june.device_model, repair_type=june.repair_type, valid_from=date(2026, 7, 1), valid_until=None
    )

    answer = manager.patch(f"pricing/{july.pk}", fields)

    assert answer.status_code == status
    assert (Price.objects.get(pk=july.pk).valid_from, len(events())) == (date(2026, 7, 1), int("price" in fields))


def test_price_that_takes_the_place_of_another_follows_it(manager: Api, db: None) -> None:
    old = PriceFactory(valid_from=date(2026, 1, 1))

    early = manager.post("pricing", beside(old, validFrom="2026-07-01"))
    ended = manager.patch(f"pricing/{old.pk}", {"validUntil": "2026-06-30"})
    new = manager.post("pricing", beside(old, validFrom="2026-07-01"))

    assert [answer.status_code for answer in (early, ended, new)] == [409, 200, 201]
    assert early.body["error"] == "There is already a price for this from 2026-01-01."


# Changing, history, deleting.


def test_price_history_tells_each_change(manager: Api) -> None:
    made = manager.post("pricing", body(price="99.00")).body["data"]
    manager.patch(f"pricing/{made['id']}", {"price": "89.00"})
    manager.patch(f"pricing/{made['id']}", {"price": "89.00"})

    rows = manager.get(f"pricing/{made['id']}/history").body["data"]["items"]

    assert [row["type"] for row in rows] == ["pricing.price.created", "pricing.price.updated"]
    assert rows[0]["payload"]["changes"]["deviceModelId"] == [None, made["deviceModelId"]]
    assert rows[1]["payload"]["changes"] == {"price": ["99.00", "89.00"]}
    assert rows[1]["actor"] == {"kind": "user", "id": str(manager.user.pk), "name": manager.user.get_full_name()}


def test_price_is_replaced_by_what_was_answered(manager: Api) -> None:
    path = f"pricing/{manager.post('pricing', body(cost='50.00')).body['data']['id']}"
    answered = manager.get(path).body["data"]

    answer = manager.put(path, answered | {"price": "79.00"})

    assert answer.status_code == 200
    changed = {name for name, value in answer.body["data"].items() if value != answered[name]}
    assert changed == {"price", "margin", "marginPercent", "updatedAt"}


def test_price_is_taken_off_the_list(manager: Api, db: None) -> None:
    price = PriceFactory()

    answer = manager.delete(f"pricing/{price.pk}")

    assert answer.status_code == 204
    assert not Price.objects.exists()
    assert events() == ["pricing.price.deleted"]


def test_price_with_a_client_made_id_is_created_once(manager: Api) -> None:
    wanted = body(id=str(new_id()))

    first = manager.post("pricing", wanted)
    again = manager.post("pricing", wanted | {"partQuality": "aftermarket_economy"})

    assert first.body["data"]["id"] == wanted["id"]
    assert (again.status_code, again.body["code"]) == (409, "DUPLICATE_ERROR")
    assert Price.objects.get().part_quality == "original"


@pytest.mark.parametrize("role", ["technician", "seller", "customer"])
def test_prices_are_written_by_managers_alone(request: pytest.FixtureRequest, role: str) -> None:
    api, price = request.getfixturevalue(role), PriceFactory(price=Decimal("99.00"))

    answers = [
        api.post("pricing", body()),
        api.patch(f"pricing/{price.pk}", {"price": "1.00"}),
        api.delete(f"pricing/{price.pk}"),
    ]

    assert [(answer.status_code, answer.body["code"]) for answer in answers] == [(403, "FORBIDDEN")] * 3
    assert Price.objects.get().price == Decimal("99.00")


@pytest.mark.parametrize(("role", "sees"), [("technician", True), ("seller", True), ("customer", False)])
def test_cost_and_notes_are_for_staff(request: pytest.FixtureRequest, role: str, sees: bool) -> None:
    api, price = request.getfixturevalue(role), PriceFactory(cost=Decimal("50.00"), notes="dear supplier")

    one, listed = api.get(f"pricing/{price.pk}"), api.get("pricing")

    for row in (one.body["data"], listed.body["data"]["items"][0]):
        assert ({"cost", "notes"} <= row.keys(), row["price"]) == (sees, "99.00")
    assert (b"50.00" in one.content, b"dear supplier" in listed.content) == (sees, sees)


@time_machine.travel(NOON, tick=False)
def test_customers_see_what_is_valid_today_for_what_is_offered(customer: Api) -> None:
    wanted = [
        PriceFactory(valid_from=date(2026, 6, 15), valid_until=date(2026, 6, 15), price=Decimal("1.00")),
        PriceFactory(valid_from=date(2026, 1, 1), price=Decimal("2.00")),
    ]
    PriceFactory(valid_from=date(2026, 6, 16))
    PriceFactory(valid_from=date(2026, 1, 1), valid_until=date(2026, 6, 14))
    PriceFactory(valid_from=date(2026, 1, 1), device_model__is_active=False)
    PriceFactory(valid_from=date(2026, 1, 1), repair_type__is_active=False)

    rows = Api(customer.user).get("pricing?ordering=price").body["data"]["items"]

    assert [row["id"] for row in rows] == [str(price.pk) for price in wanted]


def test_prices_are_found_and_filtered(seller: Api, db: None) -> None:
    part = PartTypeFactory()
    first = PriceFactory(device_model__name="iPhone 13", price=Decimal("3.00"), valid_from=date(2026, 1, 1))
    second = PriceFactory(
        repair_type__name="Battery", part_type=part, part_quality="aftermarket_economy", is_estimated=True,
        price=Decimal("2.00"), valid_from=date(2026, 6, 1), valid_until=date(2026, 6, 30),
    )  # fmt: skip

    def found(query: str) -> list[Any]:
        rows = seller.get(f"pricing?{query}").body["data"]["items"]
        return [{str(first.pk): 1, str(second.pk): 2}[row["id"]] for row in rows]

    assert found("ordering=price") == [2, 1]
    assert found("ordering=-validFrom") == [2, 1]
    assert found("q=iphone") == [1]
    assert found("q=batt") == [2]
    assert found(f"q={second.device_model.brand.name.replace(' ', '+')}&partTypeId={part.pk}") == [2]
    assert found(f"deviceModelId={first.device_model_id}") == [1]
    assert found(f"repairTypeId={second.repair_type_id}") == [2]
    assert found(f"brandId={first.device_model.brand_id}") == [1]
    assert found("partQuality=aftermarket_economy") == [2]
    assert found("isEstimated=true") == [2]
    assert found("validOn=2026-05-31") == [1]
    assert found("validOn=2026-06-30&ordering=price") == [2, 1]


@pytest.mark.parametrize("query", ["validOn=soon", "partQuality=best", "brandId=1", "colour=red", "ordering=cost"])
def test_prices_refuse_a_parameter_that_is_none(seller: Api, query: str) -> None:
    answer = seller.get(f"pricing?{query}")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [field for field, _ in details(answer)] == [query.partition("=")[0]]
