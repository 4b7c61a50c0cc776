"""What a repair costs at a branch on a day: its own price, else the list with its most exact rule."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.pricing.models import Price
from apps.pricing.selectors import Asked, effective_price, estimated_price, price_of_line
from tests.conftest import Api
from tests.factories import BranchPriceRuleFactory, BrandFactory, PartTypeFactory, PriceFactory, line, order

NOBODY = UUID("01234567-89ab-7def-8123-456789abcdef")
NEW_YEAR, JUNE = date(2026, 1, 1), date(2026, 6, 15)


@pytest.fixture
def price(db: None) -> Price:
    made: Price = PriceFactory(price=Decimal("99.00"), cost=Decimal("40.00"), valid_from=NEW_YEAR)
    return made


def rule(branch: Branch, **fields: Any) -> Any:
    return BranchPriceRuleFactory(branch=branch, valid_from=NEW_YEAR, **fields)


def other(price: Price, amount: str, **fields: Any) -> Price:
    same = {"device_model": price.device_model, "repair_type": price.repair_type, "valid_from": NEW_YEAR}
    made: Price = PriceFactory(price=Decimal(amount), **same | fields)
    return made


def ask(api: Api, price: Price, **query: Any) -> Any:
    asked = {"deviceModelId": price.device_model_id, "repairTypeId": price.repair_type_id, "on": "2026-06-15"} | query
    return api.get("pricing/effective?" + "&".join(f"{name}={value}" for name, value in asked.items() if value))


def test_price_of_the_list_is_told_with_how_it_was_made(seller: Api, branch: Branch, price: Price) -> None:
    made = rule(branch, markup_percent=Decimal("12.5"), rounding_step=Decimal(5), rounding_ending=Decimal("-0.01"))

    answer = ask(seller, price, branchId=branch.pk)

    assert answer.status_code == 200
    assert answer.body["data"] == {
        "price": "109.99",
        "currency": "USD",
        "priceId": str(price.pk),
        "partTypeId": None,
        "partQuality": "original",
        "branchId": str(branch.pk),
        "on": "2026-06-15",
        "reason": None,
        "ruleId": str(made.pk),
        "basis": [
            {"step": "list_price", "amount": "99.00", "words": "Price of the list since 2026-01-01"},
            {"step": "markup", "amount": "111.38", "words": "+12.5 %"},
            {"step": "rounding", "amount": "109.99", "words": "to a multiple of 5, −0.01"},
        ],
    }


def test_own_price_goes_before_list_and_rules(seller: Api, branch: Branch, price: Price) -> None:
    rule(branch)
    own = other(price, "79.00", branch=branch)

    data = ask(seller, price, branchId=branch.pk).body["data"]

    assert (data["price"], data["priceId"], data["ruleId"]) == ("79.00", str(own.pk), None)
    assert data["basis"] == [
        {"step": "own_price", "amount": "79.00", "words": "The branch's own price since 2026-01-01"}
    ]


def test_another_branch_has_the_list(seller: Api, branch: Branch, other_branch: Branch, price: Price) -> None:
    rule(branch)
    other(price, "79.00", branch=branch)

    found = [ask(seller, price, branchId=pk).body["data"] for pk in (other_branch.pk, None)]

    assert [(data["price"], data["priceId"]) for data in found] == [("99.00", str(price.pk))] * 2


def test_the_most_exact_rule_counts(branch: Branch, price: Price) -> None:
    model = price.device_model
    model.device_type = "phone"

    def now() -> Any:
        found = effective_price(model, price.repair_type_id, None, None, branch, JUNE)
        return found.rule_id if found else None

    expected = []
    for fields in (
        {}, {"part_quality": "original"}, {"device_type": "phone"}, {"brand": model.brand},
        {"repair_type": price.repair_type}, {"repair_type": price.repair_type, "part_quality": "original"},
    ):  # fmt: skip
        expected.append(rule(branch, **fields).pk)
        assert now() == expected[-1]
    for fields in ({"brand": BrandFactory(), "device_type": "phone", "part_quality": "original"}, {"is_active": False}):
        rule(branch, repair_type=price.repair_type, **fields)
        assert now() == expected[-1]


@pytest.mark.parametrize(("day", "price"), [("2026-05-31", "99.00"), ("2026-06-01", "108.90"), ("2026-06-30", "108.90"),
                                            ("2026-07-01", "99.00")])  # fmt: skip
def test_rule_counts_on_its_days(seller: Api, branch: Branch, day: str, price: str) -> None:
    listed = PriceFactory(valid_from=NEW_YEAR)
    BranchPriceRuleFactory(branch=branch, valid_from=date(2026, 6, 1), valid_until=date(2026, 6, 30))

    assert ask(seller, listed, branchId=branch.pk, on=day).body["data"]["price"] == price


def test_best_quality_is_told_unless_one_is_named(seller: Api, branch: Branch, price: Price) -> None:
    part = PartTypeFactory(quality="aftermarket_premium")
    cheap = other(price, "59.00", part_type=part, part_quality="aftermarket_premium")
    other(price, "49.00", part_quality="aftermarket_economy")

    def told(**query: Any) -> str:
        found: str = ask(seller, price, branchId=branch.pk, **query).body["data"]["price"]
        return found

    assert told() == "99.00"
    assert told(partTypeId=part.pk) == told(partQuality="aftermarket_premium") == "59.00"
    assert told(partQuality="aftermarket_economy") == "49.00"
    assert ask(seller, price, partTypeId=part.pk).body["data"]["priceId"] == str(cheap.pk)


def test_without_a_price_it_says_why(seller: Api, branch: Branch, price: Price) -> None:
    Branch.objects.update(currency="EUR")
    answers = [ask(seller, price, branchId=branch.pk), ask(seller, price, on="2025-12-31")]

    assert [answer.status_code for answer in answers] == [200, 200]
    foreign, early = (answer.body["data"] for answer in answers)
    assert (foreign["price"], foreign["currency"], foreign["basis"], foreign["ruleId"]) == (None, "EUR", [], None)
    assert foreign["reason"] == "There is a price in USD only, and Harbour takes EUR."
    assert (early["price"], early["priceId"], early["currency"]) == (None, None, "USD")
    assert early["reason"] == "There is no listed price for this model and repair."


def test_customers_are_told_the_price_of_today_and_not_how_it_was_made(
    customer: Api, branch: Branch, price: Price
) -> None:
    rule(branch)
    with time_machine.travel(datetime(2026, 6, 15, 12, tzinfo=UTC)):
        api = Api(customer.user)
        today, tomorrow = (ask(api, price, branchId=branch.pk, on=f"2026-06-{day}") for day in (15, 16))

    assert today.body["data"]["price"] == "108.90"
    assert today.body["data"].keys() & {"basis", "ruleId"} == set()
    assert (tomorrow.status_code, tomorrow.body["code"]) == (400, "VALIDATION_ERROR")
    assert [row["field"] for row in tomorrow.body["details"]] == ["on"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"deviceModelId": NOBODY}, 400, "FOREIGN_KEY_ERROR"),
        ({"repairTypeId": None}, 400, "VALIDATION_ERROR"),
        ({"branchId": NOBODY}, 404, "NOT_FOUND"),
        ({"on": "soon"}, 400, "VALIDATION_ERROR"),
        ({"partQuality": "best"}, 400, "VALIDATION_ERROR"),
        ({"colour": "red"}, 400, "VALIDATION_ERROR"),
    ],
    ids=str,
)
def test_a_question_that_is_none_is_refused(
    seller: Api, price: Price, query: dict[str, Any], status: int, code: str
) -> None:
    answer = ask(seller, price, **query)

    assert (answer.status_code, answer.body["code"]) == (status, code)


def test_lines_and_estimates_take_what_the_branch_charges(branch: Branch, price: Price) -> None:
    rule(branch)
    key = (price.device_model, price.repair_type_id, None, branch)
    asked = Asked(price.device_model, price.repair_type, branch=branch)

    charged = price_of_line(*key, "USD", on=JUNE)
    estimated = estimated_price(asked, actor=Actor.system("test"), on=JUNE)
    euros = price_of_line(*key, "EUR", on=JUNE)

    assert charged.price == Decimal("108.90")
    assert (estimated.price, estimated.basis[0].amount) == (Decimal("108.90"), Decimal("108.90"))
    assert euros.price is None


def test_a_line_without_a_price_takes_what_its_branch_charges(branch: Branch, price: Price) -> None:
    rule(branch, added_amount=Decimal("5.10"))

    taken_in = order(
        branch, device_model=price.device_model_id, lines=[line(repair_type_id=price.repair_type_id, unit_price=None)]
    )

    assert taken_in.lines.get().unit_price == Decimal("114.00")


def test_own_and_listed_price_of_one_repair_are_one_price_for_a_line(branch: Branch, price: Price) -> None:
    other(price, "79.00", branch=branch)
    found = price_of_line(price.device_model, price.repair_type_id, None, branch, "USD", on=JUNE)

    assert found.price == Decimal("79.00")


def test_effective_price_takes_two_look_ups_at_most(branch: Branch, price: Price) -> None:
    for _ in range(3):
        rule(branch)

    with CaptureQueriesContext(connection) as queries:
        found = effective_price(price.device_model, price.repair_type_id, None, None, branch, JUNE)
        none = effective_price(price.device_model, price.repair_type_id, None, None, branch, date(2020, 1, 1))

    assert (found is not None, none is None, len(queries)) == (True, True, 3)
