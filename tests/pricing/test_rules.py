"""When prices overlap, and which of several is the answer, without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from apps.pricing.rules import Listed, from_list, overlaps

MONDAY, TUESDAY, FRIDAY, SUNDAY = (date(2026, 6, day) for day in (1, 2, 5, 7))


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ((MONDAY, TUESDAY), (FRIDAY, SUNDAY), False),
        ((MONDAY, TUESDAY), (TUESDAY, SUNDAY), True),
        ((MONDAY, FRIDAY), (TUESDAY, TUESDAY), True),
        ((MONDAY, MONDAY), (MONDAY, MONDAY), True),
        ((MONDAY, MONDAY), (TUESDAY, TUESDAY), False),
        ((MONDAY, None), (FRIDAY, None), True),
        ((FRIDAY, None), (MONDAY, TUESDAY), False),
        ((FRIDAY, None), (MONDAY, FRIDAY), True),
        ((MONDAY, None), (MONDAY, MONDAY), True),
    ],
)
def test_periods_share_a_day_or_do_not(
    first: tuple[date, date | None], second: tuple[date, date | None], shared: bool
) -> None:
    assert overlaps(*first, *second) is shared
    assert overlaps(*second, *first) is shared


def listed(number: int, price: str, quality: str = "original", **fields: Any) -> Listed:
    defaults = {"currency": "USD", "part_type_id": None, "is_estimated": False, "confidence_score": None, "name": "x"}
    return Listed(id=UUID(int=number), price=Decimal(price), part_quality=quality, **{**defaults, **fields})


def test_nothing_listed_is_said_and_not_invented() -> None:
    found = from_list([], "USD")

    assert (found.price, found.low, found.high, found.basis) == (None, None, None, ())
    assert (found.method, found.is_estimated, found.confidence_score, found.currency) == ("none", True, 0, "USD")
    assert found.reason == (
        "There is no listed price for this model and repair, and nothing comparable to estimate from."
    )


def test_best_quality_is_the_answer_and_the_others_make_the_interval() -> None:
    economy, premium = listed(1, "49.00", "aftermarket_economy"), listed(2, "79.00", "aftermarket_premium")

    found = from_list([economy, premium], "EUR")

    assert (found.price, found.low, found.high, found.currency) == (Decimal(79), Decimal(49), Decimal(79), "USD")
    assert (found.method, found.is_estimated, found.confidence_score, found.reason) == ("listed", False, 1, None)
    assert found.basis == (premium, economy)


def test_cheaper_of_two_of_one_quality_is_the_answer() -> None:
    found = from_list([listed(1, "99.00"), listed(2, "89.00")], "USD")

    assert (found.price, found.low, found.high) == (Decimal(89), Decimal(89), Decimal(99))


def test_interval_does_not_mix_currencies() -> None:
    found = from_list([listed(1, "99.00"), listed(2, "9000", "aftermarket_economy", currency="JPY")], "USD")

    assert (found.price, found.low, found.high, len(found.basis)) == (Decimal(99), Decimal(99), Decimal(99), 2)


@pytest.mark.parametrize(
    ("estimated", "score", "told"),
    [(True, Decimal("0.7"), Decimal("0.7")), (True, None, 1), (False, Decimal("0.7"), 1)],
)
def test_confidence_is_full_unless_the_price_itself_is_an_estimate(
    estimated: bool, score: Decimal | None, told: Decimal
) -> None:
    found = from_list([listed(1, "99.00", is_estimated=estimated, confidence_score=score)], "USD")

    assert (found.confidence_score, found.is_estimated) == (told, estimated)
