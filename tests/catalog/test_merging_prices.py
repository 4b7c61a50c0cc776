"""Prices of models that are merged: nothing overlaps, and the model that stays goes before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.audit.models import Event
from apps.catalog.models import DeviceModel
from apps.catalog.services import merge_models
from apps.pricing.models import Price
from apps.pricing.rules.periods import uncovered
from tests.catalog.merging import SYSTEM, make_pair
from tests.factories import (
    BranchFactory,
    PriceFactory,
    RepairTypeFactory,
)


@pytest.fixture
def pair(db: None) -> tuple[DeviceModel, DeviceModel]:
    """A duplicate and the model that it is."""
    return make_pair()


def price(model: DeviceModel, first: str, last: str | None, amount: int, **fields: Any) -> Price:
    until = date.fromisoformat(last) if last else None
    made: Price = PriceFactory(
        device_model=model, valid_from=date.fromisoformat(first), valid_until=until, price=Decimal(amount), **fields
    )
    return made


def listed(model: DeviceModel) -> list[tuple[str, str | None, int]]:
    rows = Price.objects.filter(device_model=model).order_by("valid_from", "repair_type__name")
    return [(str(one.valid_from), str(one.valid_until) if one.valid_until else None, int(one.price)) for one in rows]


CASES: dict[str, tuple[list[tuple[str, str | None]], list[tuple[str, str | None, int]]]] = {
    # of the target: what is listed afterwards, the target's at 200 and the source's (all of 2026) at 100
    "nothing": ([], [("2026-01-01", "2026-12-31", 100)]),
    "the same days": ([("2026-01-01", "2026-12-31")], [("2026-01-01", "2026-12-31", 200)]),
    "more days": ([("2025-01-01", None)], [("2025-01-01", None, 200)]),
    "the end": ([("2026-07-01", None)], [("2026-01-01", "2026-06-30", 100), ("2026-07-01", None, 200)]),
    "the beginning": (
        [("2025-01-01", "2026-03-31")], [("2025-01-01", "2026-03-31", 200), ("2026-04-01", "2026-12-31", 100)],
    ),
    "days in the midst": (
        [("2026-03-01", "2026-03-31"), ("2026-06-01", "2026-06-30")],
        [("2026-01-01", "2026-02-28", 100), ("2026-03-01", "2026-03-31", 200), ("2026-04-01", "2026-05-31", 100),
         ("2026-06-01", "2026-06-30", 200), ("2026-07-01", "2026-12-31", 100)],
    ),
    "other days": ([("2027-01-01", None)], [("2026-01-01", "2026-12-31", 100), ("2027-01-01", None, 200)]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_prices_of_the_model_that_stays_go_before(pair: tuple[DeviceModel, DeviceModel], case: str) -> None:
    source, target = pair
    screen = RepairTypeFactory()
    moved = price(source, "2026-01-01", "2026-12-31", 100, repair_type=screen)
    own = [price(target, first, last, 200, repair_type=screen) for first, last in CASES[case][0]]

    merge_models(source.pk, target.pk, actor=SYSTEM, reason="copy")

    assert (listed(target), listed(source)) == (CASES[case][1], [])
    assert Price.objects.filter(pk__in=[one.pk for one in own]).count() == len(own)
    told = Event.objects.filter(aggregate="pricing.price", aggregate_id=moved.pk).latest("created_at", "id")
    assert told.payload["reason"] == "copy"
    assert told.type == f"pricing.price.{'updated' if Price.objects.filter(pk=moved.pk).exists() else 'deleted'}"


def test_prices_of_another_kind_or_branch_do_not_cover_each_other(pair: tuple[DeviceModel, DeviceModel]) -> None:
    source, target = pair
    screen, branch = RepairTypeFactory(name="a"), BranchFactory()
    price(source, "2026-01-01", None, 100, repair_type=screen)
    price(target, "2026-01-01", None, 200, repair_type=RepairTypeFactory(name="b"))
    price(target, "2026-01-01", None, 300, repair_type=screen, branch=branch)

    merge_models(source.pk, target.pk, actor=SYSTEM)

    assert sorted(amount for *_, amount in listed(target)) == [100, 200, 300]


days = st.dates(date(2026, 1, 1), date(2026, 3, 31))
periods = st.tuples(days, st.none() | days).filter(lambda one: one[1] is None or one[0] <= one[1])


@pytest.mark.exhaustive
@given(periods, st.lists(periods, max_size=4))
def test_what_is_left_of_a_period_is_each_of_its_days_that_is_not_covered(period: Any, covered: list[Any]) -> None:
    def holds(one: Any, number: int) -> bool:
        return one[0].toordinal() <= number and (one[1] is None or number <= one[1].toordinal())

    left = uncovered(period, covered)

    for number in range(date(2025, 12, 20).toordinal(), date(2026, 4, 10).toordinal()):
        wanted = holds(period, number) and not any(holds(one, number) for one in covered)
        assert sum(holds(one, number) for one in left) == wanted
