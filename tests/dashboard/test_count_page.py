"""Counting on the pages: scanning, correcting, looking at the differences, posting; without JavaScript."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.ids import new_id
from apps.inventory.models import Branch, CountEntry, Item, StockCount
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import BrowserOf
from tests.dashboard.test_focus import focused
from tests.factories import CategoryFactory, stock_of, stocked
from tests.inventory.counting import adjustments, out, says, scan, started, typed

pytestmark = pytest.mark.django_db
ARABIC = "شاشة آيفون ١٣"


@pytest.fixture
def part(branch: Branch) -> Item:
    """Ten at Harbour, 8.00 each."""
    return stocked(10, branch, sku="LCD-1", barcode="5901234123457", name=ARABIC)


@pytest.fixture
def phone(branch: Branch) -> Item:
    return stocked(2, branch, sku="P", name="Phone", tracks_serials=True)


def page(browser: Browser, count: StockCount, rest: str = "", **query: str) -> Browser:
    return browser.open(f"/dashboard/counts/{count.pk}/{rest}", **query)


def scanned(browser: Browser, code: str) -> Browser:
    """What a scanner types into the field that has the focus, and Enter."""
    return browser.submit(browser.form(do="scan"), code=code)


def tally(browser: Browser) -> str:
    """The large number, and what it is compared with."""
    found = re.search(r'<p class="total"><b>(.*?)</b> <span class="quiet">(.*?)</span>', browser.text)
    assert found is not None
    return f"{found[1]} {found[2]}"


@pytest.mark.exhaustive
def test_a_manager_starts_a_count_and_scans_it(boss: Browser, branch: Branch, part: Item) -> None:
    boss.open("/dashboard/")
    assert '<a href="/dashboard/counts/">Counts</a>' in boss.text

    boss.open("/dashboard/counts/")
    boss.submit(boss.form(), branch=str(branch.pk))
    count = StockCount.objects.get()
    assert boss.path == f"/dashboard/counts/{count.pk}/"
    assert focused(boss) == ["code"]
    for code in ("5901234123457", "lcd-1", "LCD-1"):
        scanned(boss, code)

    assert (tally(boss), focused(boss)) == ("3 of 10", ["code"])
    assert f"<bdi>{ARABIC}</bdi>" in boss.text
    assert boss.form(do="scan").fields["code"] == ""
    assert (count.is_blind, says(count, part)) == (False, (3, 10, False))


@pytest.mark.exhaustive
def test_a_form_that_is_sent_twice_counts_once(counter: Browser, branch: Branch, part: Item) -> None:
    count = started(branch)
    form = page(counter, count).form(do="scan")

    counter.submit(form, code="LCD-1")
    counter.submit(form, code="LCD-1")

    assert (tally(counter), CountEntry.objects.count()) == ("1 of 10", 1)


@pytest.mark.exhaustive
def test_a_wrong_number_is_corrected_or_taken_back(counter: Browser, branch: Branch, part: Item) -> None:
    count = started(branch)
    page(counter, count)
    scanned(counter, "LCD-1")

    counter.submit(counter.form(do="total"), total="9")
    assert (tally(counter), "1 fewer than expected" in counter.text) == ("9 of 10", True)
    counter.submit(counter.form(do="undo"))
    assert tally(counter) == "8 of 10"
    counter.submit(counter.form(do="recount"))

    assert tally(counter) == "– of 10"
    assert says(count, part) == (None, 10, False)


@pytest.mark.parametrize("total", ["", "-1", "nine", "1000001"])
def test_a_total_that_is_none_is_refused(counter: Browser, branch: Branch, part: Item, total: str) -> None:
    count = started(branch)
    page(counter, count)
    scanned(counter, "LCD-1")

    counter.submit(counter.form(do="total"), total=total)

    assert (counter.status, tally(counter)) == (400, "1 of 10")
    assert 'role="alert"' in counter.text


def test_a_code_that_nobody_knows_is_said_and_the_next_scan_is_not_typed_behind_it(
    counter: Browser, branch: Branch, part: Item
) -> None:
    count = started(branch, CategoryFactory(name="Cables"))
    page(counter, count)

    scanned(counter, "4711")
    unknown = (counter.status, "No item and no unit has the code “4711”." in counter.text, focused(counter))
    field = counter.form(do="scan").fields["code"]
    scanned(counter, "LCD-1")

    assert unknown == (400, True, ["code"])
    assert field == ""
    assert (counter.status, f"LCD-1 {ARABIC} is not in Cables" in counter.text) == (400, True)
    assert CountEntry.objects.count() == 0


@pytest.mark.exhaustive
def test_units_are_scanned_one_by_one_and_a_new_one_is_added_by_hand(
    counter: Browser, branch: Branch, phone: Item
) -> None:
    count = started(branch)
    page(counter, count)

    scanned(counter, "P-1")
    scanned(counter, "P-1")
    assert (tally(counter), '<bdi class="code">P-1</bdi>' in counter.text) == ("1 of 2", True)
    scanned(counter, "P")
    assert "Scan the serial number of each unit of P Phone." in counter.text
    counter.submit(counter.form(do="unit", item_code="P"), serial_number="p-9")
    assert tally(counter) == "2 of 2"
    scanned(counter, "P-8")
    counter.submit(counter.form(do="unit", serial_number="P-8"), item_code="Q")
    assert "No item has this barcode or SKU." in counter.text
    counter.submit(counter.form(do="unit", serial_number="P-8"), item_code="P")

    assert (tally(counter), says(count, phone)) == ("3 of 2", (3, 2, False))


@pytest.mark.exhaustive
def test_a_line_whose_stock_moved_asks_to_be_counted_again(counter: Browser, branch: Branch, part: Item) -> None:
    count = started(branch)
    page(counter, count)
    scanned(counter, "LCD-1")
    out(part, branch)

    scanned(counter, "LCD-1")

    assert "Its stock moved while it was being counted." in counter.text
    assert "1 to count again" in counter.text
    counter.submit(counter.form(do="total"), total="9")
    assert (tally(counter), "count again" in counter.text) == ("9 of 9", False)


@pytest.mark.exhaustive
def test_the_lines_are_listed_with_their_differences(boss: Browser, branch: Branch, part: Item) -> None:
    case, left = stocked(3, branch, sku="CASE", name="Case"), stocked(1, branch, sku="LEFT", name="Left")
    count = started(branch)
    typed(count, part, 8)
    typed(count, case, 4)

    everything = page(boss, count, "lines/").text
    differing = page(boss, count, "lines/", show="differing").text
    uncounted = page(boss, count, "lines/", show="uncounted").text
    nonsense = page(boss, count, "lines/", show="x", after="y")

    assert [left.name in text for text in (everything, differing, uncounted)] == [True, False, True]
    assert [ARABIC in text for text in (everything, differing, uncounted)] == [True, True, False]
    assert "2 fewer" in differing
    assert "1 more" in differing
    assert "-16.00\u00a0USD" in differing
    assert nonsense.status == 200


@pytest.mark.exhaustive
def test_posting_shows_what_it_changes_and_does_it_once(boss: Browser, branch: Branch, part: Item) -> None:
    left = stocked(3, branch, sku="LEFT", name="Left")
    count = started(branch)
    typed(count, part, 8)

    page(boss, count, "post/")
    form = boss.form(do="post")
    assert ("−2" in boss.text, "Left" in boss.text) == (True, False)
    boss.submit(form)
    assert (boss.path, f"{count.number} was posted." in boss.text) == (f"/dashboard/counts/{count.pk}/lines/", True)
    boss.submit(form)

    assert f"{count.number} was posted." in boss.text
    assert adjustments(count) == [(part.sku, -2, -16_000_000)]
    assert (stock_of(part, branch), stock_of(left, branch)) == ((8, 0), (3, 0))
    assert page(boss, count, "post/").path == f"/dashboard/counts/{count.pk}/lines/"


def test_what_is_not_counted_can_be_posted_as_not_there(boss: Browser, branch: Branch, part: Item) -> None:
    left = stocked(3, branch, sku="LEFT", name="Left")
    count = started(branch)
    typed(count, part, 10)

    page(boss, count, "post/", uncounted="zero")
    assert ("Left" in boss.text, "−3" in boss.text) == (True, True)
    boss.submit(boss.form(do="post"))

    assert stock_of(left, branch) == (0, 0)


@pytest.mark.exhaustive
def test_posting_what_the_page_has_not_shown_is_refused(boss: Browser, branch: Branch, part: Item) -> None:
    count = started(branch)
    typed(count, part, 8)
    page(boss, count, "post/")
    typed(count, part, 7)

    boss.submit(boss.form(do="post"))

    assert boss.status == 409
    assert "Something was counted meanwhile: this is what posting would change now." in boss.text
    assert stock_of(part, branch) == (10, 0)
    boss.submit(boss.form(do="post"))
    assert stock_of(part, branch) == (7, 0)


def test_what_stands_in_the_way_is_listed_instead_of_the_button(boss: Browser, branch: Branch, part: Item) -> None:
    count = started(branch)
    scan(count, "LCD-1")
    out(part, branch)
    scan(count, "LCD-1")

    page(boss, count, "post/")

    assert "its stock moved between two entries; count it again." in boss.text
    assert "Post the count" not in boss.text


@pytest.mark.exhaustive
def test_a_count_is_given_up_and_no_stock_changes(boss: Browser, branch: Branch, part: Item) -> None:
    count = started(branch)
    typed(count, part, 1)
    page(boss, count, "post/")
    form = boss.form(do="cancel")

    boss.submit(form)
    boss.submit(form)

    assert f"{count.number} was cancelled." in boss.text
    assert stock_of(part, branch) == (10, 0)
    assert "This count is closed." in page(boss, count).text
    scanned_late = boss.client.post(f"/dashboard/counts/{count.pk}/", {"do": "scan", "id": new_id(), "code": "LCD-1"})
    assert scanned_late.status_code == 403  # without the token of a page


def test_the_form_that_starts_a_count_starts_one(boss: Browser, branch: Branch) -> None:
    boss.open("/dashboard/counts/")
    form = boss.form()

    boss.submit(form)
    boss.submit(form)
    first = boss.path
    boss.open("/dashboard/counts/")
    boss.submit(boss.form())

    assert StockCount.objects.count() == 1
    assert first == f"/dashboard/counts/{StockCount.objects.get().pk}/"
    assert (boss.status, "is counting these items already" in boss.text) == (409, True)


@pytest.mark.exhaustive
def test_a_blind_count_shows_no_numbers_to_those_who_count(
    boss: Browser, counter: Browser, branch: Branch, part: Item
) -> None:
    boss.open("/dashboard/counts/")
    boss.submit(boss.form(), is_blind="on")
    count = StockCount.objects.get()

    scanned(page(counter, count), "LCD-1")
    told = tally(page(boss, count, line=str(count.lines.get().pk)))
    lines = page(counter, count, "lines/", show="differing").text

    assert (count.is_blind, tally(page(counter, count, line=str(count.lines.get().pk))), told) == (
        True, "1 counted", "1 of 10"
    )  # fmt: skip
    assert "of 10" not in lines
    assert "fewer" not in lines
    assert "Differences" not in lines


@pytest.mark.parametrize(
    ("role", "listed", "own", "foreign", "posting"),
    [
        ("admin", 200, 200, 200, 200),
        ("manager", 200, 200, 404, 200),
        ("technician", 200, 200, 404, 403),
        ("seller", 200, 200, 404, 403),
        ("customer", 403, 403, 403, 403),
    ],
)
def test_each_role_gets_to_its_counts(
    browser_of: BrowserOf, branch: Branch, other_branch: Branch, role: str, listed: int, own: int, foreign: int,
    posting: int,
) -> None:  # fmt: skip
    browser, here, there = browser_of(role), started(branch), started(other_branch)

    found = [
        browser.open("/dashboard/counts/").status,
        page(browser, here).status,
        page(browser, there).status,
        page(browser, here, "post/").status,
    ]

    assert found == [listed, own, foreign, posting]
    assert [page(browser, there, rest).status for rest in ("lines/", "post/")] == [
        foreign, foreign if posting == 200 else 403
    ]  # fmt: skip


@pytest.mark.parametrize("do", ["scan", "unit", "total", "undo", "recount"])
def test_no_form_reaches_a_count_of_another_branch(
    counter: Browser, other_branch: Branch, branch: Branch, do: str
) -> None:
    item = stocked(5, other_branch, sku="F")
    foreign = started(other_branch)
    line = typed(foreign, item, 5)
    own = page(counter, started(branch)).form(do="scan")

    sent = {**own.fields, "do": do, "code": "F", "item_code": "F", "serial_number": "1", "total": "1", "line": line.pk}
    answer = counter.client.post(f"/dashboard/counts/{foreign.pk}/", sent)

    assert answer.status_code == 404
    assert says(foreign, item) == (5, 5, False)


@pytest.mark.parametrize("do", ["total", "undo", "recount"])
@pytest.mark.parametrize("line", ["nonsense", "0197f000-0000-7000-8000-000000000000"])
def test_a_line_of_nothing_is_refused(counter: Browser, branch: Branch, do: str, line: str) -> None:
    form = page(counter, started(branch)).form(do="scan")

    answer: Any = counter.client.post(counter.path, {**form.fields, "do": do, "line": line, "total": "1"})

    assert answer.status_code in {400, 404}
    assert CountEntry.objects.count() == 0


def test_an_unknown_form_is_refused(counter: Browser, branch: Branch) -> None:
    form = page(counter, started(branch)).form(do="scan")

    assert counter.client.post(counter.path, {**form.fields, "do": "steal"}).status_code == 400
    assert UUID(form.fields["id"]).version == 7


@pytest.mark.exhaustive
def test_pages_take_as_many_statements_for_many_lines_as_for_one(boss: Browser, branch: Branch) -> None:
    count = started(branch)
    scan(count, stocked(1, branch, sku="A").sku, quantity=2)
    paths = ["", f"{count.pk}/", f"{count.pk}/lines/", f"{count.pk}/post/"]
    boss.open("/dashboard/counts/")

    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert boss.open(f"/dashboard/counts/{path}").status == 200
        return len(queries)

    with_one = [statements(path) for path in paths]
    for number in range(4):
        scan(count, stocked(1, branch).sku, quantity=number + 1)

    assert with_one == [6, 5, 5, 8]
    assert [statements(path) for path in paths] == with_one
