"""How long a failed delivery waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.audit.rules import ATTEMPTS, is_given_up, wait_after


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 2), (2, 4), (3, 8), (4, 16), (5, 32), (6, 64), (7, 128), (8, 256), (9, 512), (12, 3600), (500, 3600)],
)
def test_wait_after_doubles_up_to_an_hour_and_spreads_by_half(attempts: int, seconds: int) -> None:
    shortest, middle, longest = (wait_after(attempts, jitter) for jitter in (0.0, 0.5, 1.0))

    assert shortest == timedelta(seconds=seconds * 0.5)
    assert middle == timedelta(seconds=seconds)
    assert longest == timedelta(seconds=seconds * 1.5)


@settings(derandomize=True, max_examples=50)
@given(st.integers(1, 1000), st.floats(0, 1))
def test_wait_after_is_never_shorter_than_a_second_nor_longer_than_ninety_minutes(attempts: int, jitter: float) -> None:
    wait = wait_after(attempts, jitter)

    assert timedelta(seconds=1) <= wait <= timedelta(minutes=90)


def test_a_delivery_is_given_up_after_the_last_attempt() -> None:
    assert ATTEMPTS == 10
    assert [is_given_up(attempts) for attempts in (1, 9, 10, 11)] == [False, False, True, True]
