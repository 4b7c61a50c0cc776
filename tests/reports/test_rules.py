"""Days and sums of reports."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.exceptions import ValidationFailed
from apps.reports import rules
from apps.reports.rules import Days

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
WEDNESDAY = date(2028, 2, 16)  # of a leap year


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("day", WEDNESDAY, WEDNESDAY),
        ("week", date(2028, 2, 14), date(2028, 2, 20)),
        ("month", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_period_lies_around_its_day(period: str, first: date, last: date) -> None:
    assert rules.days_of(period, WEDNESDAY, None, None) == Days(first, last)


@given(DAYS, st.sampled_from(["day", "week", "month"]))
def test_periods_follow_each_other_without_a_gap(day: date, period: str) -> None:
    around = rules.period_around(period, day)
    before = rules.last_complete(period, day)

    assert around.first <= day <= around.last
    assert before.last + timedelta(days=1) == around.first
    assert before == rules.period_around(period, before.first)


@pytest.mark.parametrize(
    ("period", "given_days", "field", "code"),
    [
        ("day", (None, None, None), "day", "required"),
        ("month", (WEDNESDAY, WEDNESDAY, None), "firstDay", "invalid"),
        ("range", (None, None, WEDNESDAY), "firstDay", "required"),
        ("range", (None, WEDNESDAY, None), "lastDay", "required"),
        ("range", (None, WEDNESDAY, WEDNESDAY - timedelta(days=1)), "lastDay", "invalid"),
        ("range", (None, WEDNESDAY, WEDNESDAY + timedelta(days=366)), "lastDay", "max_value"),
        ("day", (date.min, None, None), "day", "invalid"),
        ("week", (date.max, None, None), "day", "invalid"),
        ("month", (date(3000, 1, 1), None, None), "day", "invalid"),
        ("range", (None, date(1899, 12, 31), date(1900, 1, 1)), "firstDay", "invalid"),
        ("range", (None, date(2999, 12, 31), date.max), "lastDay", "invalid"),
    ],
)
def test_days_that_are_none_are_refused(period: str, given_days: Any, field: str, code: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        rules.days_of(period, *given_days)

    assert [(error.field, error.code) for error in refused.value.details] == [(field, code)]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("period", ["day", "week", "month"])
@pytest.mark.parametrize("day", [rules.FIRST, rules.LAST])
def test_the_outermost_days_have_instants_everywhere(zone: str, period: str, day: date) -> None:
    begins, ends = rules.instants(rules.days_of(period, day, None, None), ZoneInfo(zone))

    assert begins < ends


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_is_as_long_as_it_is_where_the_branch_is(day: date, hours: int) -> None:
    begins, ends = rules.instants(Days(day, day), ZoneInfo("Europe/Berlin"))

    assert ends - begins == timedelta(hours=hours)
    assert begins.astimezone(ZoneInfo("Europe/Berlin")).time() == datetime.min.time()


def test_hours_of_nothing_are_no_figures() -> None:
    assert rules.hours([]) == {"count": 0, "mean_hours": None, "median_hours": None}
    assert rules.hours([3600, 7200, 18000]) == {"count": 3, "mean_hours": 2.7, "median_hours": 2.0}


def test_a_stay_ends_with_the_next_status() -> None:
    at = datetime(2026, 5, 4, tzinfo=UTC)
    steps = [("pending", at), ("in_progress", at + timedelta(hours=1)), ("completed", at + timedelta(hours=3))]

    assert rules.stays(steps) == [("pending", 3600), ("in_progress", 7200)]
    assert rules.percent_of(Decimal(1), Decimal(3)) == "33.3"
    assert rules.percent_of(Decimal(1), Decimal(0)) is None
