"""POST /pricing/estimate: the listed price, or that there is none."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from apps.core.ids import new_id
from apps.pricing.models import Price
from tests.conftest import Api
from tests.factories import DeviceModelFactory, PartTypeFactory, PriceFactory, RepairTypeFactory

NONE = "There is no listed price for this model and repair, and nothing comparable to estimate from."
NEVER = "There is no listed price for this model and repair. No price of this repair is known, for any model."


def ask(api: Api, price: Price, **fields: Any) -> Any:
    body = {"deviceModelId": str(price.device_model_id), "repairTypeId": str(price.repair_type_id)}
    return api.post("pricing/estimate", body | fields)


def other(price: Price, amount: str, **fields: Any) -> Price:
    made: Price = PriceFactory(
        device_model=price.device_model, repair_type=price.repair_type, price=Decimal(amount), **fields
    )
    return made


@pytest.mark.parametrize("role", ["manager", "seller", "technician", "customer"])
def test_estimate_is_the_listed_price(request: pytest.FixtureRequest, role: str) -> None:
    api = request.getfixturevalue(role)
    part = PartTypeFactory(name="Display", quality="original")
    price = PriceFactory(price=Decimal("129.00"), cost=Decimal("71.11"), part_type=part)

    answer = ask(api, price)

    assert answer.status_code == 200
    assert answer.body["data"] == {
        "price": "129.00",
        "low": "129.00",
        "high": "129.00",
        "currency": "USD",
        "confidenceScore": 1.0,
        "isEstimated": False,
        "method": "listed",
        "basis": [
            {
                "priceId": str(price.pk),
                "price": "129.00",
                "currency": "USD",
                "deviceModel": {
                    "id": str(price.device_model_id),
                    "name": price.device_model.name,
                    "brand": {"id": str(price.device_model.brand_id), "name": price.device_model.brand.name},
                },
                "repairType": {"id": str(price.repair_type_id), "name": price.repair_type.name},
                "partTypeId": str(part.pk),
                "partQuality": "original",
                "name": "Display (original)",
                "similarity": 1.0,
            }
        ],
        "reason": None,
    }
    assert b"71.11" not in answer.content


@pytest.mark.parametrize(("others", "reason"), [(0, NONE), (1, NEVER)])
def test_estimate_without_a_price_says_why_and_invents_nothing(seller: Api, others: int, reason: str) -> None:
    body = {"deviceModelId": str(DeviceModelFactory().pk), "repairTypeId": str(RepairTypeFactory().pk)}
    PriceFactory.create_batch(others, price=Decimal("129.00"))

    answer = seller.post("pricing/estimate", body)

    assert answer.status_code == 200
    assert answer.body["data"] == {
        "price": None,
        "low": None,
        "high": None,
        "currency": "USD",
        "confidenceScore": 0.0,
        "isEstimated": True,
        "method": "none",
        "basis": [],
        "reason": reason,
    }


def test_estimate_of_several_qualities_has_an_interval(seller: Api, db: None) -> None:
    price = PriceFactory(price=Decimal("129.00"), part_quality="aftermarket_premium")
    cheap = other(
        price, "59.00", part_quality="aftermarket_economy", is_estimated=True, confidence_score=Decimal("0.5")
    )

    data = ask(seller, price).body["data"]
    narrowed = ask(seller, price, partQuality="aftermarket_economy").body["data"]

    assert (data["price"], data["low"], data["high"]) == ("129.00", "59.00", "129.00")
    assert [row["priceId"] for row in data["basis"]] == [str(price.pk), str(cheap.pk)]
    assert (narrowed["price"], narrowed["confidenceScore"], narrowed["isEstimated"]) == ("59.00", 0.5, True)


def test_estimate_of_one_part_type(seller: Api, db: None) -> None:
    part, unpriced = PartTypeFactory(), PartTypeFactory()
    price = PriceFactory(price=Decimal("129.00"))
    other(price, "99.00", part_type=part)

    assert ask(seller, price, partTypeId=str(part.pk)).body["data"]["price"] == "99.00"
    assert ask(seller, price, partTypeId=str(unpriced.pk)).body["data"]["method"] == "few_prices"
    assert ask(seller, price, partTypeId=None, partQuality=None).body["data"]["low"] == "99.00"


@pytest.mark.parametrize(
    ("day", "price"), [(9, None), (10, "50.00"), (19, "50.00"), (20, "60.00"), (29, "60.00"), (30, None)]
)
def test_estimate_is_of_the_price_that_is_valid_today(seller: Api, day: int, price: str | None) -> None:
    first = PriceFactory(price=Decimal("50.00"), valid_from=date(2026, 6, 10), valid_until=date(2026, 6, 19))
    other(first, "60.00", valid_from=date(2026, 6, 20), valid_until=date(2026, 6, 29))

    with time_machine.travel(datetime(2026, 6, day, 12, tzinfo=UTC)):
        answer = ask(Api(seller.user), first)

    data = answer.body["data"]
    assert (data["price"] if data["method"] == "listed" else None) == price
    assert data["isEstimated"] == (price is None)


@pytest.mark.parametrize("currency", ["EUR", "JPY"])
def test_estimate_names_its_currency(seller: Api, currency: str) -> None:
    price = PriceFactory(price=Decimal(12000), currency=currency)

    data = ask(seller, price).body["data"]

    assert (data["currency"], data["price"]) == (currency, {"EUR": "12000.00", "JPY": "12000"}[currency])


@pytest.mark.parametrize("field", ["deviceModelId", "repairTypeId", "partTypeId"])
def test_estimate_of_what_does_not_exist_is_refused(seller: Api, field: str) -> None:
    answer = ask(seller, PriceFactory(), **{field: str(new_id())})

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [(field, "does_not_exist")]


@pytest.mark.parametrize(("retired", "field"), [("device_model", "deviceModelId"), ("repair_type", "repairTypeId")])
def test_estimate_of_what_is_no_longer_offered_is_for_staff(
    seller: Api, customer: Api, retired: str, field: str
) -> None:
    price = PriceFactory(**{f"{retired}__is_active": False})

    to_staff, to_customer = ask(seller, price), ask(customer, price)

    assert to_staff.body["data"]["price"] == "99.00"
    assert (to_customer.status_code, to_customer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert [row["field"] for row in to_customer.body["details"]] == [field]


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"partQuality": "best"}, "partQuality", "invalid_choice"),
        ({"deviceModelId": None}, "deviceModelId", "null"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_estimate_of_a_request_that_is_none_is_refused(
    seller: Api, fields: dict[str, Any], field: str, code: str
) -> None:
    answer = ask(seller, PriceFactory(), **fields)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [(field, code)]


def test_estimate_is_not_for_strangers(anonymous: Api, db: None) -> None:
    assert ask(anonymous, PriceFactory()).status_code == 401
