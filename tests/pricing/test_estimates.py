"""POST /pricing/estimate for what is not on the list: a number with its interval and what it leans on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.audit.models import Event
from apps.catalog.models import DeviceModel
from apps.core.actor import Actor
from apps.pricing import rules
from apps.pricing.models import EstimateRecord, EstimatorVersion, Price, today
from apps.pricing.rules import Interval, within_list
from apps.pricing.selectors import Asked, at_once, estimate_beside, estimated_price
from apps.pricing.services import train_estimators, update_price
from tests.conftest import Api
from tests.factories import (
    BranchFactory,
    BranchPriceRuleFactory,
    BrandFactory,
    DeviceModelFactory,
    PartTypeFactory,
    PriceFactory,
    RepairTypeFactory,
)
from tests.pricing.shops import QUALITIES, SYSTEM, PricedShop, trained

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)
NEVER = "There is no listed price for this model and repair. No price of this repair is known, for any model."


def ask(api: Api, model: DeviceModel, repair: Any, **fields: Any) -> Any:
    return api.post("pricing/estimate", {"deviceModelId": str(model.pk), "repairTypeId": str(repair.pk), **fields})


@pytest.mark.parametrize("role", ["manager", "seller", "technician", "customer"])
def test_an_unlisted_model_is_estimated_from_what_is_like_it(request: pytest.FixtureRequest, role: str) -> None:
    shop, api = PricedShop(), request.getfixturevalue(role)
    version = trained()

    answer = ask(api, shop.unlisted(), shop.screen, partQuality="original")

    data = answer.body["data"]
    assert answer.status_code == 200
    assert (data["isEstimated"], data["method"], data["reason"], data["currency"]) == (
        True, "similar_prices", None, "USD",
    )  # fmt: skip
    low, price, high = (Decimal(data[name]) for name in ("low", "price", "high"))
    assert 0 < low <= price <= high
    assert Decimal(78) <= price <= Decimal(215)
    assert 0 <= data["confidenceScore"] <= 1
    listed = {str(one.pk): one for one in shop.prices}
    assert {row["priceId"] for row in data["basis"]} <= set(listed)
    first = data["basis"][0]
    model = listed[first["priceId"]].device_model
    assert first["deviceModel"] == {
        "id": str(model.pk), "name": model.name, "brand": {"id": str(shop.brand.pk), "name": "Fruit"},
    }  # fmt: skip
    assert first["repairType"] == {"id": str(shop.screen.pk), "name": "Screen"}
    assert [row["similarity"] for row in data["basis"]] == sorted(
        (row["similarity"] for row in data["basis"]), reverse=True
    )
    assert EstimatorVersion.objects.get() == version


def test_an_estimate_writes_nothing(seller: Api) -> None:
    shop = PricedShop(models=3)
    trained()
    before = Event.objects.count()

    ask(seller, shop.unlisted(), shop.screen)

    assert (Event.objects.count(), EstimateRecord.objects.count()) == (before, 0)


def test_a_listed_price_goes_before_the_estimate(seller: Api) -> None:
    shop = PricedShop()
    trained()

    data = ask(seller, shop.models[2], shop.screen, partQuality="original").body["data"]

    assert (data["price"], data["low"], data["high"], data["method"]) == ("117.00", "117.00", "117.00", "listed")
    assert (data["isEstimated"], data["confidenceScore"]) == (False, 1.0)


def test_a_repair_that_was_never_priced_cannot_be_told(seller: Api) -> None:
    shop = PricedShop(models=3)
    trained()

    data = ask(seller, shop.models[0], RepairTypeFactory(name="Battery")).body["data"]

    assert (data["price"], data["low"], data["high"], data["confidenceScore"]) == (None, None, None, 0.0)
    assert (data["method"], data["basis"], data["isEstimated"], data["reason"]) == ("none", [], True, NEVER)


def test_a_price_of_a_part_in_another_quality_is_found_by_what_it_says(seller: Api) -> None:
    part = PartTypeFactory(quality="original")
    economy = PriceFactory(part_type=part, part_quality="aftermarket_economy", price=Decimal(59))
    asked = {"partTypeId": str(part.pk)}

    named = ask(seller, economy.device_model, economy.repair_type, **asked, partQuality="aftermarket_economy")
    unnamed = ask(seller, economy.device_model, economy.repair_type, **asked)
    another = ask(seller, economy.device_model, economy.repair_type, **asked, partQuality="original")

    assert [(answer.status_code, answer.body["data"]["method"]) for answer in (named, unnamed, another)] == [
        (200, "listed"), (200, "listed"), (200, "few_prices"),
    ]  # fmt: skip
    assert named.body["data"]["price"] == "59.00"
    assert Decimal(another.body["data"]["price"]) >= 59


def test_a_price_in_the_usual_currency_goes_before_one_in_another(seller: Api) -> None:
    usual = PriceFactory(price=Decimal(100), currency="USD")
    same = {"device_model": usual.device_model, "repair_type": usual.repair_type}
    PriceFactory(price=Decimal(9), currency="EUR", part_type=PartTypeFactory(quality="original"), **same)

    data = ask(seller, usual.device_model, usual.repair_type).body["data"]

    assert [data[name] for name in ("currency", "low", "price", "high")] == ["USD", "100.00", "100.00", "100.00"]


@pytest.mark.parametrize(
    "body", [[], "x", None, {"deviceModelId": {"a": 1}}, {"branchId": 7}, {"partQuality": ["original"]}]
)
def test_a_body_that_is_none_is_refused(seller: Api, body: Any) -> None:
    shop = PricedShop(models=1)
    asked = {"deviceModelId": str(shop.models[0].pk), "repairTypeId": str(shop.screen.pk)}

    answer = seller.post("pricing/estimate", asked | body if isinstance(body, dict) else body)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")


@pytest.mark.exhaustive
def test_a_branch_has_its_currency_and_its_rules(seller: Api, customer: Api) -> None:
    shop = PricedShop()
    branch = BranchFactory()
    BranchPriceRuleFactory(branch=branch, markup_percent=Decimal(10))
    euros, closed = BranchFactory(currency="EUR"), BranchFactory(is_active=False)
    trained()
    model = shop.unlisted()

    listed = ask(seller, model, shop.screen, partQuality="original").body["data"]
    there = ask(seller, model, shop.screen, partQuality="original", branchId=str(branch.pk)).body["data"]
    foreign = ask(seller, model, shop.screen, branchId=str(euros.pk)).body["data"]
    refused = ask(customer, model, shop.screen, branchId=str(closed.pk))

    assert [Decimal(there[name]) for name in ("price", "low", "high")] == [
        Decimal(listed[name]) * Decimal("1.1") for name in ("price", "low", "high")
    ]
    assert (foreign["price"], foreign["currency"], foreign["method"]) == (None, "EUR", "none")
    assert (refused.status_code, refused.body["code"]) == (400, "FOREIGN_KEY_ERROR")


def test_a_customer_sees_no_price_behind_it_that_is_not_offered(seller: Api, customer: Api) -> None:
    shop = PricedShop(models=4, qualities=("original",))
    trained()
    DeviceModel.objects.filter(pk=shop.models[3].pk).update(is_active=False)
    model = shop.unlisted(10)

    to_staff, to_customer = (ask(api, model, shop.screen).body["data"]["basis"] for api in (seller, customer))

    hidden = str(shop.prices[3].pk)
    assert hidden in {row["priceId"] for row in to_staff}
    assert {row["priceId"] for row in to_customer} == {row["priceId"] for row in to_staff} - {hidden}


def test_an_estimate_takes_ten_statements(seller: Api) -> None:
    shop = PricedShop(models=4)
    trained()
    model = shop.unlisted()
    ask(seller, model, shop.screen, partQuality="original")

    with CaptureQueriesContext(connection) as queries:
        ask(seller, model, shop.screen, partQuality="original")

    # Session; model, repair type, and whether each is offered; the day; the brand, the list, the version; the basis.
    assert len(queries) == 10


def test_the_estimate_beside_a_price_leaves_it_out_of_the_basis_and_says_what_is_odd() -> None:
    shop = PricedShop(models=12)
    odd = shop.prices[8]
    Price.objects.filter(pk=odd.pk).update(price=odd.price * 10)
    trained()

    found = estimate_beside(odd, actor=SYSTEM, on=TODAY)
    right = estimate_beside(shop.prices[2], actor=SYSTEM, on=TODAY)

    assert (found.is_odd, right.is_odd) == (True, False)
    assert found.price is not None
    assert found.price < odd.price * 3
    assert odd.pk not in {one.listing.pk for one in found.basis}


# --- what holds whatever the list says ----------------------------------------------------------------------------------

amounts = st.decimals(Decimal("1.00"), Decimal("5000.00"), places=2)
listings = st.lists(st.tuples(st.integers(0, 4), st.sampled_from([*QUALITIES]), amounts), max_size=12)
MANY = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def _shop(listed: list[tuple[int, str, Decimal]]) -> tuple[list[DeviceModel], Any]:
    """Five models, of which the last has no price; those before it have what is listed."""
    Price.objects.all().delete()
    brand, repair = BrandFactory(), RepairTypeFactory()
    models = [DeviceModelFactory(brand=brand, name=f"Fon {n}", release_year=2015 + n) for n in range(6)]
    for number, quality, price in {
        (number, quality): (number, quality, price) for number, quality, price in listed
    }.values():
        PriceFactory(device_model=models[number], repair_type=repair, part_quality=quality, price=price)
    train_estimators(actor=SYSTEM, currencies=["USD"])
    return models, repair


def _answers(model: DeviceModel, repair: Any) -> dict[str, Any]:
    """An answer for each quality, the worst first."""
    return {
        quality: estimated_price(Asked(model, repair, quality=quality), actor=Actor.system("test"), on=today())
        for quality in reversed(QUALITIES)
    }


@pytest.mark.exhaustive
@MANY
@given(listed=listings)
def test_a_better_quality_is_never_cheaper_and_bounds_hold(listed: list[tuple[int, str, Decimal]]) -> None:
    models, repair = _shop(listed)
    largest = max((price for *_, price in listed), default=Decimal(0))

    for model in (models[0], models[5]):
        found = _answers(model, repair)
        estimates = [one for one in found.values() if one.is_estimated and one.price is not None]
        assert [one.price for one in estimates] == sorted(one.price for one in estimates)
        assert [one.low for one in estimates] == sorted(one.low for one in estimates)
        assert [one.high for one in estimates] == sorted(one.high for one in estimates)
        for one in estimates:
            assert 0 < one.low <= one.price <= one.high <= largest * 100
            assert 0 <= one.confidence_score <= 1
        if not listed:
            assert {one.method for one in found.values()} == {"none"}


@pytest.mark.exhaustive
@MANY
@given(listed=listings, more=listings)
def test_more_prices_break_no_bounds(listed: list[Any], more: list[Any]) -> None:
    models, repair = _shop(listed + more)

    found = _answers(models[5], repair)

    assert {one.price is None for one in found.values()} == {not (listed or more)}
    assert all(one.low <= one.price <= one.high for one in found.values() if one.price is not None)


prices = st.decimals(Decimal("0.01"), Decimal("1000.00"), places=2)
intervals = st.lists(prices, min_size=3, max_size=3).map(sorted).map(lambda of: Interval(of[1], of[0], of[2]))


@pytest.mark.exhaustive
@given(found=intervals, listed=st.lists(st.tuples(st.sampled_from([*QUALITIES]), prices), max_size=5))
def test_estimates_stay_in_order_within_the_list(found: Interval, listed: list[tuple[str, Decimal]]) -> None:
    bounded = [within_list(found, quality, listed) for quality in reversed(QUALITIES)]

    for name in ("price", "low", "high"):
        values = [getattr(one, name) for one in bounded]
        assert values == sorted(values)
    assert all(0 < one.low <= one.price <= one.high for one in bounded)


def test_an_estimate_lies_between_the_listed_qualities_beside_it() -> None:
    listed = [("original", Decimal(100)), ("aftermarket_economy", Decimal(60))]
    found = Interval(Decimal(120), Decimal(50), Decimal(150))

    assert within_list(found, "aftermarket_standard", listed) == Interval(Decimal(100), Decimal(60), Decimal(100))
    assert within_list(found, "", listed) == found
    assert within_list(found, "original", listed) == Interval(Decimal(120), Decimal(60), Decimal(150))


@pytest.mark.parametrize(("low", "price", "high"), [(0, 1, 2), (2, 1, 3), (1, 3, 2), (-1, 1, 2)])
def test_what_is_no_interval_is_refused(low: int, price: int, high: int) -> None:
    with pytest.raises(ValueError, match="No interval"):
        Interval(Decimal(price), Decimal(low), Decimal(high))


def test_error_is_that_of_the_estimate() -> None:
    assert rules.error_of(Decimal("110.00"), Decimal("100.00")) == Decimal("0.1000")
    assert rules.error_of(Decimal("2.00"), Decimal("3.00")) == Decimal("-0.3333")


def test_prices_that_nobody_has_trained_on_yet_are_leant_on(seller: Api) -> None:
    shop = PricedShop(models=4)
    before = Event.objects.count()

    data = ask(seller, shop.unlisted(8), shop.screen, partQuality="original").body["data"]

    assert (data["isEstimated"], data["method"], data["reason"]) == (True, "few_prices", None)
    assert Decimal(78) <= Decimal(data["price"]) <= Decimal(300)
    assert {row["priceId"] for row in data["basis"]} <= {str(one.pk) for one in shop.prices}
    assert data["basis"]
    assert (EstimatorVersion.objects.count(), Event.objects.count()) == (0, before)


def test_a_repair_that_is_priced_since_the_last_training_is_estimated(seller: Api) -> None:
    shop = PricedShop(models=4)
    trained()
    battery = RepairTypeFactory(name="Battery")
    assert ask(seller, shop.unlisted(8), battery).body["data"]["reason"] == NEVER
    for model in shop.models:
        PriceFactory(device_model=model, repair_type=battery, price=Decimal(49))

    data = ask(seller, shop.unlisted(9), battery).body["data"]

    assert (data["price"], data["reason"]) == ("49.00", None)


def test_what_is_learnt_at_once_is_learnt_once_until_the_prices_change(seller: Api) -> None:
    shop, model = PricedShop(models=2, qualities=("original",)), DeviceModelFactory()
    at_once._learnt.clear()

    first = ask(seller, model, shop.screen).body["data"]["price"]
    assert ask(seller, model, shop.screen).body["data"]["price"] == first
    assert len(at_once._learnt) == 1
    for price in shop.prices:
        update_price(price.pk, {"price": price.price * 3}, actor=SYSTEM)

    assert Decimal(ask(seller, model, shop.screen).body["data"]["price"]) > Decimal(first) * 2


def test_of_a_long_list_only_the_prices_of_the_repair_are_learnt_at_once(
    seller: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_once, "MOST", 10)
    shop = PricedShop(models=12, qualities=("original",))
    battery = RepairTypeFactory(name="Battery")
    made = [PriceFactory(device_model=model, repair_type=battery, price=Decimal(49)) for model in shop.models[:3]]

    data = ask(seller, shop.unlisted(8), battery).body["data"]

    assert (data["price"], data["method"]) == ("49.00", "few_prices")
    assert {row["priceId"] for row in data["basis"]} <= {str(price.pk) for price in made}
