"""Order numbers: per year, in the branch's own time, never twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction

from apps.core.exceptions import DomainError
from apps.inventory.models import Branch
from apps.repairs.models import OrderCounter, RepairOrder
from apps.repairs.services.numbering import next_order_number
from tests.factories import BranchFactory, line, order
from tests.repairs.contract import fresh_id


def test_each_year_counts_for_itself(branch: Branch) -> None:
    numbers = []
    for year in (2026, 2026, 2027, 2026, 2027):
        with time_machine.travel(datetime(year, 6, 1, 12, tzinfo=UTC), tick=False):
            numbers.append(order(branch).order_number)

    assert numbers == ["R-2026-000001", "R-2026-000002", "R-2027-000001", "R-2026-000003", "R-2027-000002"]


@pytest.mark.parametrize(
    ("zone", "number"),
    [("UTC", "R-2026-000001"), ("Pacific/Auckland", "R-2027-000001"), ("America/New_York", "R-2026-000001")],
)
def test_the_year_is_that_of_the_branch(db: None, zone: str, number: str) -> None:
    branch = BranchFactory(timezone=zone)

    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        taken_in = order(branch)

    assert taken_in.order_number == number


def test_branches_share_the_numbers_of_a_year(branch: Branch, other_branch: Branch) -> None:
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC), tick=False):
        numbers = [order(place).order_number for place in (branch, other_branch, branch)]

    assert numbers == ["R-2026-000001", "R-2026-000002", "R-2026-000003"]


def test_a_refused_intake_uses_no_number(branch: Branch) -> None:
    with pytest.raises(DomainError):
        order(branch, lines=[line()], customer=fresh_id())
    taken_in = order(branch)

    assert taken_in.order_number.endswith("-000001")
    assert OrderCounter.objects.get().last == 1


def test_a_number_grows_past_six_digits(db: None) -> None:
    OrderCounter.objects.create(year=2026, last=999_999)

    assert next_order_number(2026) == "R-2026-1000000"


def test_the_database_takes_no_number_twice(branch: Branch) -> None:
    first, second = order(branch), order(branch)

    with pytest.raises(IntegrityError), transaction.atomic():
        RepairOrder.objects.filter(pk=second.pk).update(order_number=first.order_number)


def test_a_number_stays_with_its_order(branch: Branch) -> None:
    taken_in = order(branch, status="in_progress>completed>ready_pickup>delivered")

    assert taken_in.order_number == order(branch).order_number.replace("000002", "000001")
