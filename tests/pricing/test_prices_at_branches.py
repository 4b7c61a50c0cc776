"""A branch's own prices, and what only staff see of a price."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.pricing.models import Price
from tests.conftest import Api
from tests.factories import BranchFactory, DeviceModelFactory, PriceFactory, RepairTypeFactory


def body(**fields: Any) -> dict[str, Any]:
    made = {"deviceModelId": str(DeviceModelFactory().pk), "repairTypeId": str(RepairTypeFactory().pk)}
    return made | {"price": "99.00", "validFrom": "2026-01-01"} | fields


def refusal(answer: Any) -> tuple[int, str, list[str]]:
    return answer.status_code, answer.body["code"], [row["field"] for row in answer.body["details"]]


def test_branch_has_a_price_of_its_own_beside_that_of_the_list(manager: Api, branch: Branch) -> None:
    wanted = body()

    listed = manager.post("pricing", wanted)
    own = manager.post("pricing", wanted | {"branchId": str(branch.pk), "price": "89.00"})
    second = manager.post("pricing", wanted | {"branchId": str(branch.pk)})

    assert [answer.status_code for answer in (listed, own, second)] == [201, 201, 409]
    data = own.body["data"]
    assert (data["branchId"], data["branch"]) == (
        str(branch.pk),
        {"id": str(branch.pk), "name": "Harbour", "code": "HAR"},
    )
    assert Price.objects.count() == 2


def test_own_price_is_in_the_currency_of_its_branch(manager: Api, branch: Branch) -> None:
    Branch.objects.update(currency="EUR")

    made = manager.post("pricing", body(branchId=str(branch.pk)))
    dollars = manager.post("pricing", body(branchId=str(branch.pk), currency="USD"))

    assert made.body["data"]["currency"] == "EUR"
    assert refusal(dollars) == (400, "VALIDATION_ERROR", ["currency"])


def test_price_of_a_branch_that_there_is_not_or_that_is_another_ones_is_refused(
    manager: Api, admin: Api, other_branch: Branch
) -> None:
    foreign = body(branchId=str(other_branch.pk))

    answers = [manager.post("pricing", body(branchId=str(new_id()))), manager.post("pricing", foreign)]

    assert [refusal(answer) for answer in answers] == [(400, "FOREIGN_KEY_ERROR", ["branchId"])] * 2
    assert admin.post("pricing", foreign).status_code == 201


def test_price_of_another_branch_is_read_and_not_changed(manager: Api, other_branch: Branch) -> None:
    price = PriceFactory(branch=other_branch, valid_from=date(2026, 1, 1))

    answers = [
        manager.patch(f"pricing/{price.pk}", {"price": "1.00"}),
        manager.post(f"pricing/{price.pk}/replace", {"price": "1.00"}),
        manager.delete(f"pricing/{price.pk}"),
    ]

    assert manager.get(f"pricing/{price.pk}").status_code == 200
    assert [(answer.status_code, answer.body["code"]) for answer in answers] == [(404, "NOT_FOUND")] * 3
    assert Price.objects.get().price == Decimal("99.00")


def test_prices_are_filtered_by_branch_source_and_cost(seller: Api, branch: Branch) -> None:
    listed = PriceFactory(source="import")
    own = PriceFactory(branch=branch, cost=Decimal("1.00"))

    def found(query: str) -> set[str]:
        return {row["id"] for row in seller.get(f"pricing?{query}").body["data"]["items"]}

    assert found(f"branchId={branch.pk}") == found("hasBranch=true") == found("hasCost=true") == {str(own.pk)}
    assert found("hasBranch=false") == found("hasCost=false") == found("source=import") == {str(listed.pk)}
    assert found("source=person") == {str(own.pk)}


@pytest.mark.parametrize(
    ("price", "cost", "margin", "percent"),
    [
        ("99.00", None, None, None),
        ("99.00", "66.00", "33.00", 33.3),
        ("80.00", "100.00", "-20.00", -25.0),
        ("12000", "5000", "7000", 58.3),
    ],
)
def test_staff_see_the_margin(
    seller: Api, db: None, price: str, cost: str | None, margin: str | None, percent: float | None
) -> None:
    currency = "JPY" if price == "12000" else "USD"
    made = PriceFactory(price=Decimal(price), cost=None if cost is None else Decimal(cost), currency=currency)

    data = seller.get(f"pricing/{made.pk}").body["data"]

    assert (data["margin"], data["marginPercent"]) == (margin, percent)


def test_customers_see_neither_margin_nor_source(customer: Api, branch: Branch) -> None:
    own = PriceFactory(branch=branch, cost=Decimal("1.00"))
    PriceFactory(branch=BranchFactory(is_active=False))

    rows = customer.get("pricing").body["data"]["items"]

    assert [row["id"] for row in rows] == [str(own.pk)]
    assert rows[0].keys() & {"cost", "margin", "marginPercent", "source", "notes"} == set()
    assert rows[0]["branch"]["code"] == "HAR"


@pytest.mark.parametrize(
    ("hour", "at_home", "abroad", "of_the_list"), [(12, True, False, True), (16, True, True, True)]
)
def test_customers_see_what_is_valid_on_the_calendar_of_each_branch(
    customer: Api, hour: int, at_home: bool, abroad: bool, of_the_list: bool
) -> None:
    home, far = BranchFactory(timezone="UTC"), BranchFactory(timezone="Asia/Tokyo")  # nine hours ahead
    new = {"valid_from": date(2026, 6, 16)}
    last = {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 6, 15)}
    prices = [PriceFactory(branch=home, **last), PriceFactory(branch=far, **new), PriceFactory(**last)]

    with time_machine.travel(datetime(2026, 6, 15, hour, tzinfo=UTC)):
        seen = {row["id"] for row in Api(customer.user).get("pricing").body["data"]["items"]}

    assert [str(price.pk) in seen for price in prices] == [at_home, abroad, of_the_list]


@time_machine.travel(datetime(2026, 6, 15, 16, tzinfo=UTC), tick=False)
def test_price_begins_today_on_the_calendar_of_its_branch(manager: Api, branch: Branch) -> None:
    Branch.objects.update(timezone="Asia/Tokyo")
    api, wanted = Api(manager.user), body()
    del wanted["validFrom"]

    answers = [api.post("pricing", wanted | fields) for fields in ({}, {"branchId": str(branch.pk)})]

    assert [answer.body["data"]["validFrom"] for answer in answers] == ["2026-06-16"] * 2
