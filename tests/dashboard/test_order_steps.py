"""The steps of an order: shown before they are made, made once, refused with nothing lost."""

from __future__ import annotations

import pytest

from apps.inventory.models import Branch
from apps.repairs.enums import OrderStatus
from apps.repairs.models import RepairOrder, StatusHistory
from apps.repairs.rules import TRANSITIONS
from apps.repairs.services import change_status
from tests.conftest import Api
from tests.dashboard.browser import Browser, page_of
from tests.dashboard.conftest import BrowserOf
from tests.factories import actor_for, line, member, order, stock_of, stocked

WAYS = {
    "pending": "pending", "awaiting_approval": "awaiting_approval", "in_progress": "in_progress",
    "waiting_parts": "waiting_parts", "completed": "in_progress>completed",
    "ready_pickup": "in_progress>completed>ready_pickup", "cancelled": "cancelled",
    "delivered": "cancelled>ready_pickup>delivered",
}  # fmt: skip


def history_of(taken_in: RepairOrder) -> list[tuple[str, str]]:
    return list(StatusHistory.objects.filter(order=taken_in).values_list("new_status", "notes"))


@pytest.mark.parametrize("role", ["manager", "technician", "seller"])
@pytest.mark.parametrize("status", OrderStatus.values)
def test_the_buttons_are_those_of_the_transition_table(
    browser_of: BrowserOf, branch: Branch, role: str, status: str
) -> None:
    browser = browser_of(role)
    taken_in = order(branch, status=WAYS[status], technician=browser.user if role == "technician" else None)
    assert browser.user is not None
    promised = Api(browser.user).get(f"repairs/{taken_in.pk}/transitions").body["data"]["items"]

    page_of(browser, taken_in)

    steps = [step["transition"] for step in browser.response.context["steps"]]
    assert [(step.to, step.allowed, step.needs_reason, list(step.effects)) for step in steps] == [
        (item["to"], item["allowed"], item["needsReason"], item["effects"]) for item in promised
    ]
    assert browser.text.count('name="step"') == len(promised)
    if role == "manager":
        assert [step.to for step in steps] == list(TRANSITIONS[OrderStatus(status)])


@pytest.mark.exhaustive
def test_a_step_tells_what_it_will_do_and_does_it(tech: Browser, branch: Branch) -> None:
    part = stocked(3, branch)
    taken_in = order(branch, lines=[line(part)], status="in_progress", technician=tech.user)
    page_of(tech, taken_in)
    assert "1 reserved part leaves the stock." in tech.text

    tech.submit(tech.form(to="completed"), note="tested")

    assert tech.text.count(f"{taken_in.order_number} is now completed.") == 1
    assert history_of(taken_in)[-1] == ("completed", "tested")
    assert stock_of(part, branch) == (2, 0)
    assert "is now completed." not in page_of(tech, taken_in).text  # said once


def test_a_blocked_step_says_why_and_offers_no_button(tech: Browser, branch: Branch) -> None:
    taken_in = order(branch, lines=[line(stocked(0, branch))], status="in_progress", technician=tech.user)

    page_of(tech, taken_in)

    assert "1 line still waits for its part." in tech.text
    assert "note" not in tech.form(to="completed").offered


@pytest.mark.exhaustive
def test_a_blocked_step_that_is_sent_anyway_is_refused(tech: Browser, branch: Branch) -> None:
    taken_in = order(branch, lines=[line(stocked(0, branch))], status="in_progress", technician=tech.user)
    page_of(tech, taken_in)
    form = tech.form(to="completed")
    form.offered.add("note")

    tech.submit(form, note="typed with care")

    taken_in.refresh_from_db()
    assert (tech.status, taken_in.status) == (409, "in_progress")
    assert tech.form(to="completed").fields["note"] == "typed with care"


@pytest.mark.exhaustive
def test_a_page_that_is_old_changes_nothing_and_keeps_the_note(boss: Browser, branch: Branch) -> None:
    taken_in = order(branch)
    page_of(boss, taken_in)
    form = boss.form(to="in_progress")
    other = actor_for(member("manager", branch))
    change_status(taken_in.pk, OrderStatus.WAITING_PARTS, actor=other)
    before = history_of(taken_in)

    boss.submit(form, note="half an hour of thought")

    assert boss.status == 409
    assert boss.text.count("The order is waiting for parts by now.") == 1
    assert history_of(taken_in) == before
    again = boss.form(to="in_progress")
    assert again.fields["note"] == "half an hour of thought"
    assert boss.submit(again).status == 200
    assert history_of(taken_in)[-1] == ("in_progress", "half an hour of thought")


def test_a_note_outlives_the_step_that_is_gone(boss: Browser, branch: Branch) -> None:
    taken_in = order(branch)
    page_of(boss, taken_in)
    form = boss.form(to="awaiting_approval")
    change_status(taken_in.pk, OrderStatus.CANCELLED, actor=actor_for(member("manager", branch)))

    boss.submit(form, note="half an hour of thought")

    assert boss.status == 409
    assert boss.text.count("The order is cancelled by now.") == 1
    assert "What you typed is kept" in boss.text
    assert boss.form(do="note").fields["text"] == "half an hour of thought"


@pytest.mark.exhaustive
def test_a_double_click_makes_one_move(tech: Browser, branch: Branch) -> None:
    taken_in = order(branch, technician=tech.user)
    page_of(tech, taken_in)
    form = tech.form(to="in_progress")
    tech.submit(form, note="once")

    tech.submit(form, note="once")

    assert tech.status == 200
    assert "is now in progress." in tech.text
    assert history_of(taken_in) == [("pending", ""), ("in_progress", "once")]


@pytest.mark.exhaustive
def test_the_same_move_by_somebody_else_is_not_ones_own(boss: Browser, branch: Branch) -> None:
    taken_in = order(branch)
    page_of(boss, taken_in)
    form = boss.form(to="in_progress")
    change_status(taken_in.pk, OrderStatus.IN_PROGRESS, actor=actor_for(member("manager", branch)))

    boss.submit(form)

    assert boss.status == 409
    assert "The order is in progress by now." in boss.text


def test_a_step_back_needs_a_reason(tech: Browser, branch: Branch) -> None:
    taken_in = order(branch, status="in_progress>completed", technician=tech.user)
    page_of(tech, taken_in)

    tech.submit(tech.form(to="in_progress"), note="  ")

    taken_in.refresh_from_db()
    assert (tech.status, taken_in.status) == (400, "completed")
    assert tech.text.count("This step needs a reason.") == 1


def test_another_roles_step_is_refused(counter: Browser, branch: Branch) -> None:
    taken_in = order(branch)
    page_of(counter, taken_in)
    form = counter.form(to="cancelled")
    form.fields["to"] = "in_progress"

    counter.submit(form)

    taken_in.refresh_from_db()
    assert (counter.status, taken_in.status) == (403, "pending")
    assert "Your role may not make an order in progress that is pending." in counter.text


@pytest.mark.parametrize("change", [{"to": "nonsense"}, {"expected": ""}, {"note": "x" * 1001}, {"note": "a\0b"}])
def test_a_damaged_step_is_refused(boss: Browser, branch: Branch, change: dict[str, str]) -> None:
    taken_in = order(branch)
    page_of(boss, taken_in)
    form = boss.form(to="in_progress")
    form.fields |= change

    boss.submit(form)

    assert boss.status == 400
    assert history_of(taken_in) == [("pending", "")]


@pytest.mark.exhaustive
def test_a_manager_hands_over_unpaid_with_a_reason(boss: Browser, branch: Branch) -> None:
    taken_in = order(branch, status=WAYS["ready_pickup"])
    page_of(boss, taken_in)
    assert boss.submit(boss.form(to="delivered"), note="").status == 409
    taken_in.refresh_from_db()
    assert taken_in.status == "ready_pickup"

    boss.submit(boss.form(to="delivered"), note="goodwill")

    assert history_of(taken_in)[-1] == ("delivered", "goodwill")
    assert "The device has been handed over" in boss.text
