"""Stock counts in the back office: to be read."""

from __future__ import annotations

from apps.inventory.models import Branch, StockCount
from tests.admin.office import Office, address, text
from tests.factories import stocked
from tests.inventory.counting import started, typed


def test_count_shows_its_lines_and_differences(chief: Office, branch: Branch, other_branch: Branch) -> None:
    part, case = stocked(10, branch, sku="A", name="Display"), stocked(3, branch, sku="B", name="Frame")
    count, foreign = started(branch), started(other_branch)
    typed(count, part, 8)

    listed = text(chief.get(address(StockCount, "changelist"), q=count.number))
    page = chief.open(count)

    assert (count.number in listed, foreign.number in listed) == (True, False)
    assert "2 too few (16.00 USD)" in text(page)
    assert "1 of 2 lines are counted" in text(page)
    tables = {table.title: [row[:5] for row in table.rows] for table in page.context["tables"]}
    assert tables == {
        "Differences": [(part, 10, "8", "-2", "-16.00")],
        "All lines": [(part, 10, "8", "-2", "-16.00"), (case, 3, "–", "–", "–")],
    }
    assert chief.open(foreign).status_code == 404
    assert not page.context["has_change_permission"]
