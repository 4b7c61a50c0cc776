"""How repairs end: the rule in full, by every door that says it."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from apps.core.exceptions import ValidationFailed
from apps.inventory.models import Branch
from apps.repairs.enums import OrderStatus, Outcome
from apps.repairs.models import Quote, QuoteDecision, RepairOrder
from apps.repairs.rules import outcomes
from tests.conftest import Api
from tests.factories import line, order
from tests.repairs.contract import STATUSES, TABLE, WAY_TO, books, events_of, named

WORK = {"repaired", "partly_repaired", "no_fault_found"}
GIVEN_UP = {"declined", "beyond_economic_repair", "unrepairable", "no_fault_found"}
OPEN = {"pending", "awaiting_approval", "in_progress", "waiting_parts"}
EVERY = ["", *Outcome.values]


def _may_have(status: str, unrepaired: bool) -> set[str]:
    if status in OPEN:
        return GIVEN_UP if unrepaired else WORK | GIVEN_UP
    return GIVEN_UP if unrepaired or status == "cancelled" else WORK


def _refused(call: Any) -> bool:
    try:
        call()
    except ValidationFailed:
        return True
    return False


def test_every_outcome_fits_where_it_makes_sense_and_nowhere_else() -> None:
    for status, unrepaired, outcome in product(STATUSES, [False, True], EVERY):
        may = outcome in _may_have(status, unrepaired)
        ends = status not in OPEN
        may_be_open = not ends or status == "cancelled" or unrepaired

        moved = _refused(
            lambda: outcomes.require_fitting(outcome, OrderStatus(status), unrepaired=unrepaired)  # noqa: B023
        )
        kept = _refused(lambda: outcomes.require_known(outcome, status, unrepaired=unrepaired))  # noqa: B023

        assert kept is not (may or (outcome == "" and may_be_open)), (status, unrepaired, outcome)
        if outcome:
            assert moved is not (may and ends), (status, unrepaired, outcome)


def _after(status: str, to: str, unrepaired: bool, present: str, declined: bool) -> str:
    """The outcome after a move, in the words of the issue."""
    if to in OPEN:
        return present if status in OPEN else ""
    if present in _may_have(to, unrepaired):
        return present
    if to == "completed":
        return "repaired"
    if to == "cancelled":
        return "declined" if declined else ""
    return present


def test_every_move_leaves_the_outcome_that_the_issue_says() -> None:
    for status in STATUSES:
        for to, unrepaired, present, declined in product(TABLE[status], [False, True], EVERY, [False, True]):
            found = outcomes.outcome_after(
                OrderStatus(status), OrderStatus(to), unrepaired=unrepaired, present=present, declined=declined
            )

            assert found == _after(status, to, unrepaired, present, declined), (status, to, unrepaired, present)


def _put(api: Api, found: RepairOrder, to: str, **more: Any) -> Any:
    return api.put(f"repairs/{found.pk}/status", {"status": to, "notes": "because", **more})


def _decline(found: RepairOrder, *, approved: bool = False, version: int = 1) -> None:
    quote = Quote.objects.create(
        order=found, version=version, status="approved" if approved else "declined", currency="USD",
        prices_include_tax=True, subtotal=1, discount_total=0, tax_total=0, total=1, valid_until=timezone.now(),
        text="x", text_sha256="0" * 64, actor_kind="system", actor_label="test",
    )  # fmt: skip
    QuoteDecision.objects.create(
        quote=quote, approved=approved, way="counter", name="Kim", total=1, text_sha256="0" * 64, actor_kind="system",
        actor_label="test",
    )  # fmt: skip


def test_completed_work_is_repaired_unless_somebody_says_otherwise(manager: Api, branch: Branch) -> None:
    usual, other = (order(branch, status="in_progress", lines=[line(unit_price=Decimal(0))]) for _ in range(2))

    offered = manager.get(f"repairs/{usual.pk}/transitions").body["data"]["items"]
    answers = [_put(manager, usual, "completed"), _put(manager, other, "completed", outcome="partly_repaired")]

    completed = next(move for move in offered if move["to"] == "completed")
    assert completed["effects"] == ["The outcome becomes repaired."]
    assert [answer.body["data"]["outcome"] for answer in answers] == ["repaired", "partly_repaired"]
    assert events_of(other, "repairs.outcome_changed") == [{"old": "", "new": "partly_repaired"}]


@pytest.mark.parametrize(
    ("decisions", "expected"), [([], None), ([False], "declined"), ([True], None), ([False, True], None)]
)
def test_a_declined_quote_is_the_outcome_of_giving_up(
    manager: Api, branch: Branch, decisions: list[bool], expected: str | None
) -> None:
    taken_in = order(branch)
    for version, approved in enumerate(decisions, 1):
        _decline(taken_in, approved=approved, version=version)

    moves = manager.get(f"repairs/{taken_in.pk}/transitions").body["data"]["items"]
    answer = _put(manager, taken_in, "cancelled")

    shown = next(move for move in moves if move["to"] == "cancelled")["effects"]
    assert shown == (["The outcome becomes declined."] if expected else [])
    assert answer.body["data"]["outcome"] == expected


@pytest.mark.parametrize(
    ("status", "to", "outcome", "code"),
    [
        ("in_progress", "completed", "declined", "contradicts"),
        ("in_progress", "cancelled", "repaired", "contradicts"),
        ("cancelled", "ready_pickup", "partly_repaired", "contradicts"),
        ("ready_pickup", "delivered", "unrepairable", "contradicts"),
        ("pending", "in_progress", "repaired", "not_allowed"),
        ("cancelled", "pending", "declined", "not_allowed"),
        ("pending", "cancelled", "broken", "invalid_choice"),
    ],
)
def test_an_outcome_that_contradicts_the_move_changes_nothing(
    manager: Api, branch: Branch, status: str, to: str, outcome: str, code: str
) -> None:
    taken_in = order(branch, status=WAY_TO[status], lines=[line(unit_price=Decimal(0))])
    before = books()

    answer = _put(manager, taken_in, to, outcome=outcome)

    assert (answer.status_code, named(answer)) == (400, [("outcome", code)])
    assert books() == before


def test_the_outcome_can_be_said_before_and_on_the_way_back_and_falls_when_work_begins_again(
    manager: Api, branch: Branch
) -> None:
    taken_in = order(branch, status="in_progress", lines=[line(unit_price=Decimal(0))])
    path = f"repairs/{taken_in.pk}"

    noted = manager.patch(path, {"outcome": "unrepairable"}).body["data"]["outcome"]
    given_up = _put(manager, taken_in, "cancelled").body["data"]["outcome"]
    corrected = _put(manager, taken_in, "ready_pickup", outcome="beyond_economic_repair").body["data"]["outcome"]
    reopened = _put(manager, taken_in, "in_progress").body["data"]["outcome"]
    done = _put(manager, taken_in, "completed").body["data"]["outcome"]
    edited = manager.patch(path, {"outcome": "no_fault_found"}).body["data"]["outcome"]

    assert [noted, given_up, corrected, reopened, done, edited] == [
        "unrepairable", "unrepairable", "beyond_economic_repair", None, "repaired", "no_fault_found",
    ]  # fmt: skip
    assert [event["new"] for event in events_of(taken_in, "repairs.outcome_changed")] == [
        "unrepairable", "beyond_economic_repair", "", "repaired", "no_fault_found",
    ]  # fmt: skip


@pytest.mark.parametrize("outcome", ["declined", "", None])
def test_what_is_done_keeps_an_outcome_that_fits(manager: Api, branch: Branch, outcome: str | None) -> None:
    taken_in = order(branch, status="in_progress>completed")
    before = books()

    answer = manager.patch(f"repairs/{taken_in.pk}", {"outcome": outcome})

    assert (answer.status_code, named(answer)) == (400, [("outcome", "contradicts")])
    assert books() == before


def test_after_the_hand_over_the_outcome_stands(manager: Api, branch: Branch) -> None:
    taken_in = order(branch, status=WAY_TO["delivered"], lines=[line(unit_price=Decimal(0))])
    before = books()

    answer = manager.patch(f"repairs/{taken_in.pk}", {"outcome": "partly_repaired"})

    assert answer.status_code == 409
    assert books() == before


def test_the_list_finds_orders_by_their_outcome(manager: Api, branch: Branch) -> None:
    repaired, given_up = order(branch, status="in_progress>completed"), order(branch, status="cancelled")
    manager.patch(f"repairs/{given_up.pk}", {"outcome": "unrepairable"})

    found = {
        outcome: [row["id"] for row in manager.get(f"repairs?outcome={outcome}").body["data"]["items"]]
        for outcome in ("repaired", "unrepairable", "declined")
    }

    assert found == {"repaired": [str(repaired.pk)], "unrepairable": [str(given_up.pk)], "declined": []}
