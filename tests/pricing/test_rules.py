"""When prices overlap, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from apps.pricing.rules import overlaps

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
