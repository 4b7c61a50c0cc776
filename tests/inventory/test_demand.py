"""Forecasts of demand against values worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.inventory.rules.demand import (
    Forecast,
    Forecasting,
    Method,
    Pattern,
    Peers,
    croston,
    forecast,
    forecast_from,
    mean_demand,
    moving_average,
    pattern_of,
    peers_of,
    simple_smoothing,
    syntetos_boylan,
    teunter_syntetos_babai,
)

SERIES = (0, 0, 4, 0, 2, 0, 0, 3)
histories = st.lists(st.integers(0, 1000) | st.just(0), max_size=60)


def test_croston_smooths_size_and_interval_at_demands() -> None:
    # z: 4, 3, 3; p: 3, 2.5, 2.75
    assert croston(SERIES, 0.5, 0.5) == 3 / 2.75
    assert croston((*SERIES, 0, 0, 0), 0.5, 0.5) == 3 / 2.75


def test_syntetos_and_boylan_take_half_the_weight_off() -> None:
    assert syntetos_boylan(SERIES, 0.5, 0.5) == 0.75 * (3 / 2.75)


def test_tsb_smooths_the_chance_in_every_period() -> None:
    # chance: 0.25, 0.625, 0.3125, 0.15625, 0.578125; size: 4, 3, 3
    assert teunter_syntetos_babai(SERIES, 0.5, 0.5, 4) == 1.734375
    assert teunter_syntetos_babai((*SERIES, 0, 0), 0.5, 0.5, 4) == 1.734375 / 4


def test_tsb_takes_the_first_demand_after_a_quiet_start_as_its_size() -> None:
    assert teunter_syntetos_babai((0, 0, 6), 0.5, 0.5, 2) == 3.0


def test_smoothing_starts_from_the_mean_of_the_first_periods() -> None:
    # 1, 1.5, 0.75, 0.375, 1.6875
    assert simple_smoothing(SERIES, 0.5, 4) == 1.6875


@pytest.mark.parametrize(("window", "mean"), [(3, 1.0), (4, 1.25), (8, 1.125), (52, 1.125)])
def test_moving_average_looks_back_on_its_window(window: int, mean: float) -> None:
    assert moving_average(SERIES, window) == mean


@pytest.mark.parametrize("method", [method for method in Method if method is not Method.PEERS])
@pytest.mark.parametrize("history", [(), (0,), (0,) * 60])
def test_nothing_asked_for_means_nothing_expected(method: Method, history: tuple[int, ...]) -> None:
    expected = forecast(history, Forecasting(method))

    assert expected == Forecast(method, Pattern.NONE, 0.0, 0.0, 0.0, len(history), 0)


@pytest.mark.parametrize(
    ("method", "mean"),
    [
        (Method.MOVING_AVERAGE, 5.0), (Method.SES, 5.0), (Method.CROSTON, 5.0), (Method.SBA, 4.875), (Method.TSB, 5.0),
    ],
)  # fmt: skip
def test_one_period_is_taken_for_what_it_says(method: Method, mean: float) -> None:
    expected = forecast((5,), Forecasting(method))

    assert expected == Forecast(method, Pattern.SMOOTH, mean, 0.0, 5.0, 1, 1)


def test_forecast_keeps_what_it_was_made_from() -> None:
    expected = forecast(SERIES, Forecasting(Method.MOVING_AVERAGE))

    assert expected == Forecast(Method.MOVING_AVERAGE, Pattern.INTERMITTENT, 1.125, 151 / 56, 3.0, 8, 3)


def test_forecast_of_huge_quantities_is_exact() -> None:
    expected = forecast((2_000_000_000, 0) * 50, Forecasting(Method.MOVING_AVERAGE, window=100))

    assert (expected.mean, expected.variance) == (1e9, 1e18 * 100 / 99)


def test_forecast_refuses_negative_demand() -> None:
    with pytest.raises(ValueError, match="Demand is never negative"):
        forecast((1, -1), Forecasting())


def test_what_peers_need_is_no_method_for_a_history() -> None:
    with pytest.raises(ValueError, match="says nothing about a part"):
        mean_demand((1,), Forecasting(Method.PEERS))


@pytest.mark.parametrize(
    ("history", "pattern"),
    [
        ((1,) * 25 + (0,) * 8, Pattern.SMOOTH),  # 33/25 = 1.32
        ((1,) * 25 + (0,) * 9, Pattern.INTERMITTENT),
        ((3, 17), Pattern.SMOOTH),  # (7/10)² = 0.49
        ((3, 18), Pattern.ERRATIC),
        ((3, 17, 0), Pattern.INTERMITTENT),
        ((3, 18, 0), Pattern.LUMPY),
        ((7,), Pattern.SMOOTH),
        ((), Pattern.NONE),
        ((0, 0), Pattern.NONE),
    ],
)
def test_pattern_has_its_bounds_on_the_quieter_side(history: tuple[int, ...], pattern: Pattern) -> None:
    assert pattern_of(history) is pattern


def test_peers_are_parts_that_were_quiet_until_lately() -> None:
    quiet, woken, known = (0,) * 6, (0, 0, 0, 4, 0, 8), (1, 0, 9, 0, 0, 0)

    found = peers_of([quiet, woken, known, (5,)], recent=3)

    # Two demands in the six last periods of the two that were quiet; sizes 1, 4, 5, 8, 9.
    assert found == Peers(2 / 6, 5.0)
    assert peers_of([quiet, known], recent=3) is None
    assert peers_of([], recent=3) is None


def test_what_peers_need_is_expected_of_a_quiet_part() -> None:
    expected = forecast_from(Peers(0.125, 4.0), 30)

    assert expected == Forecast(Method.PEERS, Pattern.NONE, 0.5, 1.75, 4.0, 30, 0)


@pytest.mark.exhaustive
@given(histories, st.sampled_from([method for method in Method if method is not Method.PEERS]))
def test_a_forecast_lies_between_nothing_and_the_largest_demand(history: list[int], method: Method) -> None:
    expected = forecast(history, Forecasting(method))

    assert 0 <= expected.mean <= max(history, default=0) * (1 + 1e-9)
    assert expected.variance >= 0
