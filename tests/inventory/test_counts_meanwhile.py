"""Stock that moves while it is counted: before, between and after the entries of a line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.core.exceptions import Conflict
from apps.core.ids import new_id
from apps.inventory.exceptions import CountNotPostable
from apps.inventory.models import Branch, CountLine, Item
from apps.inventory.selectors import counts as selectors
from apps.inventory.services import Need, issue, ledger, recount_line, reserve, reverse_movement, verify_stock
from tests.factories import stock_of, stocked
from tests.inventory.counting import SYSTEM, adjustments, come, correct, out, posted, says, scan, started, typed
from tests.inventory.killing import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def part(branch: Branch) -> Item:
    """Ten at Harbour, 8.00 each."""
    return stocked(10, branch, sku="LCD-1", name="Display")


def refusal_of(count: Any, **fields: Any) -> list[tuple[str, str]]:
    """Why posting is refused, line by line; nothing has changed."""
    before = everything()
    with pytest.raises(CountNotPostable) as refusal:
        posted(count, **fields)
    assert everything() == before
    return [(detail.code, detail.message) for detail in refusal.value.details]


def test_movement_before_the_first_entry_is_in_what_it_is_compared_with(branch: Branch, part: Item) -> None:
    count = started(branch)
    out(part, branch, 3)

    scan(count, "LCD-1", quantity=6)

    assert says(count, part) == (6, 7, False)
    posted(count)
    assert stock_of(part, branch) == (6, 0)
    assert verify_stock() == []


def test_movements_after_the_last_entry_change_shelf_and_books_alike(branch: Branch, part: Item) -> None:
    count = started(branch)
    typed(count, part, 9)
    out(part, branch, 2)
    come(part, branch, 5, unit_price=Decimal("20.00"))

    posted(count)

    # 9 were found of 10; 2 were sold and 5 came. The books stood at 13, worth 8 × 8.00 + 5 × 20.00.
    assert stock_of(part, branch) == (12, 0)
    assert adjustments(count) == [("LCD-1", -1, -12_615_385)]
    assert verify_stock() == []


def test_promise_that_is_handed_out_after_the_counting_is_taken_into_account(branch: Branch, part: Item) -> None:
    need = Need(new_id(), part.pk, branch.pk, 4, new_id(), "R-1")
    reserve("test", [need], actor=SYSTEM)
    count = started(branch)
    typed(count, part, 9)
    issue("test", [need.source_id], actor=SYSTEM)

    posted(count)

    assert stock_of(part, branch) == (5, 0)


def test_promise_alone_moves_nothing_and_disturbs_nothing(branch: Branch, part: Item) -> None:
    count = started(branch)
    scan(count, "LCD-1", quantity=5)
    reserve("test", [Need(new_id(), part.pk, branch.pk, 4, new_id(), "R-1")], actor=SYSTEM)

    scan(count, "LCD-1", quantity=4)

    assert says(count, part) == (9, 10, False)


@pytest.mark.exhaustive
@pytest.mark.parametrize("move", [out, come])
def test_movement_between_two_scans_disturbs_the_line_until_it_is_counted_again(
    branch: Branch, part: Item, move: Any
) -> None:
    count = started(branch)
    scan(count, "LCD-1", quantity=5)
    move(part, branch)
    scan(count, "LCD-1", quantity=4)
    assert says(count, part) == (9, 10, True)
    scan(count, "LCD-1")

    assert says(count, part) == (10, 10, True)
    assert refusal_of(count) == [
        ("disturbed", "LCD-1 Display: its stock moved between two entries; count it again.")
    ]  # fmt: skip
    left = stock_of(part, branch)[0]
    typed(count, part, left - 1)
    assert says(count, part) == (left - 1, left, False)
    posted(count)
    assert stock_of(part, branch) == (left - 1, 0)


def test_movements_that_cancel_each_other_out_disturb_all_the_same(branch: Branch, part: Item) -> None:
    count = started(branch)
    scan(count, "LCD-1", quantity=5)
    out(part, branch)
    come(part, branch)

    scan(count, "LCD-1")

    assert says(count, part) == (6, 10, True)


def test_movement_elsewhere_disturbs_nothing(branch: Branch, other_branch: Branch, part: Item) -> None:
    count = started(branch)
    scan(count, "LCD-1", quantity=5)
    come(part, other_branch)
    out(stocked(1, branch), branch)

    scan(count, "LCD-1")

    assert says(count, part) == (6, 10, False)


def test_counting_again_forgets_what_was_counted(branch: Branch, part: Item) -> None:
    count = started(branch)
    scan(count, "LCD-1", quantity=5)
    out(part, branch)
    line = scan(count, "LCD-1")

    recount_line(count.pk, line.pk, actor=SYSTEM)
    recount_line(count.pk, line.pk, actor=SYSTEM)

    assert (says(count, part), CountLine.objects.get(pk=line.pk).round) == ((None, 9, False), 2)
    posted(count)
    assert stock_of(part, branch) == (9, 0)


@pytest.mark.exhaustive
def test_line_that_is_counted_again_by_scans_is_compared_with_what_is_there_then(branch: Branch, part: Item) -> None:
    count = started(branch)
    line = scan(count, "LCD-1", quantity=5)
    out(part, branch, 2)
    recount_line(count.pk, line.pk, actor=SYSTEM)

    for _ in range(7):
        scan(count, "LCD-1")

    assert says(count, part) == (7, 8, False)
    posted(count)
    assert (stock_of(part, branch), adjustments(count)) == ((7, 0), [("LCD-1", -1, -8_000_000)])


def test_correction_of_the_books_after_the_counting_asks_for_another_one(branch: Branch, part: Item) -> None:
    count = started(branch)
    typed(count, part, 9)
    correct(part, branch, -1)

    found = refusal_of(count)

    assert found == [
        ("disturbed", "LCD-1 Display: its books were corrected after it was counted; count it again.")
    ]  # fmt: skip
    typed(count, part, 9)
    posted(count)
    assert (stock_of(part, branch), adjustments(count)) == ((9, 0), [])


def test_reversal_after_the_counting_asks_for_another_one(branch: Branch, part: Item) -> None:
    wrong = out(part, branch)
    count = started(branch)
    typed(count, part, 10)
    reverse_movement(wrong.pk, "never happened", actor=SYSTEM)

    found = refusal_of(count)

    assert [code for code, _ in found] == ["disturbed"]
    assert stock_of(part, branch) == (10, 0)


def test_breakage_of_what_was_found_right_does_not_stand_in_the_way(branch: Branch, part: Item) -> None:
    count = started(branch)
    typed(count, part, 10)
    correct(part, branch, -1)

    posted(count)

    assert (stock_of(part, branch), adjustments(count)) == ((9, 0), [])


def test_item_that_two_counts_have_counted_is_corrected_once(branch: Branch, part: Item) -> None:
    """Categories move while counts are open, so that two may have counted the same shelf."""
    first = started(branch)
    typed(first, part, 9)
    type(first).objects.filter(pk=first.pk).update(status="cancelled")
    second = started(branch)
    typed(second, part, 9)
    posted(second)
    type(first).objects.filter(pk=first.pk).update(status="open")

    assert [code for code, _ in refusal_of(first)] == ["disturbed"]
    assert stock_of(part, branch) == (9, 0)
    with pytest.raises(Conflict):
        posted(second)


@pytest.mark.parametrize("most", [1, 100])
def test_more_lines_than_a_statement_can_name_are_posted_like_few(
    branch: Branch, part: Item, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    case, fuse = stocked(4, branch), stocked(5, branch)
    count = started(branch)
    typed(count, part, 7)
    typed(count, case, 5)
    out(part, branch, 2)
    come(later := stocked(1, branch), branch, 3)  # on no line
    monkeypatch.setattr(ledger, "ALL_AT_ONCE", 1)
    monkeypatch.setattr(ledger, "MOST_NAMED", most)
    monkeypatch.setattr(selectors, "MOST_NAMED", most)

    posted(count, zero_uncounted=True)

    assert [stock_of(item, branch) for item in (part, case, fuse, later)] == [(5, 0), (5, 0), (0, 0), (4, 0)]
    assert verify_stock() == []
