"""Lines without a price take the listed one, else an estimate; the real price settles it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.audit.models import Event
from apps.inventory.models import Branch
from apps.pricing.models import EstimateRecord, Price
from apps.pricing.services import create_price, train_estimators
from apps.pricing.services.bulk_writing import PriceBatch, write_prices
from apps.repairs.models import RepairLine, RepairOrder
from apps.repairs.selectors import ChargedLines
from tests.conftest import Api
from tests.factories import CustomerFactory, PriceFactory, RepairTypeFactory, line, member, order
from tests.pricing.shops import SYSTEM, PricedShop, trained
from tests.repairs.contract import WAY_TO, books, intake_body, item_body, named

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> PricedShop:
    made = PricedShop()
    trained()
    return made


def take_in(api: Api, branch: Branch, shop: PricedShop, **fields: Any) -> Any:
    item = {"repairTypeId": str(shop.screen.pk)}
    body = intake_body(branch, deviceModelId=str(shop.unlisted().pk), items=[item], **fields)
    return api.post("repairs", body)


def estimated(branch: Branch, shop: PricedShop, **fields: Any) -> RepairOrder:
    """An order of one line that has taken an estimate."""
    wanted = [line(repair_type_id=shop.screen.pk, unit_price=None)]
    return order(branch, device_model=shop.unlisted().pk, lines=wanted, **fields)


def test_a_line_that_is_not_listed_takes_the_estimate(seller: Api, branch: Branch, shop: PricedShop) -> None:
    answer = take_in(seller, branch, shop)

    assert answer.status_code == 201
    data = answer.body["data"]
    (item,) = data["items"]
    record = EstimateRecord.objects.get()
    assert item["unitPriceIsEstimated"] is True
    assert item["estimate"] == {
        "price": item["unitPrice"],
        "low": f"{record.low:.2f}",
        "high": f"{record.high:.2f}",
        "confidenceScore": float(record.confidence_score),
        "method": "similar_prices",
    }
    assert data["totalPrice"] == item["unitPrice"] == f"{record.price:.2f}"
    assert (record.source_kind, str(record.source_id), record.branch_id, record.version) == (
        "repairs.repairline", item["id"], branch.pk, 1,
    )  # fmt: skip
    assert (record.actual_price, record.settled_at) == (None, None)
    told = Event.objects.get(type="pricing.estimate_taken")
    assert (told.aggregate_id, told.payload["source_id"]) == (record.pk, item["id"])


def test_the_customer_sees_that_it_is_one_and_how_far_off_it_may_be(branch: Branch, shop: PricedShop) -> None:
    user = member("customer", None)
    taken_in = estimated(branch, shop, customer=CustomerFactory(user=user).pk)

    (item,) = Api(user).get(f"repairs/{taken_in.pk}").body["data"]["items"]

    record = EstimateRecord.objects.get()
    assert item["unitPriceIsEstimated"] is True
    assert item["estimate"] == {"low": f"{record.low:.2f}", "high": f"{record.high:.2f}"}


def test_a_listed_price_and_a_named_one_are_no_estimates(seller: Api, branch: Branch, shop: PricedShop) -> None:
    price = PriceFactory(price=Decimal("77.00"))
    items = [{"repairTypeId": str(price.repair_type_id)}, item_body()]

    data = seller.post("repairs", intake_body(branch, deviceModelId=str(price.device_model_id), items=items)).body[
        "data"
    ]

    assert [(item["unitPrice"], item["unitPriceIsEstimated"], item["estimate"]) for item in data["items"]] == [
        ("77.00", False, None), ("100.00", False, None),
    ]  # fmt: skip
    assert not EstimateRecord.objects.exists()


def test_a_line_that_nobody_can_price_is_refused(seller: Api, branch: Branch, shop: PricedShop) -> None:
    items = [{"repairTypeId": str(RepairTypeFactory().pk)}]
    body = intake_body(branch, deviceModelId=str(shop.unlisted().pk), items=items)
    before = books()

    answer = seller.post("repairs", body)

    assert (answer.status_code, named(answer)) == (400, [("items.0.unitPrice", "required")])
    assert answer.body["error"].startswith("There is no single listed price for this repair; name one.")
    assert books() == before
    assert not EstimateRecord.objects.exists()


def test_several_listed_prices_leave_the_choice_to_a_person(seller: Api, branch: Branch, shop: PricedShop) -> None:
    items = [{"repairTypeId": str(shop.screen.pk)}]

    answer = seller.post("repairs", intake_body(branch, deviceModelId=str(shop.models[0].pk), items=items))

    assert (answer.status_code, named(answer)) == (400, [("items.0.unitPrice", "required")])
    assert not EstimateRecord.objects.exists()


@pytest.mark.parametrize("price", ["100.00", "0.00"])
def test_a_price_that_somebody_sets_takes_the_mark_away(
    manager: Api, branch: Branch, shop: PricedShop, price: str
) -> None:
    taken_in = estimated(branch, shop)
    path = f"repairs/{taken_in.pk}/items/{taken_in.lines.get().pk}"

    data = manager.patch(path, {"unitPrice": price}).body["data"]

    record = EstimateRecord.objects.get()
    assert (data["unitPrice"], data["unitPriceIsEstimated"], data["estimate"]) == (price, False, None)
    settled = None if price == "0.00" else Decimal(price)  # a gift says nothing about the estimate
    assert (record.actual_price, record.settled_at is None) == (settled, settled is None)
    told = Event.objects.filter(type="pricing.estimate_settled")
    assert [Decimal(event.payload["error"]) for event in told] == (
        [(record.price / 100 - 1).quantize(Decimal("0.0001"))] if settled else []
    )


def test_a_change_of_something_else_leaves_the_estimate(manager: Api, branch: Branch, shop: PricedShop) -> None:
    taken_in = estimated(branch, shop)
    before = taken_in.lines.get()

    data = manager.patch(f"repairs/{taken_in.pk}/items/{before.pk}", {"quantity": 2}).body["data"]

    assert (data["unitPriceIsEstimated"], Decimal(data["unitPrice"])) == (True, before.unit_price)
    assert EstimateRecord.objects.get().settled_at is None


@pytest.mark.exhaustive
def test_another_repair_is_priced_anew(manager: Api, branch: Branch, shop: PricedShop) -> None:
    taken_in = estimated(branch, shop)
    battery = PriceFactory(device_model=taken_in.device_model, price=Decimal("35.00")).repair_type
    path = f"repairs/{taken_in.pk}/items/{taken_in.lines.get().pk}"

    listed = manager.patch(path, {"repairTypeId": str(battery.pk)}).body["data"]

    assert (listed["unitPrice"], listed["unitPriceIsEstimated"]) == ("35.00", False)
    assert EstimateRecord.objects.get().settled_at is None


def test_the_price_of_another_repair_does_not_settle_the_estimate(
    manager: Api, branch: Branch, shop: PricedShop
) -> None:
    taken_in = estimated(branch, shop)
    path = f"repairs/{taken_in.pk}/items/{taken_in.lines.get().pk}"
    battery = {"repairTypeId": str(RepairTypeFactory(name="Battery").pk), "unitPrice": "20.00"}

    data = manager.patch(path, battery).body["data"]

    assert (data["unitPrice"], data["unitPriceIsEstimated"]) == ("20.00", False)
    assert EstimateRecord.objects.get().actual_price is None


def test_a_list_price_for_the_same_settles_the_estimate(branch: Branch, shop: PricedShop) -> None:
    taken_in = estimated(branch, shop)
    key = {"device_model": taken_in.device_model, "repair_type": shop.screen}
    create_price({**key, "repair_type": RepairTypeFactory(), "price": Decimal("1.00")}, actor=SYSTEM)
    create_price({**key, "currency": "EUR", "price": Decimal("1.00")}, actor=SYSTEM)
    elsewhere = EstimateRecord.objects.get().settled_at

    create_price({**key, "part_quality": "aftermarket_premium", "price": Decimal("210.00")}, actor=SYSTEM)

    record = EstimateRecord.objects.get()
    assert elsewhere is None
    assert record.actual_price == Decimal("210.00")
    assert taken_in.lines.get().estimate is not None  # the order keeps its price until somebody changes it


def test_a_price_that_is_written_with_many_others_settles_too(branch: Branch, shop: PricedShop) -> None:
    taken_in = estimated(branch, shop)
    price = Price(device_model=taken_in.device_model, repair_type=shop.screen, price=Decimal("180.00"))

    with transaction.atomic():
        write_prices(PriceBatch(made=[price]), actor=SYSTEM, reason="spring")

    assert EstimateRecord.objects.get().actual_price == Decimal("180.00")


def test_a_listed_estimate_is_settled_by_the_person_who_replaces_it(manager: Api) -> None:
    price = create_price(
        {
            "device_model": PriceFactory().device_model, "repair_type": RepairTypeFactory(), "price": Decimal("80.00"),
            "is_estimated": True, "confidence_score": Decimal("0.4"),
        },
        actor=SYSTEM,
    )  # fmt: skip
    waiting = EstimateRecord.objects.get()

    manager.patch(f"pricing/{price.pk}", {"price": "100.00", "isEstimated": False})

    record = EstimateRecord.objects.get()
    assert (waiting.source_kind, waiting.source_id, waiting.method, waiting.settled_at) == (
        "pricing.price", price.pk, "listed", None,
    )  # fmt: skip
    assert (record.price, record.actual_price) == (Decimal("80.00"), Decimal("100.00"))


@pytest.mark.exhaustive
def test_an_intake_without_an_estimate_asks_nothing_more(seller: Api, branch: Branch, shop: PricedShop) -> None:
    body = intake_body(branch)
    seller.post("repairs", body)

    with CaptureQueriesContext(connection) as queries:
        answer = seller.post("repairs", intake_body(branch) | {"customerId": body["customerId"]})

    asked = [query["sql"] for query in queries if "pricing_" in query["sql"]]
    assert (answer.status_code, asked) == (201, [])


@pytest.mark.exhaustive
def test_charged_lines_are_told_to_the_price_list(branch: Branch, shop: PricedShop) -> None:
    done = order(
        branch, status=WAY_TO["completed"], lines=[line(unit_price=Decimal("55.00")), line(unit_price=Decimal(0))]
    )
    order(branch)  # nothing is charged yet
    estimated(branch, shop, status=WAY_TO["completed"])

    found = list(ChargedLines().charged("USD", date(2020, 1, 1), 10))

    (charged,) = found
    first = RepairLine.objects.get(order=done, unit_price=55)
    assert (charged.source_id, charged.device_model_id, charged.repair_type_id, charged.unit_price) == (
        first.pk, done.device_model_id, first.repair_type_id, Decimal("55.00"),
    )  # fmt: skip
    done.refresh_from_db()
    assert charged.on == done.completed_at.date()
    assert list(ChargedLines().charged("EUR", date(2020, 1, 1), 10)) == []
    assert list(ChargedLines().charged("USD", date(2090, 1, 1), 10)) == []


@pytest.mark.exhaustive
def test_training_learns_from_charged_lines(branch: Branch, shop: PricedShop) -> None:
    order(branch, status=WAY_TO["completed"], lines=[line(unit_price=Decimal("55.00"))])

    (version,) = train_estimators(actor=SYSTEM)

    assert (version.known_prices, version.known_lines) == (16, 1)
