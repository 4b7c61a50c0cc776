"""The money of an order, as arithmetic and as it is answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core import money
from apps.repairs.rules import Charged, LineAmounts, OrderAmounts, balance, line_total, order_amounts
from tests.conftest import Api
from tests.factories import BranchFactory
from tests.repairs.contract import books, intake_body, item_body, named

D = Decimal


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "currency", "total"),
    [
        (1, "0", "0", "USD", "0.00"),
        (3, "33.33", "0", "USD", "99.99"),
        (3, "33.33", "0.99", "USD", "99.00"),
        (10_000, "0.01", "100", "USD", "0.00"),
        (3, "334", "2", "JPY", "1000"),
        (7, "0.145", "0.015", "KWD", "1.000"),
    ],
)
def test_a_line_is_quantity_times_price_less_discount(
    quantity: int, price: str, discount: str, currency: str, total: str
) -> None:
    result = line_total(LineAmounts(quantity, D(price), D(discount)), currency)

    assert str(result) == total


@pytest.mark.exhaustive
@given(
    st.sampled_from([("USD", 2), ("JPY", 0), ("KWD", 3)]),
    st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 10**6), st.integers(0, 100)), max_size=8),
)
@settings(max_examples=200, derandomize=True, database=None)
def test_totals_add_up_as_printed(currency: tuple[str, int], raw: list[tuple[int, int, int]]) -> None:
    code, digits = currency
    lines = []
    for quantity, minor, percent in raw:
        discount = quantity * minor * percent // 100
        lines.append(LineAmounts(quantity, D(minor).scaleb(-digits), D(discount).scaleb(-digits)))

    totals = order_amounts(lines, code)

    assert totals.subtotal - totals.discount_total == totals.total
    assert totals.total == sum((line_total(line, code) for line in lines), D(0))
    assert money.fits(totals.total, code)
    assert totals.total >= 0


@pytest.mark.parametrize(
    ("order", "owed"),
    [
        (Charged(D(100), D(0)), "100"),
        (Charged(D(100), D(100)), "0"),
        (Charged(D(100), D(120)), "-20"),
        (Charged(D(100), D(20), unrepaired=True), "-20"),
        (Charged(D(100), D(5), unrepaired=True, return_fee=D(20)), "15"),
        (Charged(D(100), D(20), return_fee=D(20)), "80"),
        (Charged(D(100), D(95), credited=D(10)), "-5"),
    ],
)
def test_the_balance_is_what_is_still_owed(order: Charged, owed: str) -> None:
    assert balance(order) == D(owed)


def test_an_order_of_no_lines_is_worth_nothing() -> None:
    assert order_amounts([], "USD") == OrderAmounts(D(0), D(0), D(0), D(0))


@pytest.mark.parametrize(
    ("currency", "items", "answered"),
    [
        (
            "USD",
            [{"quantity": 3, "unitPrice": 33.33, "discount": "0.99"}, {"unitPrice": 0.1}],
            ["100.09", "0.99", "99.10"],
        ),
        ("JPY", [{"quantity": 2, "unitPrice": 1500, "discount": "1"}, {"unitPrice": "7.000"}], ["3007", "1", "3006"]),
        ("KWD", [{"quantity": 3, "unitPrice": "1.005", "totalPrice": 3.015}], ["3.015", "0.000", "3.015"]),
        ("USD", [{"unitPrice": "99999999999"}], ["99999999999.00", "0.00", "99999999999.00"]),
        ("USD", [{"unitPrice": "0", "totalPrice": "0"}], ["0.00", "0.00", "0.00"]),
    ],
)
def test_totals_are_answered_in_the_digits_of_the_currency(
    admin: Api, currency: str, items: list[dict[str, Any]], answered: list[str]
) -> None:
    branch = BranchFactory(currency=currency)

    answer = admin.post("repairs", intake_body(branch, items=[item_body(**item) for item in items]))

    assert answer.status_code == 201
    data = answer.body["data"]
    assert [data["subtotal"], data["discountTotal"], data["totalPrice"]] == answered
    assert (data["currency"], data["balance"]) == (currency, answered[2])


@pytest.mark.parametrize(
    ("currency", "changes", "field"),
    [
        ("JPY", {"unitPrice": "0.5"}, "items.0.unitPrice"),
        ("JPY", {"discount": "0.5"}, "items.0.discount"),
        ("USD", {"unitPrice": "1.005"}, "items.0.unitPrice"),
    ],
)
def test_an_amount_that_the_currency_does_not_have_is_refused(
    admin: Api, currency: str, changes: dict[str, Any], field: str
) -> None:
    branch = BranchFactory(currency=currency)
    body = intake_body(branch, items=[item_body(**changes)])
    before = books()

    answer = admin.post("repairs", body)

    assert (answer.status_code, named(answer)) == (400, [(field, "invalid")])
    assert books() == before


def test_a_sum_that_no_column_holds_is_refused(admin: Api, branch: object) -> None:
    items = [item_body(unitPrice="99999999999"), item_body(unitPrice="99999999999")]
    body = intake_body(branch, items=items)
    before = books()

    answer = admin.post("repairs", body)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert named(answer) == [("items", "max_value")]
    assert books() == before
