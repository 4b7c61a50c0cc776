"""The estimator's parts: merging, quality ladder, intervals, gradient of the likelihood, leaving out."""

import numpy as np
import pytest

from apps.pricing.estimator import priors
from apps.pricing.estimator.gaussian import alone, prior, solved, trust, without_device
from apps.pricing.estimator.intervals import Misses
from apps.pricing.estimator.kernel import Pairs
from apps.pricing.estimator.ladder import Bounds, ascending
from apps.pricing.estimator.learned import Vocabulary
from apps.pricing.estimator.likelihood import Problem, device_same, log_posterior
from apps.pricing.estimator.merging import merged
from apps.pricing.estimator.training import _known
from tests.pricing.estimator.shop import known, phone, price_list


def test_the_latest_price_of_a_job_counts() -> None:
    old, new = known(phone(5), 100.0, day=738000), known(phone(5), 140.0, day=739000)

    (line,) = merged([new, old], 2)

    assert (line.price, line.weight) == (140.0, 1.0)


def test_past_lines_do_not_outvote_the_list() -> None:
    lines = merged([known(phone(5), 100.0), *[known(phone(5), 80.0, weight=0.2)] * 3], 2)

    assert [line.price for line in lines] == [100.0]


def test_of_two_prices_of_one_day_the_lower_counts() -> None:
    assert [line.price for line in merged([known(phone(5), 149.0), known(phone(5), 129.0)], 2)] == [129.0]


@pytest.mark.parametrize("price", [float("nan"), float("inf"), 0.0, -5.0, 0.004])
def test_what_is_no_price_is_passed_over(price: float) -> None:
    assert merged([known(phone(5), price)], 2) == ()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3, 4], [1, 2, 3, 4]),
        ([4, 3, 2, 1], [2.5] * 4),
        ([1, 3, 2, 4], [1, 2.5, 2.5, 4]),
        ([5, 1, 1, 9], [7 / 3] * 3 + [9]),
    ],
)
def test_falling_values_are_pooled(values: list[float], expected: list[float]) -> None:
    assert ascending(np.array(values, dtype=float)) == pytest.approx(expected)


def test_known_prices_of_other_qualities_are_bounds() -> None:
    lines = merged([known(phone(5), 100.0, quality="aftermarket_economy"), known(phone(5), 200.0)], 2)
    rows = Vocabulary.of([line.job for line in lines]).rows([line.job for line in lines])
    bounds = Bounds.of(rows, np.array([100.0, 200.0]), np.array([True, True]), 3.0)

    assert [bounds.of_job(0, 0, -1, quality) for quality in range(4)] == [
        (100, 100),
        (100, 200),
        (100, 200),
        (200, 200),
    ]
    assert bounds.of_repair(0) == (pytest.approx(100 / 3), 600.0)


def test_prices_that_fall_with_quality_bind_nothing() -> None:
    lines = merged([known(phone(5), 300.0, quality="aftermarket_economy"), known(phone(5), 200.0)], 2)
    rows = Vocabulary.of([line.job for line in lines]).rows([line.job for line in lines])
    bounds = Bounds.of(rows, np.array([300.0, 200.0]), np.array([True, True]), 3.0)

    assert bounds.of_job(0, 0, -1, 1) == (0.0, float("inf"))


def test_many_misses_decide_how_far_an_interval_reaches() -> None:
    misses = Misses(np.linspace(0, 2, 2001), np.zeros(2001, int))

    assert misses.reach(0, 0.8) == pytest.approx(1.6, abs=0.02)
    assert misses.chance(0, 1.0) == pytest.approx(0.5, abs=0.01)


def test_without_misses_a_heavy_tailed_distribution_is_believed() -> None:
    misses = Misses(np.array([]), np.array([], int))

    assert 1.3 < misses.reach(0, 0.8) < 2.2


def test_a_repair_with_its_own_misses_listens_little_to_others() -> None:
    misses = Misses(np.concatenate([np.full(200, 0.1), np.full(200, 3.0)]), np.repeat([0, 1], 200))

    assert misses.reach(0, 0.8) < 0.5
    assert misses.reach(1, 0.8) > 2.5


def test_gradient_is_that_of_the_log_posterior() -> None:
    lines = merged(
        [*price_list(range(5, 8)), known(phone(6, brand="Other", device_type="", release_year=None), 70.0)], 2
    )
    vocabulary = Vocabulary.of([line.job for line in lines])
    learned = _known(lines, vocabulary, list({line.job.device.key: line.job.device for line in lines}.values()))
    problem = Problem(learned.rows, learned.devices, learned.targets, learned.noise)
    pairs = Pairs.of(problem.rows, problem.rows, device_same(problem))
    packed = priors.means(3) + np.random.default_rng(1).normal(0, 0.2, len(priors.means(3)))

    _, slope = log_posterior(packed, problem, pairs)

    for at in range(len(packed)):
        step = np.zeros(len(packed))
        step[at] = 1e-5
        up, down = (log_posterior(packed + side * step, problem, pairs)[0] for side in (1, -1))
        assert slope[at] == pytest.approx((up - down) / 2e-5, rel=1e-3, abs=1e-4), at


def test_leaving_out_equals_learning_without() -> None:
    lines = merged(price_list(range(5, 8)), 2)
    jobs = [line.job for line in lines]
    vocabulary = Vocabulary.of(jobs)
    learned = _known(lines, vocabulary, list({job.device.key: job.device for job in jobs}.values()))
    parameters = priors.unpacked(priors.means(3))
    expected = prior(learned, parameters)
    inverse, weights = solved(learned, expected)
    out = learned.rows.device == 4

    missed, spread = without_device(inverse, weights, learned.rows.device)

    full = expected + np.diag(learned.noise)
    gain = full[np.ix_(out, ~out)] @ np.linalg.inv(full[np.ix_(~out, ~out)])
    assert missed[out] == pytest.approx(learned.targets[out] - gain @ learned.targets[~out], abs=1e-6)
    assert spread[out] ** 2 == pytest.approx(np.diag(full[np.ix_(out, out)] - gain @ full[np.ix_(~out, out)]), abs=1e-6)


def test_alone_leaves_out_one_price() -> None:
    full = np.array([[1.0, 0.5], [0.5, 1.0]])
    inverse = np.linalg.inv(full)

    missed, spread = alone(inverse, inverse @ np.array([1.0, 0.0]))

    assert missed == pytest.approx([1.0, -0.5])
    assert spread**2 == pytest.approx([0.75, 0.75])


def test_trust_falls_with_the_miss() -> None:
    weights = trust(np.array([0.0, 1.0, 4.0, 40.0]), np.ones(4))

    assert weights[0] == weights[1] == 1.0
    assert 1.0 > weights[2] > weights[3]
    assert weights[3] < 1e-4
