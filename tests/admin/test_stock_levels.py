"""Why a number is what it is, what the stock is worth, units by number, and undoing a movement."""

from __future__ import annotations

import pytest

from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Serial, StockLevel, StockMovement
from apps.inventory.services import MovementRequest, record_movement
from tests.admin.office import Office, address, text
from tests.factories import ItemFactory, stock_of, stocked
from tests.factories.work import SYSTEM
from tests.inventory.books import books


@pytest.mark.exhaustive
def test_units_are_typed_line_by_line_and_shown_with_their_movements(chief: Office, branch: Branch) -> None:
    item = ItemFactory(tracks_serials=True)

    answer = chief.add(
        StockMovement, item=item.pk, movement_type="IN", quantity="2", to_branch=branch.pk, serials="a-1\n a-2 \n"
    )
    refused = chief.add(StockMovement, item=item.pk, movement_type="IN", quantity="1", to_branch=branch.pk, serials="")

    assert (answer.status_code, refused.status_code) == (302, 200)
    assert sorted(Serial.objects.values_list("number", flat=True)) == ["A-1", "A-2"]
    assert "Name 1 serial numbers" in text(refused)
    page = chief.open(Serial.objects.get(number="A-1"))
    assert [row[1:4] for row in page.context["tables"][0].rows] == [("in", None, branch)]
    assert "A-1, A-2" in text(chief.open(StockMovement.objects.get()))


def test_newest_movement_of_a_level_ends_at_its_number(chief: Office, branch: Branch) -> None:
    item = stocked(5, branch)
    record_movement(MovementRequest(item.pk, MovementType.OUT, 2, from_branch_id=branch.pk), actor=SYSTEM)

    page = chief.open(StockLevel.objects.get())

    tables = {table.title: table.rows for table in page.context["tables"]}
    assert [row[1:5] for row in tables["Movements"]] == [("out", "-2", 3, "-16.00"), ("in", "+5", 5, "+40.00")]
    assert (tables["On its way"], tables["Reserved for"]) == ([], [])
    assert "24.00 USD" in text(page)


def test_worth_of_the_stock_is_that_of_own_branches(
    chief: Office, boss: Office, branch: Branch, other_branch: Branch
) -> None:
    stocked(5, branch)
    stocked(2, other_branch)

    own = chief.get(address(StockLevel, "value_page"))
    all_ = boss.get(address(StockLevel, "value_page"))

    assert [table.title for table in own.context["tables"]] == ["Harbour: 5 units, 40.00 USD"]
    assert [table.title for table in all_.context["tables"]] == [
        "Harbour: 5 units, 40.00 USD", "Station: 2 units, 16.00 USD"
    ]  # fmt: skip


def test_movement_is_undone_with_a_reason_and_once(chief: Office, branch: Branch) -> None:
    item = stocked(5, branch)
    movement = StockMovement.objects.get()
    page = chief.page("reverse_page", movement)
    silent = chief.post(page.request["PATH_INFO"] + f"?ids={movement.pk}", notes=" ")
    kept = stock_of(item, branch)

    done = chief.post(page.request["PATH_INFO"] + f"?ids={movement.pk}", notes="typed twice")
    after = books()
    again = chief.post(page.request["PATH_INFO"] + f"?ids={movement.pk}", notes="typed twice")

    assert (page.status_code, silent.status_code, done.status_code, again.status_code) == (200, 200, 302, 302)
    assert kept == (5, 0)
    assert stock_of(item, branch) == (0, 0)
    assert StockMovement.objects.get(reverses=movement).notes == "typed twice"
    assert books() == after


def test_movement_of_another_branch_is_not_there_to_be_undone(chief: Office, other_branch: Branch) -> None:
    stocked(5, other_branch)
    before = books()

    answer = chief.page("reverse_page", StockMovement.objects.get())

    assert answer.status_code == 404
    assert books() == before
