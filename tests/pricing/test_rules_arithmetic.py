"""Rounding, markups and margins, without a database: what holds for every amount, and what is right for some."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.core import money
from apps.core.exceptions import ValidationFailed
from apps.pricing import rules
from apps.pricing.rules import BranchRule, Habit, Margin, Scope

D = Decimal
MADE = datetime(2026, 6, 1, tzinfo=UTC)
# A shop's amounts: cents from 0.01 to 99,999.99; steps and endings that a rule may have.
amounts = st.integers(1, 9_999_999).map(lambda cents: D(cents) / 100)
percents = st.integers(-9000, 100_000).map(lambda hundredths: D(hundredths) / 100)


@st.composite
def habits(draw: st.DrawFn) -> Habit:
    step = draw(st.sampled_from([0, 5, 10, 50, 100, 500, 1000, 5000]) | st.integers(1, 10_000))
    ending = draw(st.integers(1 - step, step - 1)) if step else 0
    return Habit(D(step) / 100, D(ending) / 100)


def branch_rule(markup: str = "0", added: str = "0", step: str = "0", ending: str = "0") -> BranchRule:
    return BranchRule(UUID(int=1), Scope(), MADE, D(markup), D(added), Habit(D(step), D(ending)))


def margin_rule(
    markup: str = "0", labour: str = "0", minimum: str | None = None, step: str = "0", ending: str = "0"
) -> Margin:
    least = None if minimum is None else D(minimum)
    return Margin(UUID(int=1), Scope(), MADE, D(markup), D(labour), least, Habit(D(step), D(ending)))


# Rounding.


@pytest.mark.parametrize(
    ("amount", "step", "ending", "rounded"),
    [
        ("102.49", "5", "0", "100.00"),
        ("102.50", "5", "0", "105.00"),
        ("87.30", "0", "0", "87.30"),
        ("7.48", "5", "-0.01", "4.99"),
        ("7.49", "5", "-0.01", "9.99"),
        ("94.00", "10", "-1", "99.00"),
        ("93.99", "10", "-1", "89.00"),
        ("0.50", "10", "0", "10.00"),
        ("0.50", "10", "-1", "9.00"),
        ("0.50", "10", "4", "4.00"),
        ("1.00", "10", "-6", "4.00"),
        ("0.001", "0", "0", "0.01"),
    ],
)
def test_an_amount_becomes_what_the_shop_writes(amount: str, step: str, ending: str, rounded: str) -> None:
    assert rules.to_habit(D(amount), Habit(D(step), D(ending)), "USD") == D(rounded)


@pytest.mark.parametrize(("currency", "rounded"), [("JPY", "12000"), ("KWD", "12345.678")])
def test_an_amount_has_the_digits_of_its_currency(currency: str, rounded: str) -> None:
    step = "1000" if currency == "JPY" else "0"

    assert rules.to_habit(D("12345.6781"), Habit(D(step)), currency) == D(rounded)


@pytest.mark.exhaustive
@given(amount=amounts, habit=habits())
def test_rounding_lands_on_the_grid_near_by_and_stays_there(amount: Decimal, habit: Habit) -> None:
    found = rules.to_habit(amount, habit, "USD")

    assert found > 0
    assert money.fits(found, "USD")
    assert rules.to_habit(found, habit, "USD") == found
    if habit.step:
        assert (found - habit.ending) % habit.step == 0
        near = abs(found - amount) <= habit.step / 2
        lowest = found <= habit.step  # the first one above 0
        assert near or lowest


@pytest.mark.exhaustive
@given(low=amounts, high=amounts, habit=habits())
def test_rounding_keeps_the_order_of_amounts(low: Decimal, high: Decimal, habit: Habit) -> None:
    low, high = sorted((low, high))

    assert rules.to_habit(low, habit, "USD") <= rules.to_habit(high, habit, "USD")


@pytest.mark.exhaustive
@given(amount=amounts, cost=amounts, habit=habits())
def test_rounding_alone_never_goes_below_the_cost(amount: Decimal, cost: Decimal, habit: Habit) -> None:
    found = rules.to_habit(amount, habit, "USD", floor=cost)

    if amount >= cost:
        assert found >= cost
    else:
        assert found == rules.to_habit(amount, habit, "USD")


@pytest.mark.parametrize("amount", ["99999999999.99", "9e30"])
def test_rounding_ends_where_amounts_end(amount: str) -> None:
    for habit in (Habit(), Habit(D(5), D("-0.01"))):
        assert money.fits(rules.to_habit(D(amount), habit, "EUR"), "EUR")


@pytest.mark.parametrize(
    ("step", "ending", "currency", "field"),
    [
        ("0.001", "0", "USD", "roundingStep"),
        ("5", "0.001", "USD", "roundingEnding"),
        ("0.5", "0", "JPY", "roundingStep"),
        ("-5", "0", "USD", "roundingStep"),
        ("5", "5", "USD", "roundingEnding"),
        ("5", "-5", "USD", "roundingEnding"),
        ("0", "-0.01", "USD", "roundingEnding"),
    ],
)
def test_a_habit_that_is_none_is_refused(step: str, ending: str, currency: str, field: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        rules.check_habit(Habit(D(step), D(ending)), currency)

    assert [detail.field for detail in refused.value.details] == [field]


# What a branch makes of the list.


def test_each_step_of_a_branch_rule_is_told() -> None:
    steps = rules.branch_steps(D("99.00"), None, branch_rule("10", "-2.5", "5", "-0.01"), "USD")

    assert [(step.kind, step.amount, step.words) for step in steps] == [
        ("markup", D("108.90"), "+10 %"),
        ("added", D("106.40"), "−2.5"),
        ("rounding", D("104.99"), "to a multiple of 5, −0.01"),
    ]


def test_a_rule_that_changes_nothing_makes_no_step() -> None:
    assert rules.branch_steps(D("99.00"), None, branch_rule(), "USD") == ()
    assert rules.branch_steps(D("100.00"), None, branch_rule(step="5"), "USD") == ()


@pytest.mark.parametrize("added", ["-99.00", "-100.00"])
def test_a_rule_that_leaves_nothing_to_pay_is_left_out(added: str) -> None:
    steps = rules.branch_steps(D("99.00"), None, branch_rule(added=added), "USD")

    assert [(step.kind, step.amount) for step in steps] == [("left_out", D("99.00"))]


@pytest.mark.exhaustive
@given(base=amounts, cost=amounts, markup=percents, added=st.integers(-5000, 5000), habit=habits())
def test_a_branch_price_can_be_paid_and_is_what_its_last_step_says(
    base: Decimal, cost: Decimal, markup: Decimal, added: int, habit: Habit
) -> None:
    rule = BranchRule(UUID(int=1), Scope(), MADE, max(markup, D(-90)), D(added) / 100, habit)
    exact = base * (1 + rule.markup_percent / 100) + rule.added_amount

    steps = rules.branch_steps(base, cost, rule, "USD")

    final = steps[-1].amount if steps else base
    assert final > 0
    assert money.fits(final, "USD")
    if exact <= 0:
        assert final == base
        return
    assert final == rules.to_habit(exact, habit, "USD", floor=cost)
    assert exact < cost or final >= cost


# What a shop makes of a cost.


@pytest.mark.parametrize(
    ("cost", "rule", "price"),
    [
        ("40.00", margin_rule("100", "25"), "105.00"),
        ("40.00", margin_rule("100", "25", step="10", ending="-1"), "109.00"),
        ("2.00", margin_rule("100", "5", minimum="29"), "29.00"),
        ("2.00", margin_rule("100", "5", minimum="29", step="10"), "30.00"),
        ("31.00", margin_rule(step="10"), "40.00"),
        ("0.00", margin_rule("100"), None),
        ("0.00", margin_rule("100", minimum="15"), "15.00"),
    ],
)
def test_a_price_is_made_of_a_cost(cost: str, rule: Margin, price: str | None) -> None:
    assert rules.margin_price(D(cost), rule, "USD") == (None if price is None else D(price))


@pytest.mark.exhaustive
@given(
    cost=amounts, dearer=amounts, markup=st.integers(0, 50_000), labour=st.integers(0, 50_000),
    minimum=st.none() | amounts, habit=habits(),
)  # fmt: skip
def test_a_margin_price_covers_cost_and_minimum_and_grows_with_the_cost(
    cost: Decimal, dearer: Decimal, markup: int, labour: int, minimum: Decimal | None, habit: Habit
) -> None:
    assume(dearer >= cost)
    rule = Margin(UUID(int=1), Scope(), MADE, D(markup) / 100, D(labour) / 100, minimum, habit)

    price, higher = rules.margin_price(cost, rule, "USD"), rules.margin_price(dearer, rule, "USD")

    assert price is not None
    assert higher is not None
    assert max(cost, minimum or D(0)) <= price <= higher
    assert money.fits(price, "USD")


@pytest.mark.parametrize(
    ("price", "cost", "left", "percent"),
    [
        ("99.00", None, None, None),
        ("99.00", "0.00", "99.00", "100.0"),
        ("99.00", "66.00", "33.00", "33.3"),
        ("80.00", "100.00", "-20.00", "-25.0"),
        ("80.00", "79.96", "0.04", "0.1"),
    ],
)
def test_margin_is_of_the_price(price: str, cost: str | None, left: str | None, percent: str | None) -> None:
    paid = None if cost is None else D(cost)

    assert rules.margin(D(price), paid) == (None if left is None else D(left))
    assert rules.margin_percent(D(price), paid) == (None if percent is None else D(percent))
