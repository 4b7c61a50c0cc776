"""The shop's habit and its price points."""

import numpy as np
import pytest

from apps.pricing.estimator.points import Points, sizes_of_misses
from apps.pricing.estimator.rounding import Habit, habit_of


@pytest.mark.parametrize(
    ("prices", "digits", "habit"),
    [
        ([65, 85, 95, 105, 115, 75, 135, 155, 225, 355], 2, Habit(1000, (500,), 2)),
        ([1400, 1500, 1300, 1600, 2500, 3900, 1700, 1800], 2, Habit(10000, (0,), 2)),
        ([49.99, 89.99, 129.99, 79.99, 119.99, 59.99, 69.99], 2, Habit(500, (499,), 2)),
        ([4900, 7900, 12900, 9900, 15900], 0, Habit(500, (400,), 0)),
        ([83.27, 91.02, 44.18, 61.73, 71.9, 55.51], 2, Habit(1, (0,), 2)),
        ([], 2, Habit(1, (0,), 2)),
    ],
)
def test_habit_is_the_coarsest_that_the_list_keeps(prices: list[float], digits: int, habit: Habit) -> None:
    found = habit_of(prices, digits)

    assert found.endings == tuple(sorted(found.endings))
    if prices:
        assert all(found.rounded(price) == price for price in prices)
    assert found.spacing >= habit.spacing
    assert found.digits == habit.digits


@pytest.mark.parametrize(
    ("price", "rounded"), [(84.0, 85.0), (90.1, 95.0), (89.9, 85.0), (0.01, 5.0), (-3.0, 5.0), (100000.0, 100005.0)]
)
def test_price_is_rounded_to_the_nearest_of_the_habit(price: float, rounded: float) -> None:
    assert Habit(1000, (500,), 2).rounded(price) == pytest.approx(rounded, abs=10.0 if price == 100000.0 else 0)


def test_several_endings_stand_beside_each_other() -> None:
    habit = Habit(1000, (0, 595), 2)

    assert [habit.rounded(price) for price in (102.9, 103.0, 107.9, 108.1)] == [100.0, 105.95, 105.95, 110.0]


def test_rounding_never_reverses_an_order() -> None:
    habit = Habit(1000, (0, 500, 595), 2)
    rounded = [habit.rounded(price) for price in np.linspace(0, 60, 601)]

    assert rounded == sorted(rounded)
    assert set(rounded) == {5.0, 5.95} | {ten + ending for ten in range(10, 60, 10) for ending in (0.0, 5.0, 5.95)} | {
        60.0
    }


def points(prices: list[float], width: float = 0.2) -> Points:
    asked = np.array(prices)
    return Points.of(
        np.zeros(len(asked), int), asked, np.ones(len(asked), bool), np.array([width]), Habit(100, (0,), 2)
    )


def test_estimate_settles_on_a_price_that_is_often_asked() -> None:
    assert points([85.0] * 5 + [150.0]).settled(0, float(np.log(92.3))) == 85.0


def test_far_from_all_points_the_habit_decides() -> None:
    assert points([85.0] * 5 + [150.0]).settled(0, float(np.log(118.2))) == 118.0


def test_of_two_equally_near_the_one_asked_more_often_wins() -> None:
    middle = float(np.log(100.0 * 90.0) / 2)

    assert points([90.0, 90.0, 90.0, 100.0]).settled(0, middle) == 90.0
    assert points([90.0, 100.0, 100.0, 100.0]).settled(0, middle) == 100.0


def test_settling_never_reverses_an_order() -> None:
    shop = points([60.0, 85.0, 85.0, 85.0, 90.0, 120.0, 120.0, 300.0])
    settled = [shop.settled(0, logarithm) for logarithm in np.linspace(np.log(40), np.log(400), 2000)]

    assert settled == sorted(settled)
    assert {60.0, 85.0, 120.0, 300.0} <= set(settled)


def test_a_price_does_not_vote_for_itself_when_misses_are_counted() -> None:
    shop = points([80.0, 120.0, 120.0])
    middles = np.log(np.array([95.0, 119.0, 119.0]))

    sizes = sizes_of_misses(shop, np.zeros(3, int), np.array([80.0, 120.0, 120.0]), middles, np.full(3, 0.1))

    assert sizes[0] == pytest.approx((np.log(95.0) - np.log(80.5)) / 0.1)
    assert sizes[1:].tolist() == [0.0, 0.0]
