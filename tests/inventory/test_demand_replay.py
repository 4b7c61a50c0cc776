"""The replay of recorded demand: units are conserved, nothing looks ahead, and the command's figures are right."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.inventory.rules.demand import Peers
from apps.inventory.rules.reordering import Basis, ReorderPlan, Supply
from tests.benchmarks.reorder import SHORTAGES, Forecasting, Policy, main, planner, stock_room, trial
from tests.benchmarks.replay import Part, Span, Tally, live, read_parts, total, value_at

SUPPLY = Supply(lead_time=1, unit_holding_cost=Decimal("1.2"), order_cost=Decimal(5))
PARTS = """\
dataset,part_id,period_type,first_period,last_period,n_periods,unit_cost,currency,order_cost,holding_cost_per_year,\
lead_time_weeks,min_order_qty,pack_size,total_demand
T,T-1,week,2020-W50,2021-W08,12,200,EUR,1,40,1,1,2,16
T,T-2,week,2020-W50,2021-W08,12,200,EUR,1,40,1,1,2,16
"""
FIXED = ReorderPlan(Basis.KEPT, 2, 3)


def part(demand: Sequence[int], supply: Supply = SUPPLY) -> Part:
    return Part("T", Decimal(6), supply, tuple(demand))


def write(folder: Path, parts: str = PARTS) -> None:
    # Week 53 of 2020 is there: the 12 weeks run from 2020-W50 to 2021-W08.
    weeks = ["2020-W50", "2020-W51", "2020-W52", "2020-W53", *(f"2021-W{week:02}" for week in range(1, 9))]
    sizes = [1] * 10 + [3, 3]
    rows = [f"T,T-{number},{week},{size}" for number in (1, 2) for week, size in zip(weeks, sizes, strict=True)]
    (folder / "stock_parts.csv").write_text(parts)
    (folder / "stock_demand.csv").write_text("\n".join(["dataset,part_id,period,quantity", *rows]) + "\n")


def test_weeks_are_lived_as_counted_by_hand() -> None:
    # Opens with 5; 3 after week 4, 1 after week 5; orders 3 in week 6, where 4 of 5 wait; 4 more in week 7.
    tally = live(part([1, 1, 1, 1, 2, 2, 5, 0]), lambda *_: FIXED, Span(begins=4, measured=5, renewed_every=4))

    held = (2 + 0.5 + 0) / 3
    assert tally == Tally(
        demanded=7, served=3, demand_weeks=2, full_weeks=1, part_weeks=3, short_weeks=2, value=held * 6.0, orders=2,
        yearly_cost=held * 1.2 + 2 * 5.0 * 52 / 3, opening=5, received=3, demanded_in_all=9, closing=-1,
    )  # fmt: skip


def test_an_order_without_lead_time_is_there_at_once() -> None:
    supply = Supply(lead_time=0, unit_holding_cost=Decimal(1), order_cost=Decimal(1))

    tally = live(part([5, 3, 1], supply), lambda *_: FIXED, Span(0, 0, 1))

    assert (tally.opening, tally.received, tally.closing, tally.served) == (5, 6, 2, 9)


def test_a_part_that_is_not_kept_is_bought_for_who_waits() -> None:
    plan = ReorderPlan(Basis.NOTHING, -1, 1)

    tally = live(part([0, 2, 0, 0]), lambda *_: plan, Span(0, 0, 1))

    assert (tally.opening, tally.received, tally.closing, tally.orders) == (0, 2, 0, 1)
    assert (tally.served, tally.short_weeks, tally.value) == (0, 2, 0.0)


@pytest.mark.exhaustive
@given(
    st.lists(st.integers(0, 50), min_size=6, max_size=40),
    st.builds(
        Supply,
        lead_time=st.integers(0, 9).map(float),
        unit_holding_cost=st.decimals("0.1", 9, places=1),
        order_cost=st.decimals(0, 9, places=1),
        pack_size=st.integers(1, 12),
        minimum_order=st.integers(0, 20),
    ),
    st.sampled_from(SHORTAGES),
)
def test_no_unit_appears_or_vanishes(demand: list[int], supply: Supply, setting: float) -> None:
    room = stock_room([part(demand, supply)], Span(4, 5, 2))

    tally = trial(Policy(Forecasting(), by_cost=True, with_peers=True), (setting,), room).tallies[0][1]

    assert tally.opening + tally.received - tally.demanded_in_all == tally.closing
    assert 0 <= tally.served <= tally.demanded == sum(demand[5:])
    assert tally.full_weeks <= tally.demand_weeks == sum(1 for quantity in demand[5:] if quantity)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "policy", [Policy(), Policy(Forecasting()), Policy(Forecasting(), by_cost=True, with_peers=True)]
)
@given(past=st.lists(st.integers(0, 20), min_size=30, max_size=30), future=st.lists(st.integers(0, 99), min_size=9))
def test_a_plan_knows_nothing_of_the_weeks_to_come(policy: Policy, past: list[int], future: list[int]) -> None:
    quiet = part([0] * 26 + [3] + [0] * 12)
    plans = []
    for demand in (past + future, past + [0] * 9):
        room = stock_room([part(demand), quiet], Span(30, 30, 100))
        plans.append(planner(policy, room)(policy.settings[3])(room.parts[0], 30))

    assert plans[0] == plans[1]


def test_peers_are_known_up_to_each_week() -> None:
    room = stock_room([part([0] * 26 + [4, 0, 0, 0])], Span(26, 26, 2))

    assert room.peers == {26: None, 28: Peers(1 / 26, 4.0)}


def test_tallies_add_up() -> None:
    assert total([Tally(demanded=1, value=2.5), Tally(demanded=3, orders=4, value=1.0)]) == Tally(
        demanded=4, orders=4, value=3.5
    )


def test_value_is_read_between_two_points_of_a_curve() -> None:
    curve = [(0.9, 400.0), (0.5, 100.0), (0.8, 200.0)]

    assert [value_at(curve, service) for service in (0.4, 0.5, 0.85, 0.9, 0.95)] == [
        None, 100.0, pytest.approx(300.0), 400.0, None,
    ]  # fmt: skip


@pytest.mark.parametrize(("whole_packs", "pack"), [(True, 2), (False, 1)])
def test_parts_are_read_with_their_weeks(tmp_path: Path, whole_packs: bool, pack: int) -> None:
    write(tmp_path)
    with (tmp_path / "stock_demand.csv").open("a") as file:
        file.write("T,T-2,2020-W53,1.5\nT,T-2,2021-W08,0.01\n")

    first, second = read_parts(tmp_path, whole_packs=whole_packs)

    assert (first.number, first.unit_cost, first.demand) == ("T-1", Decimal(200), (1,) * 10 + (3, 3))
    assert second.demand == (1, 1, 1, 3, 1, 1, 1, 1, 1, 1, 3, 4)
    assert first.supply == Supply(1.0, Decimal(40), Decimal(1), pack_size=pack, minimum_order=1)


def test_command_says_in_one_sentence_that_there_is_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--data", str(tmp_path)])

    assert capsys.readouterr().out == ("Nothing to replay: stock_parts.csv is not in the folder that --data names.\n")


def test_command_prints_exact_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path)

    main([
        "--data", str(tmp_path), "--warm-up", "8", "--run-in", "1", "--renewed-every", "2", "--processes", "1",
    ])  # fmt: skip

    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "1 parts, constants chosen on 1 others, packs: whole.",
        "Best on the tuning half: fixed level. What follows is of the other half.",
        "",
    ]
    # Four times the lead time's demand is the least that serves the last week: 4.5, 2.5 and 1.5 units on hand.
    assert lines[3:6] == [
        "| policy | setting | units served | weeks served | weeks not short | stock value | orders | cost a year |",
        "|---|---|---|---|---|---|---|---|",
        "| fixed level | 4 | 100.0% | 100.0% | 100.00% | 567 | 2 | 148 |",
    ]
    # Levels 2, 3 and 4 serve 1, 2 and 3 of 3 weeks and 4, 6 and 7 of 7 units with 267, 400 and 567.
    after = lines.index("| stock value for | 80% of weeks | 85% of weeks | 90% of weeks "
                        "| 80% of units | 85% of units | 90% of units |")  # fmt: skip
    assert lines[after + 2] == "| fixed level | 467 | 492 | 517 | 373 | 397 | 450 |"
    assert lines[after + 3] == "| MOVING_AVERAGE 13 | 467 | 492 | 517 | 373 | 397 | 450 |"
    assert len(lines) == after + 2 + 12
