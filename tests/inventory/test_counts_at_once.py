"""Sixteen at once, killed at any statement, and in any order: a count loses no unit and is posted once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from apps.core.db import retrying
from apps.core.ids import new_id
from apps.inventory.enums import CountStatus
from apps.inventory.exceptions import CountNotPostable, InsufficientStock
from apps.inventory.models import Branch, CountEntry, CountLine, Item, StockCount, StockLevel, StockMovement
from apps.inventory.services import (
    CountEntryRequest,
    Need,
    cancel_count,
    enter_count,
    issue,
    post_count,
    recount_line,
    reserve,
    start_count,
    verify_stock,
)
from apps.inventory.services.counts import CountRequest
from tests.conftest import Api
from tests.factories import BranchFactory, CategoryFactory, ItemFactory, member, stock_of, stocked
from tests.inventory.counting import SYSTEM, adjustments, come, correct, out, posted, says, scan, started, typed, unit
from tests.inventory.killing import every_statement_killed
from tests.racing import kinds, race

CLIENTS = 16
at_once = pytest.mark.django_db(transaction=True)


# --- at once


@pytest.mark.exhaustive
@at_once
def test_one_of_sixteen_posts_and_the_others_are_told_so() -> None:
    branch = BranchFactory()
    items = [stocked(10, branch) for _ in range(5)]
    count = started(branch)
    for item in items:
        typed(count, item, 7)
    apis = [Api(member("manager", branch)) for _ in range(CLIENTS)]

    answers = race(*[partial(api.post, f"inventory/stock-counts/{count.pk}/post") for api in apis])

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 15
    assert {answer.body.get("error") for answer in answers} == {None, f"{count.number} has been posted already."}
    assert [stock_of(item, branch) for item in items] == [(7, 0)] * 5
    assert len(adjustments(count)) == 5
    assert verify_stock() == []


@pytest.mark.exhaustive
@at_once
def test_one_repeated_request_to_post_is_answered_the_same_by_whoever_runs_it() -> None:
    branch = BranchFactory()
    count = started(branch)
    typed(count, stocked(10, branch), 9)
    user = member("manager", branch)
    apis = [Api(user) for _ in range(CLIENTS)]

    answers = race(
        *[partial(api.post, f"inventory/stock-counts/{count.pk}/post", Idempotency_Key="once") for api in apis]
    )

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(adjustments(count)) == 1


@pytest.mark.exhaustive
@at_once
def test_sales_go_on_while_a_count_is_posted_and_no_unit_is_lost() -> None:
    branch = BranchFactory()
    items = [stocked(50, branch) for _ in range(4)]
    count = started(branch)
    for item in items:
        typed(count, item, 48)

    def sell(order: list[Item]) -> int:
        for item in order:
            retrying(partial(out, item, branch))
        return len(order)

    def serve(order: list[Item]) -> int:
        needs = [Need(new_id(), item.pk, branch.pk, 1, new_id(), "R-1") for item in order]
        retrying(lambda: reserve("test", needs, actor=SYSTEM))
        retrying(lambda: issue("test", [need.source_id for need in needs], actor=SYSTEM))
        return len(order)

    works: list[Callable[[], Any]] = [partial(sell, items), partial(sell, items[::-1]), partial(serve, items[::-1])] * 4
    works += [partial(retrying, partial(posted, count))] * 4

    outcomes = race(*works)

    assert outcomes[:12] == [4] * 12
    assert kinds(outcomes[12:]) == {"Conflict": 3, "StockCount": 1}
    # 50 were on the books, 48 on the shelf, and 12 were sold of each.
    assert [stock_of(item, branch) for item in items] == [(36, 0)] * 4
    assert verify_stock() == []


@pytest.mark.exhaustive
@at_once
def test_scans_of_sixteen_phones_all_count_and_repeated_ones_once() -> None:
    branch = BranchFactory()
    item = stocked(40, branch, sku="A")
    count, pk = started(branch), new_id()
    works = [partial(scan, count, "A")] * 8 + [partial(scan, count, "A", id=pk)] * 8

    outcomes = race(*works)

    assert kinds(outcomes) == {"CountLine": 16}
    assert says(count, item) == (9, 40, False)
    assert CountEntry.objects.count() == 9


@pytest.mark.exhaustive
@at_once
def test_unit_that_sixteen_scan_at_once_is_counted_once() -> None:
    branch = BranchFactory()
    item = stocked(2, branch, sku="P", tracks_serials=True)
    count = started(branch)

    outcomes = race(*[partial(scan, count, "P-1"), partial(unit, count, item, "P-9")] * (CLIENTS // 2))

    assert kinds(outcomes) == {"CountLine": 16}
    assert says(count, item) == (2, 2, False)
    assert sorted(CountEntry.objects.values_list("serial_number", flat=True)) == ["P-1", "P-9"]


@pytest.mark.exhaustive
@at_once
def test_entries_and_sales_and_posting_at_once_leave_the_books_true() -> None:
    branch = BranchFactory()
    item = stocked(100, branch, sku="A")
    count = started(branch)
    typed(count, item, 98)  # else a post after the first scan leaves less than what is sold
    works = [
        partial(scan, count, "A"),
        partial(out, item, branch),
        partial(posted, count),
        partial(typed, count, item, 99),
    ]

    outcomes = race(*[partial(retrying, work) for work in works * (CLIENTS // 4)])

    assert set(kinds(outcomes)) <= {"Conflict", "CountLine", "CountNotPostable", "StockCount", "StockMovement"}
    assert kinds(outcomes)["StockMovement"] == 4
    booked = sum(quantity for _, quantity, _ in adjustments(count))
    assert stock_of(item, branch) == (96 + booked, 0)
    assert verify_stock() == []


@at_once
def test_one_of_sixteen_starts_a_count_of_the_same_shelf() -> None:
    branch, top = BranchFactory(), CategoryFactory()
    below = CategoryFactory(parent=top)
    stocked(1, branch, category=below)

    outcomes = race(*[partial(started, branch), partial(started, branch, top), partial(started, branch, below),
                      partial(started, branch, below)] * (CLIENTS // 4))  # fmt: skip

    assert kinds(outcomes) == {"Conflict": 15, "StockCount": 1}
    assert StockCount.objects.count() == 1


@at_once
def test_branches_start_counts_at_once_with_numbers_of_their_own() -> None:
    branches = [BranchFactory() for _ in range(CLIENTS)]

    outcomes = race(*[partial(started, branch) for branch in branches])

    assert sorted(count.number[-6:] for count in outcomes) == [f"{number:06d}" for number in range(1, 17)]


@at_once
@pytest.mark.postgresql
def test_race_shows_what_entering_without_the_lock_would_do() -> None:
    """The control of the races above: the same entry, read and then written without a lock."""
    branch = BranchFactory()
    item = stocked(40, branch)
    count = started(branch)
    line = count.lines.get(item=item)
    barrier = threading.Barrier(CLIENTS)

    def enter() -> None:
        found = CountLine.objects.get(pk=line.pk)
        barrier.wait(timeout=20)
        found.counted = (found.counted or 0) + 1
        found.save()

    race(*[enter] * CLIENTS)

    assert CountLine.objects.get(pk=line.pk).counted < CLIENTS


# --- killed


def _entered(branch: Branch) -> StockCount:
    item, other = stocked(10, branch, sku="A"), stocked(3, branch, sku="P", tracks_serials=True)
    stocked(5, branch, sku="B")
    count = started(branch)
    typed(count, item, 8)
    scan(count, "P-1")
    unit(count, other, "P-9")
    return count


KILLED: dict[str, Callable[[StockCount], object]] = {
    "scan": lambda count: scan(count, "A"),
    "unit": lambda count: scan(count, "P-2"),
    "new item": lambda count: scan(count, "NEW"),
    "recount": lambda count: recount_line(count.pk, count.lines.get(item__sku="A").pk, actor=SYSTEM),
    "post": lambda count: post_count(count.pk, actor=SYSTEM, zero_uncounted=True),
    "cancel": lambda count: cancel_count(count.pk, actor=SYSTEM),
}


@pytest.mark.exhaustive
@pytest.mark.django_db
@pytest.mark.parametrize("name", KILLED)
def test_work_that_is_killed_at_any_statement_leaves_nothing_behind(branch: Branch, name: str) -> None:
    count = _entered(branch)
    ItemFactory(sku="NEW")

    assert every_statement_killed(partial(KILLED[name], count)) >= 6
    assert verify_stock() == []


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_start_that_is_killed_at_any_statement_leaves_nothing_behind(branch: Branch) -> None:
    stocked(3, branch)
    request = CountRequest(branch.pk, CategoryFactory().pk)

    assert every_statement_killed(lambda: start_count(request, actor=SYSTEM)) >= 10


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_posting_takes_as_many_statements_for_500_lines_as_for_5(branch: Branch, other_branch: Branch) -> None:
    counts = [_many(5, branch), _many(500, other_branch)]
    taken = []

    for count in counts:
        with CaptureQueriesContext(connection) as queries:
            posted(count)
        taken.append(len(queries))

    budget = {"postgresql": 15, "sqlite": 32}[connection.vendor]  # SQLite takes fewer values in one statement
    assert [statements <= budget for statements in taken] == [True, True]
    assert [StockMovement.objects.filter(document_id=count.pk).count() for count in counts] == [5, 500]
    assert verify_stock() == []


def _many(lines: int, branch: Branch) -> StockCount:
    """A count whose every line lacks one unit."""
    items = Item.objects.bulk_create(ItemFactory.build() for _ in range(lines))
    levels = [StockLevel(item=item, branch=branch) for item in items]
    StockLevel.objects.bulk_create(levels)
    for item in items:
        come(item, branch, 3)
    count = started(branch)
    for line in count.lines.all():
        enter_count(count.pk, CountEntryRequest(item_id=line.item_id, total=2), actor=SYSTEM)
    return count


# --- in any order

UNITS = st.integers(min_value=1, max_value=4)


class Shelf(RuleBasedStateMachine):
    """One item of which the books are wrong; ``shelf`` is what really lies there, ``right`` what they must say.

    A thief takes units without a word, a find brings them, and everything else changes shelf and books alike. Whoever
    counts sees the whole shelf at once when they type a total, and one unit after the other when they scan.
    """

    def __init__(self) -> None:
        super().__init__()
        self.branch = BranchFactory()
        self.item = stocked(12, self.branch, sku=f"A{new_id().hex[-8:]}")
        self.shelf = self.books = 12
        self.unseen = 0  # what thieves and finds did since the line was last counted, or never
        self.count = started(self.branch)

    @rule(units=UNITS)
    def thief_takes(self, units: int) -> None:
        taken = min(units, self.shelf)
        self.shelf -= taken
        self.unseen -= taken

    @rule(units=UNITS)
    def unit_is_found(self, units: int) -> None:
        self.shelf += units
        self.unseen += units

    @rule(units=UNITS)
    def some_come(self, units: int) -> None:
        come(self.item, self.branch, units)
        self.shelf += units
        self.books += units

    @rule(units=UNITS)
    def some_are_sold(self, units: int) -> None:
        if self.shelf < units or self.books < units:
            return
        out(self.item, self.branch, units)
        self.shelf -= units
        self.books -= units

    @rule()
    def one_breaks(self) -> None:
        if self.shelf and self.books:
            correct(self.item, self.branch, -1)
            self.shelf -= 1
            self.books -= 1

    @rule()
    def whole_shelf_is_counted(self) -> None:
        typed(self.count, self.item, self.shelf)
        self.unseen = 0

    @rule()
    def shelf_is_scanned(self) -> None:
        line = self.count.lines.get()
        recount_line(self.count.pk, line.pk, actor=SYSTEM)
        for _ in range(self.shelf):
            scan(self.count, self.item.sku)
        self.unseen = 0 if self.shelf else self.unseen

    @rule()
    def scanning_is_interrupted_by_a_sale(self) -> None:
        line = self.count.lines.get()
        recount_line(self.count.pk, line.pk, actor=SYSTEM)
        if self.shelf < 2 or not self.books:
            return
        scan(self.count, self.item.sku)
        self.some_are_sold(1)
        scan(self.count, self.item.sku)
        assert says(self.count, self.item)[2]

    @rule()
    def count_is_posted(self) -> None:
        line = self.count.lines.get()
        before = stock_of(self.item, self.branch)[0]
        assert before == self.books
        try:
            posted(self.count)
        except (CountNotPostable, InsufficientStock):
            assert stock_of(self.item, self.branch) == (before, 0)
            assert StockCount.objects.get(pk=self.count.pk).status == CountStatus.OPEN
            cancel_count(self.count.pk, actor=SYSTEM)
        else:
            self.books = stock_of(self.item, self.branch)[0]
            if line.counted is None:
                assert self.books == before
            else:
                # Everything is on the books but what nobody has seen since.
                assert self.books == self.shelf - self.unseen
        self.count = started(self.branch)

    @invariant()
    def books_are_proven(self) -> None:
        assert stock_of(self.item, self.branch) == (self.books, 0)
        assert verify_stock() == []


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_posted_count_says_what_is_on_the_shelf_whatever_moves_meanwhile() -> None:
    how = settings(
        max_examples=12,
        stateful_step_count=20,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
    )

    run_state_machine_as_test(Shelf, settings=how)
