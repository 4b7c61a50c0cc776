"""Counting units that are known one by one: each scan names one, and the differences name them too."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.exceptions import ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.inventory.exceptions import CountNotPostable
from apps.inventory.models import Branch, CountEntry, CountLine, Item, MovedSerial, Serial
from apps.inventory.services import (
    CountEntryRequest,
    Need,
    TransferLineRequest,
    TransferRequest,
    draft_transfer,
    enter_count,
    pick_serials,
    recount_line,
    reserve,
    send_transfer,
    verify_stock,
)
from tests.factories import CategoryFactory, stock_of, stocked
from tests.inventory.counting import SYSTEM, adjustments, come, entries, out, posted, says, scan, started, typed, unit
from tests.inventory.killing import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(branch: Branch) -> Item:
    """Three units at Harbour: P-1, P-2 and P-3, 8.00 each."""
    return stocked(3, branch, sku="P", name="Phone", tracks_serials=True)


def places(item: Item) -> dict[str, tuple[str, str | None]]:
    rows = Serial.objects.filter(item=item).order_by("number").values_list("number", "state", "branch__code")
    return {number: (state, code) for number, state, code in rows}


def named(count: Any, sign: int) -> list[str]:
    """The units that the count's adjustments up, or down, have named."""
    moved = MovedSerial.objects.filter(movement__document_id=count.pk)
    side = moved.filter(movement__quantity__gt=0) if sign > 0 else moved.filter(movement__quantity__lt=0)
    return sorted(side.values_list("serial__number", flat=True))


def refusal_of(count: Any) -> list[tuple[str, str]]:
    before = everything()
    with pytest.raises(CountNotPostable) as refusal:
        posted(count)
    assert everything() == before
    return [(detail.code, detail.message) for detail in refusal.value.details]


def test_unit_is_counted_once_however_often_it_is_scanned(branch: Branch, phone: Item) -> None:
    count = started(branch)

    counted = [scan(count, code).counted for code in ("P-1", "p-1", " P - 1 ", "P-2")]

    assert counted == [1, 1, 1, 2]
    assert entries(count) == [(1, False), (1, False)]
    assert says(count, phone) == (2, 3, False)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"code": "P"}, "code"), ({"code": "P", "total": 3}, "countedQuantity"), ({"code": "P-1", "quantity": 2}, "quantity"),
     ({"code": "P-1", "quantity": -1}, "quantity"), ({"code": "P-1", "total": 0}, "countedQuantity")],
)  # fmt: skip
def test_number_of_units_is_refused_where_each_has_its_own(
    branch: Branch, phone: Item, fields: dict[str, Any], field: str
) -> None:
    count = started(branch)
    before = everything()

    with pytest.raises(ValidationFailed) as refusal:
        enter_count(count.pk, CountEntryRequest(**fields), actor=SYSTEM)

    assert refusal.value.message == "Scan the serial number of each unit of P Phone."
    assert [detail.field for detail in refusal.value.details] == [field]
    assert everything() == before


def test_item_without_serials_takes_none(branch: Branch) -> None:
    case, count = stocked(1, branch, sku="CASE", name="Case"), started(branch)

    with pytest.raises(ValidationFailed, match=r"The units of CASE Case have no serial numbers\."):
        unit(count, case, "C-1")

    assert CountEntry.objects.count() == 0


def test_missing_and_found_units_are_booked_by_name(branch: Branch, phone: Item) -> None:
    out(phone, branch, serials=["P-3"])
    count = started(branch)
    scan(count, "P-1")
    scan(count, "P-3")
    unit(count, phone, "p-9")
    assert says(count, phone) == (3, 2, False)

    posted(count)

    assert (named(count, 1), named(count, -1)) == (["P-3", "P-9"], ["P-2"])
    assert adjustments(count) == [("P", 2, 16_000_000), ("P", -1, -8_000_000)]
    here = ("in_stock", "HAR")
    assert places(phone) == {"P-1": here, "P-2": ("gone", None), "P-3": here, "P-9": here}
    assert stock_of(phone, branch) == (3, 0)
    assert verify_stock() == []


def test_none_is_there_can_be_typed_for_nobody_can_scan_it(branch: Branch, phone: Item) -> None:
    count = started(branch)
    scan(count, "P-1")
    typed(count, phone, 0)

    posted(count)

    assert (says(count, phone), named(count, -1)) == ((0, 3, False), ["P-1", "P-2", "P-3"])
    assert stock_of(phone, branch) == (0, 0)


def test_unit_that_moves_meanwhile_is_where_it_was_moved_and_disturbs_nothing(branch: Branch, phone: Item) -> None:
    count = started(branch)
    scan(count, "P-1")
    out(phone, branch, serials=["P-1"])
    out(phone, branch, serials=["P-2"])
    come(phone, branch, serials=["P-4"])
    scan(count, "P-3")
    out(phone, branch, serials=["P-3"])

    posted(count)

    assert (says(count, phone)[2], adjustments(count)) == (False, [])
    assert [number for number, place in places(phone).items() if place[0] == "in_stock"] == ["P-4"]
    assert verify_stock() == []


def test_missing_unit_is_booked_though_others_move_meanwhile(branch: Branch, phone: Item) -> None:
    count = started(branch)
    scan(count, "P-1")
    come(phone, branch, serials=["P-4"])
    scan(count, "P-3")

    posted(count)

    assert (named(count, 1), named(count, -1)) == ([], ["P-2"])
    assert stock_of(phone, branch) == (3, 0)


def test_line_says_what_will_be_booked_though_units_moved_between_the_scans(branch: Branch, phone: Item) -> None:
    count = started(branch)
    scan(count, "P-1")
    out(phone, branch, serials=["P-2"])

    scan(count, "P-3")

    assert says(count, phone) == (2, 2, False)


@pytest.mark.exhaustive
def test_unit_of_another_branch_or_in_transit_refuses_the_posting(
    branch: Branch, other_branch: Branch, phone: Item
) -> None:
    come(phone, other_branch, 2, serials=["P-7", "P-8"])
    lines = [TransferLineRequest(phone.pk, 1, ["P-8"])]
    send_transfer(draft_transfer(TransferRequest(other_branch.pk, branch.pk, lines), actor=SYSTEM).pk, actor=SYSTEM)
    count = started(branch)
    for number in ("P-1", "P-2", "P-3"):
        scan(count, number)
    line = scan(count, "P-8")

    moving = refusal_of(count)
    recount_line(count.pk, line.pk, actor=SYSTEM)
    scan(count, "P-7")
    elsewhere = refusal_of(count)

    assert moving == [("serial_elsewhere", "P Phone: the unit P-8 is in transit.")]
    assert elsewhere == [("serial_elsewhere", "P Phone: the unit P-7 is in stock at Station.")]


@pytest.mark.exhaustive
def test_unit_that_is_chosen_for_an_order_is_not_booked_out(branch: Branch, phone: Item) -> None:
    need = Need(new_id(), phone.pk, branch.pk, 1, new_id(), "R-1")
    reserve("test", [need], actor=SYSTEM)
    reservation = phone.stock_levels.get().reservations.get()
    pick_serials(reservation.pk, ["P-2"], actor=SYSTEM)
    count = started(branch)
    scan(count, "P-1")
    scan(count, "P-3")

    assert refusal_of(count) == [
        ("reserved", "P Phone: the unit P-2 was not found, and it is chosen for something.")
    ]  # fmt: skip


def test_units_counted_again_are_scanned_again(branch: Branch, phone: Item) -> None:
    count = started(branch)
    line = scan(count, "P-1")
    recount_line(count.pk, line.pk, actor=SYSTEM)
    assert says(count, phone) == (None, 3, False)

    for number in ("P-1", "P-2", "P-3"):
        scan(count, number)
    posted(count)

    assert (says(count, phone), adjustments(count)) == ((3, 3, False), [])
    assert CountLine.objects.get(pk=line.pk).entries.count() == 4


def test_number_that_several_items_have_is_taken_for_the_one_that_is_here(
    branch: Branch, other_branch: Branch, phone: Item
) -> None:
    tablet = stocked(0, branch, sku="T", name="Tablet", tracks_serials=True)
    come(tablet, other_branch, serials=["P-1"])
    count = started(branch)

    assert scan(count, "P-1").item_id == phone.pk
    come(tablet, branch, serials=["P-2"])
    with pytest.raises(ValidationFailed, match="Units of several items have this number: choose the item first"):
        scan(count, "P-2")
    assert unit(count, tablet, "P-2").item_id == tablet.pk


def test_number_that_nobody_knows_needs_its_item(branch: Branch, phone: Item) -> None:
    count = started(branch)

    with pytest.raises(ReferenceMissing, match="No item and no unit has the code “P-9”"):
        scan(count, "P-9")

    assert unit(count, phone, "P-9").counted == 1


def test_unit_out_of_scope_is_refused(branch: Branch, phone: Item) -> None:
    count = started(branch, CategoryFactory(name="Cables"))

    with pytest.raises(ValidationFailed, match="P Phone is not in Cables"):
        scan(count, "P-1")

    assert CountEntry.objects.count() == 0


def test_what_nobody_counted_is_not_there_with_all_its_units(branch: Branch, phone: Item) -> None:
    count = started(branch)

    posted(count, zero_uncounted=True)

    assert (named(count, -1), stock_of(phone, branch)) == (["P-1", "P-2", "P-3"], (0, 0))
    assert verify_stock() == []
