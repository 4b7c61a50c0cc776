"""The time that runs on an order, on its page."""

from __future__ import annotations

from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder, WorkEntry
from tests.dashboard.browser import Browser, page_of
from tests.factories import order


def _open(browser: Browser, found: RepairOrder) -> None:
    page_of(browser, found)


def test_a_technician_starts_and_stops_their_time(tech: Browser, branch: Branch) -> None:
    found = order(branch, technician=tech.user)

    _open(tech, found)
    tech.submit(tech.form(do="start-work"))
    started = tech.text
    tech.submit(tech.form(do="stop-work"))

    assert "Your time runs." in started
    assert "at it now" in started
    assert "Your time was stopped." in tech.text
    assert WorkEntry.objects.get().stopped_at is not None


def test_who_works_elsewhere_is_told_where(tech: Browser, branch: Branch) -> None:
    first, second = (order(branch, technician=tech.user) for _ in range(2))
    _open(tech, first)
    tech.submit(tech.form(do="start-work"))

    _open(tech, second)
    tech.submit(tech.form(do="start-work"))

    assert tech.status == 409
    assert f"Your time runs on {first.order_number}: stop that first." in tech.text
    assert WorkEntry.objects.count() == 1


def test_the_counter_spends_no_time(counter: Browser, branch: Branch) -> None:
    found = order(branch)

    _open(counter, found)

    assert "Start my time" not in counter.text


def test_the_page_shows_how_the_repair_ended(boss: Browser, branch: Branch) -> None:
    found = order(branch, status="in_progress>completed")

    _open(boss, found)

    assert "<dt>Outcome</dt><dd>repaired</dd>" in boss.text
