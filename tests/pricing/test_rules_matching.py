"""Which of several rules counts, without a database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.pricing.rules import Scope, most_exact

PART, REPAIR, BRAND = (UUID(int=number) for number in (1, 2, 3))
PRICED = Scope(PART, REPAIR, BRAND, "phone", "original")
MADE = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Rule:
    id: UUID
    scope: Scope
    created_at: datetime = MADE


def rule(number: int, **scope: object) -> Rule:
    return Rule(UUID(int=number), replace(Scope(), **scope))  # type: ignore[arg-type]


EXACT_FIRST = [
    Rule(UUID(int=10), PRICED),
    rule(11, part_type_id=PART, repair_type_id=REPAIR),
    rule(12, brand_id=BRAND, part_quality="original"),
    rule(13, part_type_id=PART),
    rule(14, repair_type_id=REPAIR),
    rule(15, brand_id=BRAND),
    rule(16, device_type="phone"),
    rule(17, part_quality="original"),
    rule(18),
]


@pytest.mark.parametrize("first", range(len(EXACT_FIRST)))
def test_the_rule_that_names_more_counts_and_of_as_many_the_one_that_names_what_counts_more(first: int) -> None:
    assert most_exact(EXACT_FIRST[first:], PRICED) == EXACT_FIRST[first]
    assert most_exact(reversed(EXACT_FIRST[first:]), PRICED) == EXACT_FIRST[first]


@pytest.mark.parametrize(
    "other",
    [
        {"part_type_id": REPAIR}, {"repair_type_id": PART}, {"brand_id": PART}, {"device_type": "tablet"},
        {"part_quality": "aftermarket_economy"}, {"repair_type_id": REPAIR, "device_type": "tablet"},
    ],
)  # fmt: skip
def test_a_rule_for_something_else_does_not_count(other: dict[str, object]) -> None:
    general = rule(1)

    assert most_exact([rule(2, **other)], PRICED) is None
    assert most_exact([rule(2, **other), general], PRICED) == general


def test_a_rule_that_names_something_does_not_count_where_nothing_is_known() -> None:
    assert most_exact([rule(1, device_type="phone"), rule(2, part_type_id=PART)], Scope(repair_type_id=REPAIR)) is None


def test_the_newer_of_two_that_name_the_same_counts() -> None:
    old = rule(9, repair_type_id=REPAIR)
    new = replace(rule(1, repair_type_id=REPAIR), created_at=MADE + timedelta(seconds=1))

    assert [most_exact(order, PRICED) for order in permutations([old, new, rule(5)])] == [new] * 6


@pytest.mark.exhaustive
@given(
    st.lists(
        st.builds(
            Scope,
            st.sampled_from([None, PART]), st.sampled_from([None, REPAIR]), st.sampled_from([None, BRAND]),
            st.sampled_from(["", "phone", "tablet"]), st.sampled_from(["", "original", "aftermarket_economy"]),
        ),
        max_size=8,
    )
)  # fmt: skip
def test_what_counts_covers_what_is_priced_and_nothing_that_covers_it_names_more(scopes: list[Scope]) -> None:
    made = [Rule(UUID(int=number), scope) for number, scope in enumerate(scopes, 1)]

    found = most_exact(made, PRICED)

    covering = [one for one in made if one.scope.covers(PRICED)]
    assert (found is None) == (not covering)
    assert found is None or sum(found.scope.named()) == max(sum(one.scope.named()) for one in covering)
