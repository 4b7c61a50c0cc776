"""What starting, entering, posting and giving up a count do, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from apps.audit.models import Event
from apps.core.exceptions import (
    Conflict,
    DomainError,
    Duplicate,
    Forbidden,
    NotFound,
    ReferenceMissing,
    ValidationFailed,
)
from apps.core.ids import new_id
from apps.inventory.enums import CountStatus
from apps.inventory.exceptions import CountNotPostable
from apps.inventory.models import Branch, CountLine, Item, StockCount, StockMovement
from apps.inventory.services import (
    CountEntryRequest,
    CountRequest,
    Need,
    cancel_count,
    enter_count,
    post_count,
    recount_line,
    reserve,
    start_count,
    verify_stock,
)
from tests.factories import CategoryFactory, ItemFactory, actor_for, member, stock_of, stocked
from tests.inventory.counting import SYSTEM, adjustments, come, entries, out, posted, says, scan, started, typed
from tests.inventory.killing import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def part(branch: Branch) -> Item:
    """Ten at Harbour, 8.00 each."""
    return stocked(10, branch, sku="LCD-1", barcode="5901234123457", name="Display")


def refused(kind: type[DomainError], work: Any) -> DomainError:
    """What ``work`` is refused with; nothing has changed."""
    before = everything()
    with pytest.raises(kind) as refusal:
        work()
    assert everything() == before
    return refusal.value


def events(count: StockCount) -> list[str]:
    found = Event.objects.filter(aggregate="inventory.stockcount", aggregate_id=count.pk).order_by("created_at", "id")
    return [event.type for event in found]


# --- starting


def test_count_of_a_branch_has_a_line_for_each_item_that_it_has_a_level_for(
    branch: Branch, other_branch: Branch, part: Item
) -> None:
    empty = stocked(0, branch)
    gone = stocked(1, branch, sku="CASE")
    stocked(5, other_branch)

    count = started(branch, notes="Spring")

    assert (count.number, count.status, count.notes) == (
        f"C-{timezone.now().year}-000001", CountStatus.OPEN, "Spring"
    )  # fmt: skip
    lines = CountLine.objects.filter(count=count).order_by("item__sku")
    rows = list(lines.values_list("item__sku", "counted", "on_hand", "disturbed", "unit_micros"))
    assert rows == [("CASE", None, 1, False, 8_000_000), ("LCD-1", None, 10, False, 8_000_000)]
    assert empty.sku not in {row[0] for row in rows}
    assert stock_of(gone, branch) == (1, 0)
    event = Event.objects.get(type="inventory.count_started")
    assert event.payload == {
        "number": count.number, "branch_id": str(branch.pk), "category_id": None, "lines": 2
    }  # fmt: skip


def test_count_of_a_category_takes_in_everything_below_it(branch: Branch) -> None:
    screens = CategoryFactory()
    phones = CategoryFactory(parent=screens)
    deep = CategoryFactory(parent=phones)
    stocked(1, branch, sku="A", category=screens)
    stocked(1, branch, sku="B", category=deep)
    stocked(1, branch, sku="C", category=CategoryFactory())
    stocked(1, branch, sku="D")

    count = started(branch, screens)

    assert sorted(count.lines.values_list("item__sku", flat=True)) == ["A", "B"]


@pytest.mark.exhaustive
def test_open_counts_of_the_same_shelf_exclude_each_other(branch: Branch, other_branch: Branch) -> None:
    top = CategoryFactory()
    below, beside = CategoryFactory(parent=top), CategoryFactory()
    first = started(branch, top)

    for category in (None, top, below):
        refusal = refused(Conflict, lambda category=category: started(branch, category))
        assert refusal.message == f"{first.number} is counting these items already; post or cancel it first."
    assert started(branch, beside).status == CountStatus.OPEN
    assert started(other_branch).status == CountStatus.OPEN
    cancel_count(first.pk, actor=SYSTEM)
    assert started(branch, below).status == CountStatus.OPEN


def test_count_of_a_part_of_what_is_counted_above_is_refused(branch: Branch) -> None:
    top = CategoryFactory()
    started(branch, CategoryFactory(parent=CategoryFactory(parent=top)))

    refused(Conflict, lambda: started(branch, top))


@pytest.mark.exhaustive
def test_managers_start_counts_in_their_branches_alone(branch: Branch, other_branch: Branch) -> None:
    manager, seller = actor_for(member("manager", branch)), actor_for(member("seller", branch))

    assert start_count(CountRequest(branch.pk), actor=manager).actor_id == manager.id
    foreign = refused(ReferenceMissing, lambda: start_count(CountRequest(other_branch.pk), actor=manager))
    refused(Forbidden, lambda: start_count(CountRequest(branch.pk), actor=seller))
    unknown = refused(
        ReferenceMissing, lambda: start_count(CountRequest(other_branch.pk, category_id=new_id()), actor=SYSTEM)
    )

    assert [detail.field for detail in (*foreign.details, *unknown.details)] == ["branchId", "categoryId"]


# --- entering


def test_scans_add_up_and_a_typed_number_is_the_total(branch: Branch, part: Item) -> None:
    count = started(branch)

    found = [
        scan(count, "lcd-1").counted,
        scan(count, "5901234123457").counted,
        scan(count, "LCD-1", quantity=5).counted,
    ]
    assert (found, says(count, part)) == ([1, 2, 7], (7, 10, False))
    assert scan(count, "LCD-1", quantity=-1).counted == 6
    assert typed(count, part, 9).counted == 9

    assert says(count, part) == (9, 10, False)
    assert entries(count) == [(1, False), (1, False), (5, False), (-1, False), (9, True)]
    assert stock_of(part, branch) == (10, 0)
    assert events(count) == ["inventory.count_started"] + ["inventory.item_counted"] * 5


def test_scan_that_is_sent_twice_counts_once_even_after_the_count_is_closed(branch: Branch, part: Item) -> None:
    count, pk = started(branch), new_id()
    scan(count, "LCD-1", id=pk)
    scan(count, "LCD-1", id=pk)
    cancel_count(count.pk, actor=SYSTEM)

    again = scan(count, "5901234123457", id=pk)

    assert (again.counted, entries(count)) == (1, [(1, False)])


@pytest.mark.parametrize("other", [{"code": "CASE"}, {"code": "LCD-1", "quantity": 2}, {"code": "LCD-1", "total": 1}])
def test_id_of_one_entry_is_not_taken_for_another(branch: Branch, part: Item, other: dict[str, Any]) -> None:
    stocked(1, branch, sku="CASE")
    count, pk = started(branch), new_id()
    scan(count, "LCD-1", id=pk)

    refused(Duplicate, lambda: enter_count(count.pk, CountEntryRequest(id=pk, **other), actor=SYSTEM))


def test_id_of_an_entry_on_another_count_is_refused(branch: Branch, other_branch: Branch, part: Item) -> None:
    first, second, pk = started(branch), started(other_branch), new_id()
    scan(first, "LCD-1", id=pk)

    refused(Duplicate, lambda: scan(second, "LCD-1", id=pk))


def test_item_without_a_line_gets_one_if_it_is_in_scope(branch: Branch) -> None:
    shelf = CategoryFactory()
    found = ItemFactory(sku="NEW", category=CategoryFactory(parent=shelf))
    count = started(branch, shelf)
    assert count.lines.count() == 0

    scan(count, "NEW")

    assert says(count, found) == (1, 0, False)
    assert stock_of(found, branch) == (0, 0)


@pytest.mark.exhaustive
def test_what_is_out_of_scope_unknown_or_shapeless_is_refused(branch: Branch, part: Item) -> None:
    shelf = CategoryFactory(name="Cables")
    count = started(branch, shelf)

    def why(kind: type[DomainError], **fields: Any) -> tuple[str, str]:
        refusal = refused(kind, lambda: enter_count(count.pk, CountEntryRequest(**fields), actor=SYSTEM))
        return refusal.details[0].field, refusal.message

    assert why(ValidationFailed, code="LCD-1") == (
        "code", f"LCD-1 Display is not in Cables, which is all that {count.number} counts."
    )  # fmt: skip
    assert why(ReferenceMissing, code=" 4711 ") == ("code", "No item and no unit has the code “4711”.")
    assert why(ReferenceMissing, item_id=new_id())[0] == "inventoryItemId"
    assert why(ValidationFailed)[0] == "code"
    assert why(ValidationFailed, code="x", item_id=part.pk)[0] == "code"
    assert why(ValidationFailed, code="x", quantity=2, total=2)[0] == "quantity"


@pytest.mark.exhaustive
def test_no_more_is_taken_back_than_was_counted(branch: Branch, part: Item) -> None:
    count = started(branch)
    refused(ValidationFailed, lambda: scan(count, "LCD-1", quantity=-1))
    scan(count, "LCD-1")

    refusal = refused(ValidationFailed, lambda: scan(count, "LCD-1", quantity=-2))
    refused(ValidationFailed, lambda: scan(count, "LCD-1", quantity=1_000_000))

    assert refusal.message == "Only 1 were counted."
    assert says(count, part) == (1, 10, False)


@pytest.mark.exhaustive
def test_staff_enter_in_their_branches_alone(branch: Branch, other_branch: Branch, part: Item) -> None:
    here, there = started(branch), started(other_branch)
    seller, customer = actor_for(member("seller", branch)), actor_for(member("customer", None))
    request = CountEntryRequest(code="LCD-1")

    line = enter_count(here.pk, request, actor=seller)

    assert line.entries.get().actor_id == seller.id
    refused(NotFound, lambda: enter_count(there.pk, request, actor=seller))
    refused(Forbidden, lambda: enter_count(here.pk, request, actor=customer))
    refused(NotFound, lambda: recount_line(there.pk, line.pk, actor=seller))
    refused(NotFound, lambda: recount_line(here.pk, new_id(), actor=seller))
    refused(Forbidden, lambda: post_count(here.pk, actor=seller))
    refused(Forbidden, lambda: cancel_count(here.pk, actor=seller))
    manager = actor_for(member("manager", branch))
    refused(NotFound, lambda: post_count(there.pk, actor=manager))
    refused(NotFound, lambda: cancel_count(there.pk, actor=manager))


# --- posting


def test_differences_are_booked_as_adjustments_that_name_the_count(branch: Branch, part: Item) -> None:
    case, equal, left = (stocked(3, branch, sku=sku) for sku in ("CASE", "EQ", "LEFT"))
    count = started(branch)
    typed(count, part, 8)
    typed(count, case, 5)
    typed(count, equal, 3)

    posted(count)

    assert adjustments(count) == [("CASE", 2, 16_000_000), ("LCD-1", -2, -16_000_000)]
    assert [stock_of(item, branch) for item in (part, case, equal, left)] == [(8, 0), (5, 0), (3, 0), (3, 0)]
    movement = StockMovement.objects.get(document_id=count.pk, item=part)
    line = CountLine.objects.get(count=count, item=part)
    assert (movement.notes, movement.reference_number, movement.document_type, movement.document_line_id) == (
        f"Stock count {count.number}", count.number, "stock_count", line.pk
    )  # fmt: skip
    assert (movement.movement_type, movement.to_branch_id, movement.to_balance) == ("ADJUSTMENT", branch.pk, 8)
    event = Event.objects.get(type="inventory.count_posted")
    assert event.payload == {
        "number": count.number, "branch_id": str(branch.pk), "lines": 2, "surplus": 2, "shortage": 2,
        "value": "0.000000", "currency": "USD",
    }  # fmt: skip
    assert verify_stock() == []


def test_what_nobody_counted_is_left_alone_or_is_not_there(branch: Branch, part: Item) -> None:
    case, empty = stocked(3, branch, sku="CASE"), stocked(1, branch, sku="EMPTY")
    come(empty, branch)
    count = started(branch)
    typed(count, part, 10)

    posted(count, zero_uncounted=True)

    assert [stock_of(item, branch) for item in (part, case, empty)] == [(10, 0), (0, 0), (0, 0)]
    assert (says(count, case), says(count, empty)) == ((0, 3, False), (0, 2, False))
    assert adjustments(count) == [("CASE", -3, -24_000_000), ("EMPTY", -2, -16_000_000)]
    assert verify_stock() == []


def test_uncounted_line_of_what_the_books_have_none_of_needs_no_movement(branch: Branch, part: Item) -> None:
    sold, never = stocked(1, branch, sku="SOLD"), stocked(0, branch, sku="NEVER")
    come(never, branch, 2)
    count = started(branch)
    out(sold, branch)
    out(never, branch, 2)
    typed(count, part, 10)

    posted(count, zero_uncounted=True)

    assert (says(count, sold), says(count, never)) == ((0, 0, False), (0, 0, False))
    assert adjustments(count) == []
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_uncounted_line_whose_stock_moved_is_not_taken_for_empty(branch: Branch, part: Item) -> None:
    delivered, emptied = stocked(0, branch, sku="NEW"), stocked(1, branch, sku="OUT")
    come(delivered, branch)
    count = started(branch)
    come(delivered, branch, 5)
    typed(count, part, 10)
    typed(count, emptied, 1)

    refusal = refused(CountNotPostable, lambda: posted(count, zero_uncounted=True))

    assert refusal.message == f"{delivered}: nobody counted it, and its stock moved meanwhile; count it."
    typed(count, delivered, 6)
    posted(count, zero_uncounted=True)
    assert stock_of(delivered, branch) == (6, 0)


@pytest.mark.exhaustive
def test_line_below_what_is_reserved_refuses_the_whole_posting(branch: Branch, part: Item) -> None:
    case = stocked(3, branch, sku="CASE", name="Case")
    reserve("test", [Need(new_id(), part.pk, branch.pk, 4, new_id(), "R-1")], actor=SYSTEM)
    reserve("test", [Need(new_id(), case.pk, branch.pk, 3, new_id(), "R-2")], actor=SYSTEM)
    count = started(branch)
    lines = {item: typed(count, item, total).pk for item, total in ((part, 3), (case, 2))}

    refusal = refused(CountNotPostable, lambda: posted(count))

    assert refusal.code == "CONFLICT"
    assert refusal.message == "2 lines cannot be posted yet."
    assert [(detail.field, detail.code, detail.message) for detail in refusal.details] == [
        (f"lines.{lines[case]}", "reserved", "CASE Case: 2 would be left, and 3 are reserved."),
        (f"lines.{lines[part]}", "reserved", "LCD-1 Display: 3 would be left, and 4 are reserved."),
    ]


def test_posting_twice_posts_once(branch: Branch, part: Item) -> None:
    count = started(branch)
    typed(count, part, 8)
    posted(count)

    refusal = refused(Conflict, lambda: posted(count))

    assert refusal.message == f"{count.number} has been posted already."
    assert stock_of(part, branch) == (8, 0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("close", [posted, lambda count: cancel_count(count.pk, actor=SYSTEM)])
def test_closed_count_takes_no_entries_and_stays_closed(branch: Branch, part: Item, close: Any) -> None:
    count = started(branch)
    line = typed(count, part, 10)
    close(count)

    refused(Conflict, lambda: scan(count, "LCD-1"))
    refused(Conflict, lambda: recount_line(count.pk, line.pk, actor=SYSTEM))
    refused(Conflict, lambda: cancel_count(count.pk, actor=SYSTEM))
    refused(Conflict, lambda: posted(count))


def test_cancelled_count_changes_no_stock(branch: Branch, part: Item) -> None:
    count = started(branch)
    typed(count, part, 1)

    cancelled = cancel_count(count.pk, actor=SYSTEM)

    assert (cancelled.status, cancelled.closed_at is not None) == (CountStatus.CANCELLED, True)
    assert (stock_of(part, branch), adjustments(count)) == ((10, 0), [])
    assert events(count)[-1] == "inventory.count_cancelled"
