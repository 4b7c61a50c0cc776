"""Reorder points, quantities and proposals against values worked out by hand, and what must always hold of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.inventory.rules import negative_binomial
from apps.inventory.rules.demand import Forecast, Forecasting, Method, Pattern, Peers
from apps.inventory.rules.reordering import (
    HIGHEST_SERVICE,
    Basis,
    CycleService,
    Kept,
    Proposal,
    ReorderPlan,
    ShortageCost,
    Supply,
    economic_quantity,
    expectation,
    in_lots,
    plan_from,
    plan_reorder,
    propose,
    service_level,
)

SUPPLY = Supply(lead_time=9, unit_holding_cost=Decimal("0.2"), order_cost=Decimal(1))
SELDOM = Forecast(Method.TSB, Pattern.LUMPY, 0.1, 0.2, 2.0, 40, 4)

histories = st.lists(st.integers(0, 500) | st.just(0), min_size=8, max_size=40)
supplies = st.builds(
    Supply,
    lead_time=st.integers(0, 30).map(float),
    unit_holding_cost=st.decimals("0.01", 500, places=2),
    order_cost=st.decimals(0, 100, places=2),
    pack_size=st.integers(1, 60),
    minimum_order=st.integers(0, 100),
)
targets = st.builds(CycleService, st.floats(0, 1)) | st.builds(ShortageCost, st.decimals(0, 10_000, places=2))


@pytest.mark.parametrize(("probability", "count"), [(0.0, 0), (0.5, 0), (0.51, 1), (0.75, 1), (0.9, 3), (0.999, 9)])
def test_quantile_of_the_geometric_distribution(probability: float, count: int) -> None:
    # mean 1 and variance 2: P(X ≤ k) = 1 − 2^−(k + 1)
    assert negative_binomial.quantile(1.0, 2.0, probability) == count


def test_quantile_without_a_mean_is_nothing() -> None:
    assert negative_binomial.quantile(0.0, 5.0, 0.99) == 0


def test_quantile_varies_at_least_as_much_as_poisson() -> None:
    assert negative_binomial.quantile(4.0, 0.0, 0.95) == negative_binomial.quantile(4.0, 4.2, 0.95) == 8


@pytest.mark.parametrize("share", [0.02, 0.3, 0.95])
@pytest.mark.parametrize("shape", [0.05, 1.0, 7.5])
@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9, 0.99, 0.9999])
def test_both_ways_to_the_quantile_meet(share: float, shape: float, probability: float) -> None:
    summed = negative_binomial._summed(shape, share, probability)

    assert summed == negative_binomial._bisected(shape, share, probability)


def test_quantile_of_huge_demand_is_near_the_normal_one() -> None:
    count = negative_binomial.quantile(1e8, 1e10, 0.975)

    assert abs(count - (1e8 + 1.959964 * 1e5)) < 100
    assert negative_binomial.quantile(1e12, 1e20, 0.99) == 2_000_000_000


@pytest.mark.parametrize(
    ("quantity", "pack", "minimum", "lots"),
    [(0, 1, 0, 1), (0, 6, 0, 6), (6, 6, 0, 6), (6.01, 6, 0, 12), (1, 6, 7, 12), (260, 25, 10, 275), (3, 1, 10, 10)],
)
def test_lots_are_whole_packs_of_at_least_the_minimum(quantity: float, pack: int, minimum: int, lots: int) -> None:
    assert in_lots(quantity, replace(SUPPLY, pack_size=pack, minimum_order=minimum)) == lots


def test_economic_quantity_balances_orders_and_stock() -> None:
    supply = Supply(lead_time=1, unit_holding_cost=Decimal("0.04"), order_cost=Decimal(26))

    assert economic_quantity(1.0, supply) == 260.0  # √(2·52·26/0.04)
    assert economic_quantity(0.0, supply) == 0.0


def test_a_part_that_costs_nothing_to_hold_is_bought_for_a_year() -> None:
    supply = Supply(lead_time=1, unit_holding_cost=Decimal(0), order_cost=Decimal(26))

    assert economic_quantity(1.5, supply) == 78.0
    assert service_level(ShortageCost(Decimal(1)), SELDOM, 6, supply) == HIGHEST_SERVICE


def test_plan_keeps_every_number_that_led_to_it() -> None:
    plan = plan_from(SELDOM, SUPPLY, CycleService(0.9))

    # Ten weeks have mean 1 and variance 2; three units last with 0.9375. √(2·5.2·1/0.2) = √52 = 7.2.
    assert plan == ReorderPlan(
        basis=Basis.HISTORY, reorder_point=2, order_quantity=8, method=Method.TSB, pattern=Pattern.LUMPY, periods=40,
        demand_periods=4, mean=0.1, deviation=0.2**0.5, mean_size=2.0, protected_periods=10, protected_demand=1.0,
        protected_deviation=2**0.5, service_level=0.9, safety_stock=2.0, economic_quantity=52**0.5,
    )  # fmt: skip


def test_lead_time_that_varies_adds_to_the_spread() -> None:
    plan = plan_from(SELDOM, replace(SUPPLY, lead_time_deviation=20), CycleService(0.9))

    assert plan.protected_deviation == pytest.approx(6**0.5)  # 2 + (0.1 · 20)²
    assert plan.reorder_point == 3 - 1


def test_service_level_follows_from_the_cost_of_a_shortage() -> None:
    # 10 a demand of two units is 5 a unit: 1 − 0.2·8/(5·5.2)
    assert service_level(ShortageCost(Decimal(10)), SELDOM, 8, SUPPLY) == pytest.approx(1 - 1.6 / 26)
    assert service_level(ShortageCost(Decimal("0.1")), SELDOM, 8, SUPPLY) == 0.0
    assert service_level(ShortageCost(Decimal(0)), SELDOM, 8, SUPPLY) == 0.0


@pytest.mark.parametrize(("level", "kept"), [(-1.0, 0.0), (0.5, 0.5), (1.0, HIGHEST_SERVICE)])
def test_no_service_level_is_certain(level: float, kept: float) -> None:
    assert service_level(CycleService(level), SELDOM, 8, SUPPLY) == kept


def test_a_part_not_worth_keeping_is_bought_for_who_waits() -> None:
    supply = replace(SUPPLY, minimum_order=3)
    plan = plan_from(SELDOM, supply, ShortageCost(Decimal("0.1")))

    assert (plan.reorder_point, plan.order_quantity) == (-1, 3)
    assert propose(plan, supply, available=0, incoming=0) == Proposal(0, 0, plan)
    assert propose(plan, supply, available=0, incoming=0, waiting=1) == Proposal(3, -1, plan)
    assert propose(plan, supply, available=0, incoming=3, waiting=3) == Proposal(0, 0, plan)
    assert propose(plan, supply, available=0, incoming=0, waiting=7) == Proposal(7, -7, plan)


PEERS = Peers(0.05, 2.0)
OWN = (0, 2, 0, 0, 1, 0, 0, 1)


@pytest.mark.parametrize(
    ("history", "kept", "peers", "basis"),
    [
        (OWN, None, None, Basis.HISTORY),
        (OWN, Kept(5, 10), PEERS, Basis.HISTORY),
        (OWN[:7], Kept(5, 10), PEERS, Basis.KEPT),
        (OWN[:7], None, PEERS, Basis.NOTHING),
        ((), None, None, Basis.NOTHING),
        ((0,) * 60, None, None, Basis.NOTHING),
        ((0,) * 60, Kept(), None, Basis.NOTHING),
        ((0,) * 60, Kept(1, 0), PEERS, Basis.KEPT),
        ((0,) * 60, Kept(0, 1), PEERS, Basis.KEPT),
        ((0,) * 25, Kept(), PEERS, Basis.NOTHING),
        ((0,) * 26, Kept(), PEERS, Basis.PEERS),
    ],
)
def test_plan_stands_on_the_best_that_is_known(
    history: tuple[int, ...], kept: Kept | None, peers: Peers | None, basis: Basis
) -> None:
    plan = plan_reorder(expectation(history, Forecasting(), peers), SUPPLY, CycleService(0.95), kept)

    assert plan.basis is basis


def test_kept_level_and_quantity_are_taken_as_they_are_in_whole_packs() -> None:
    plan = plan_reorder(None, replace(SUPPLY, pack_size=4), CycleService(0.95), Kept(5, 10))

    assert plan == ReorderPlan(Basis.KEPT, 5, 12)
    assert propose(plan, SUPPLY, available=5, incoming=0).quantity == 12
    assert propose(plan, SUPPLY, available=5, incoming=1).quantity == 0


def test_without_anything_known_nothing_is_kept() -> None:
    plan = plan_reorder(None, SUPPLY, CycleService(0.95))

    assert plan == ReorderPlan(Basis.NOTHING, -1, 1)
    assert propose(plan, SUPPLY, available=0, incoming=0).quantity == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"lead_time": -1.0}, {"lead_time_deviation": -0.1}, {"unit_holding_cost": Decimal(-1)}, {"pack_size": 0},
        {"order_cost": Decimal(-1)}, {"minimum_order": -1}, {"review_period": 0.0}, {"periods_per_year": 0.0},
    ],
)  # fmt: skip
def test_supply_refuses_what_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not negative|takes? time"):
        replace(SUPPLY, **wrong)


def test_plan_for_huge_demand_stays_within_what_a_movement_holds() -> None:
    history = (2_000_000_000, 0) * 30

    plan = plan_reorder(expectation(history, Forecasting()), SUPPLY, CycleService(0.99))

    assert plan.reorder_point == 999_999


@pytest.mark.exhaustive
@given(histories, supplies, st.floats(0, 1), st.floats(0, 1))
def test_reorder_point_never_falls_with_the_service_level(
    history: list[int], supply: Supply, one: float, other: float
) -> None:
    expected = expectation(history, Forecasting())
    low, high = (plan_reorder(expected, supply, CycleService(level)) for level in sorted((one, other)))

    assert low.reorder_point <= high.reorder_point


@pytest.mark.exhaustive
@given(histories, supplies, targets, st.integers(1, 20))
def test_reorder_point_never_falls_with_the_lead_time(
    history: list[int], supply: Supply, target: CycleService | ShortageCost, later: int
) -> None:
    expected = expectation(history, Forecasting())
    soon, late = (
        plan_reorder(expected, each, target) for each in (supply, replace(supply, lead_time=supply.lead_time + later))
    )

    assert soon.reorder_point <= late.reorder_point


@pytest.mark.exhaustive
@given(histories, supplies, targets, st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 2000))
def test_proposal_is_whole_packs_that_lift_the_position_above_the_point(
    history: list[int],
    supply: Supply,
    target: CycleService | ShortageCost,
    available: int,
    incoming: int,
    waiting: int,
) -> None:
    plan = plan_reorder(expectation(history, Forecasting()), supply, target)

    proposal = propose(plan, supply, available=available, incoming=incoming, waiting=waiting)

    assert proposal.position == available + incoming - waiting
    assert proposal.quantity % supply.pack_size == 0
    assert proposal.position + proposal.quantity > plan.reorder_point
    assert (proposal.quantity == 0) == (proposal.position > plan.reorder_point)
    assert proposal.quantity == 0 or proposal.quantity >= supply.minimum_order


@pytest.mark.exhaustive
@given(histories, supplies, targets)
def test_the_same_history_gives_the_same_plan(
    history: list[int], supply: Supply, target: CycleService | ShortageCost
) -> None:
    assume(any(history))

    assert plan_reorder(expectation(history, Forecasting()), supply, target) == plan_reorder(
        expectation(tuple(history), Forecasting()), supply, target
    )
