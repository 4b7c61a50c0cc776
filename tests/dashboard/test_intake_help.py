"""What the intake tells the counter by itself: the model of an IMEI, notices, and what unlisted repairs would cost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Customer
from apps.catalog.models import DeviceModel, ModelNotice, TypeAllocation
from apps.inventory.models import Branch
from apps.pricing.models import EstimateRecord, Price
from apps.repairs.models import RepairLine, RepairOrder
from tests.dashboard.browser import Browser
from tests.factories import (
    BranchPriceRuleFactory,
    BrandFactory,
    CustomerFactory,
    DeviceModelFactory,
    PriceFactory,
    RepairTypeFactory,
)
from tests.pricing.shops import PricedShop, trained

IMEI = "490154203237518"


@pytest.fixture
def model(db: None) -> DeviceModel:
    found: DeviceModel = DeviceModelFactory(brand=BrandFactory(name="Apple"), name="iPhone X", device_type="phone")
    return found


@pytest.fixture
def kim(db: None) -> Customer:
    found: Customer = CustomerFactory(first_name="Kim", last_name="Novák")
    return found


@pytest.mark.parametrize("typed", [IMEI, "49-015420-323751-8", "4901542032375101"])
def test_an_imei_leads_to_its_model_and_stands_in_the_form(
    counter: Browser, kim: Customer, model: DeviceModel, typed: str
) -> None:
    TypeAllocation.objects.create(tac="49015420", brand="Apple", name="iPhone X", device_model=model)

    counter.open(f"/dashboard/intake/{kim.pk}/", q=typed)

    assert counter.path == f"/dashboard/intake/{kim.pk}/{model.pk}/?imei={IMEI}"
    assert counter.form(priority="normal").fields["device_imei"] == IMEI


def test_a_wrong_imei_is_said_to_be_one(counter: Browser, kim: Customer, model: DeviceModel) -> None:
    counter.open(f"/dashboard/intake/{kim.pk}/", q="490154203237517")

    assert "The last digit does not match the others: one of them is wrong." in counter.text
    assert (counter.response.context["found"], "No device model is called" in counter.text) == ((), False)


def test_an_imei_of_an_unknown_type_is_kept_while_the_model_is_looked_for(
    counter: Browser, kim: Customer, model: DeviceModel
) -> None:
    counter.open(f"/dashboard/intake/{kim.pk}/", q=IMEI)
    assert "its type is not known" in counter.text

    counter.submit(counter.form(q=IMEI), q="iphone x")

    assert counter.path == f"/dashboard/intake/{kim.pk}/{model.pk}/?imei={IMEI}"
    assert counter.form(priority="normal").fields["device_imei"] == IMEI


def test_notices_on_model_and_brand_are_shown_the_loudest_first(
    counter: Browser, kim: Customer, model: DeviceModel
) -> None:
    battery, yesterday = RepairTypeFactory(name="Battery"), timezone.localdate() - timedelta(days=1)
    ModelNotice.objects.create(brand=model.brand, text="Ask for the passcode.")
    ModelNotice.objects.create(device_model=model, repair_type=battery, level="warning", text="<b>Glued</b>: heat.")
    ModelNotice.objects.create(device_model=model, text="Over.", valid_from=yesterday, valid_until=yesterday)
    ModelNotice.objects.create(device_model=DeviceModelFactory(), text="Of another.")

    counter.open(f"/dashboard/intake/{kim.pk}/{model.pk}/")

    shown = [notice.text for notice in counter.response.context["notices"]]
    assert shown == ["<b>Glued</b>: heat.", "Ask for the passcode."]
    assert "&lt;b&gt;Glued&lt;/b&gt;: heat." in counter.text


@pytest.mark.exhaustive
def test_an_estimate_is_offered_beside_the_list_and_taken_as_one(
    counter: Browser, kim: Customer, branch: Branch
) -> None:
    shop = PricedShop()
    version, model = trained(), shop.unlisted()
    battery = PriceFactory(device_model=model, repair_type__name="Battery", price=Decimal("49.00"))
    counter.open(f"/dashboard/intake/{kim.pk}/{model.pk}/")
    form = counter.form(priority="normal")
    (offer,) = [one for one in counter.response.context["form"].offers if one.estimate]

    counter.submit(form, **{f"offer_{offer.key}": "on", f"offer_{battery.pk.hex}": "on"}, issue_description="cracked")

    lines = {line.repair_type.name: line for line in RepairLine.objects.select_related("repair_type")}
    screen, record = lines["Screen"], EstimateRecord.objects.get()
    assert counter.path == f"/dashboard/orders/{RepairOrder.objects.get().pk}/"
    assert (lines["Battery"].unit_price, lines["Battery"].estimate) == (Decimal(49), None)
    assert (screen.unit_price, record.source_id, record.version) == (offer.amount, screen.pk, version.number)
    assert (record.price, record.low, record.high) == (offer.amount, *offer.interval)
    assert f"estimate: {screen.estimate['low']} to {screen.estimate['high']}" in counter.text


def test_nothing_is_estimated_where_everything_is_listed_or_nothing_is_known(
    counter: Browser, kim: Customer, model: DeviceModel
) -> None:
    shop = PricedShop()
    counter.open(f"/dashboard/intake/{kim.pk}/{shop.models[0].pk}/")

    assert [one.estimate for one in counter.response.context["form"].offers] == [None, None]
    assert "Estimated, as nothing is listed" not in counter.text


@pytest.mark.exhaustive
def test_what_is_offered_is_what_the_branch_takes(
    counter: Browser, kim: Customer, model: DeviceModel, branch: Branch
) -> None:
    listed = PriceFactory(device_model=model, price=Decimal("100.00"))
    BranchPriceRuleFactory(branch=branch, markup_percent=Decimal(10))
    own = PriceFactory(device_model=model, price=Decimal("80.00"), branch=branch)
    counter.open(f"/dashboard/intake/{kim.pk}/{model.pk}/")
    form = counter.form(priority="normal")

    counter.submit(form, **{f"offer_{listed.pk.hex}": "on", f"offer_{own.pk.hex}": "on"}, issue_description="cracked")

    assert sorted(RepairLine.objects.values_list("unit_price", flat=True)) == [Decimal(80), Decimal(110)]
    assert sorted(Price.objects.values_list("price", flat=True)) == [Decimal(80), Decimal(100)]


@pytest.mark.exhaustive
def test_the_page_asks_as_often_however_much_there_is_to_estimate(counter: Browser, kim: Customer) -> None:
    shop = PricedShop()
    trained()
    model, counts = shop.unlisted(), []
    counter.open(f"/dashboard/intake/{kim.pk}/{model.pk}/")  # the estimator is read into memory once

    for more in (0, 3):
        for price in shop.prices[:more]:
            PriceFactory(device_model=price.device_model, repair_type=RepairTypeFactory())
        with CaptureQueriesContext(connection) as queries:
            counter.open(f"/dashboard/intake/{kim.pk}/{model.pk}/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
