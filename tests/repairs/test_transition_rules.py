"""The pure table of statuses: every move, for every role, in every situation."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from apps.core.actor import Actor
from apps.core.exceptions import Conflict, DomainError
from apps.repairs.enums import OrderStatus
from apps.repairs.rules import TRANSITIONS, Situation, before_work, lines_may_change, possible, require_transition
from tests.repairs.contract import MANAGERS_ONLY, NEEDS_REASON, OF_SELLERS, STATUSES, TABLE

REPAIRED = "The outcome becomes repaired."
ACTORS = {
    "system": Actor.system("test"),
    "anonymous": Actor.anonymous(),
    **{role: Actor("user", role, role=role) for role in ("admin", "manager", "technician", "seller", "customer")},
}


def situation(status: str, **facts: object) -> Situation:
    usual = {
        "unrepaired": False,
        "parts_reserved": 0,
        "parts_missing": 0,
        "paid": Decimal(0),
        "balance": Decimal(0),
        "currency": "USD",
        "has_password": False,
    }
    return Situation(status=OrderStatus(status), **{**usual, **facts})


def outcome(facts: Situation, to: str, actor: Actor, note: str) -> str:
    try:
        require_transition(facts, OrderStatus(to), actor, note)
    except DomainError as refusal:
        return refusal.code
    return "done"


def expected(status: str, to: str, role: str, *, reason: bool) -> str:
    if to not in TABLE[status]:
        return "INVALID_TRANSITION"
    may = {
        "system": True,
        "admin": True,
        "manager": True,
        "technician": (status, to) not in MANAGERS_ONLY,
        "seller": (status, to) in OF_SELLERS,
        "customer": False,
        "anonymous": False,
    }
    if not may[role]:
        return "FORBIDDEN"
    return "VALIDATION_ERROR" if (status, to) in NEEDS_REASON and not reason else "done"


def test_the_table_is_that_of_the_contract() -> None:
    held = {status.value: {to.value for to in targets} for status, targets in TRANSITIONS.items()}

    assert held == TABLE


@pytest.mark.parametrize("role", ACTORS)
@pytest.mark.parametrize("note", ["because", "", " \t\n"])
def test_every_move_is_decided_by_table_role_and_reason(role: str, note: str) -> None:
    decided = {
        (status, to): outcome(situation(status), to, ACTORS[role], note) for status, to in product(STATUSES, STATUSES)
    }

    assert decided == {
        (status, to): expected(status, to, role, reason=bool(note.strip()))
        for status, to in product(STATUSES, STATUSES)
    }


@pytest.mark.parametrize("role", ACTORS)
@pytest.mark.parametrize("status", STATUSES)
def test_what_is_offered_is_what_is_then_done(role: str, status: str) -> None:
    actor = ACTORS[role]
    facts = product([False, True], [0, 2], [0, 1], [Decimal(-5), Decimal(0), Decimal("0.01")], [False, True])
    for unrepaired, reserved, missing, balance, password in facts:
        here = situation(
            status,
            unrepaired=unrepaired,
            parts_reserved=reserved,
            parts_missing=missing,
            balance=balance,
            has_password=password,
        )

        offered = {move.to.value: move for move in possible(here, actor)}
        done = {to: outcome(here, to, actor, "because" if offered[to].needs_reason else "") == "done" for to in offered}

        assert done == {to: move.allowed for to, move in offered.items()}
        assert all(
            outcome(here, to, actor, "because") in {"INVALID_TRANSITION", "FORBIDDEN"}
            for to in STATUSES
            if to not in offered
        )
        assert all(outcome(here, to, actor, "because") != "done" for to, move in offered.items() if not move.allowed)
        assert all(outcome(here, to, actor, "") != "done" for to, move in offered.items() if move.needs_reason)


@pytest.mark.parametrize(
    ("role", "note", "result"),
    [
        ("technician", "because", "CONFLICT"),
        ("seller", "because", "CONFLICT"),
        ("manager", "", "CONFLICT"),
        ("manager", "  ", "CONFLICT"),
        ("manager", "a friend", "done"),
        ("admin", "a friend", "done"),
        ("system", "a friend", "done"),
    ],
)
def test_a_device_that_is_not_paid_leaves_only_with_a_managers_reason(role: str, note: str, result: str) -> None:
    unpaid = situation("ready_pickup", balance=Decimal("12.5"))

    assert outcome(unpaid, "delivered", ACTORS[role], note) == result


@pytest.mark.parametrize(
    ("role", "message", "overridable", "needs_reason"),
    [
        ("seller", "12.50 USD is still to be paid.", False, False),
        ("manager", "12.50 USD is still to be paid. A manager may hand it over with a reason.", True, True),
    ],
)
def test_the_balance_is_named_as_a_blocker(role: str, message: str, overridable: bool, needs_reason: bool) -> None:
    unpaid = situation("ready_pickup", balance=Decimal("12.5"))

    move = next(move for move in possible(unpaid, ACTORS[role]) if move.to == "delivered")

    assert [(found.code, found.message, found.overridable) for found in move.blockers] == [
        ("balance_due", message, overridable)
    ]
    assert (move.allowed, move.needs_reason) == (overridable, needs_reason)


def test_units_with_serial_numbers_are_picked_before_the_work_is_completed() -> None:
    facts = situation("in_progress", parts_reserved=2, parts_unpicked=("A", "B"), order_number="R-1")
    (completed,) = (move for move in possible(facts, ACTORS["manager"]) if move.to == OrderStatus.COMPLETED)

    assert [(found.code, found.message) for found in completed.blockers] == [
        ("serials_missing", "Pick the serial numbers of A, B for R-1 first."),
    ]
    assert not completed.allowed
    assert all(move.allowed for move in possible(facts, ACTORS["manager"]) if move.to != OrderStatus.COMPLETED)


@pytest.mark.parametrize("role", ["system", "admin", "manager", "technician"])
def test_no_reason_completes_an_order_that_waits_for_parts(role: str) -> None:
    waiting, short_of_one = situation("in_progress", parts_missing=2), situation("in_progress", parts_missing=1)

    with pytest.raises(Conflict, match=r"^1 line still waits for its part\.$"):
        require_transition(short_of_one, OrderStatus.COMPLETED, ACTORS[role], "because")
    with pytest.raises(Conflict, match=r"^2 lines still wait for their part\.$"):
        require_transition(waiting, OrderStatus.COMPLETED, ACTORS[role], "because")


@pytest.mark.parametrize(
    ("status", "to", "facts", "effects"),
    [
        ("in_progress", "completed", {"parts_reserved": 1}, ["1 reserved part leaves the stock.", REPAIRED]),
        ("in_progress", "completed", {"parts_reserved": 2}, ["2 reserved parts leave the stock.", REPAIRED]),
        ("in_progress", "completed", {}, [REPAIRED]),
        ("in_progress", "completed", {"outcome": "partly_repaired"}, []),
        ("completed", "in_progress", {"outcome": "repaired"}, ["The outcome is open again."]),
        ("pending", "cancelled", {"parts_reserved": 1}, ["1 reserved part becomes available again."]),
        ("pending", "cancelled", {"parts_reserved": 2}, ["2 reserved parts become available again."]),
        ("pending", "cancelled", {"paid": Decimal(1)}, ["Money that was paid is to be given back."]),
        ("pending", "cancelled", {"balance": Decimal(5)}, []),
        ("cancelled", "pending", {"unrepaired": True}, ["Parts are reserved again as far as there are any."]),
        ("ready_pickup", "in_progress", {"unrepaired": True}, ["Parts are reserved again as far as there are any."]),
        ("ready_pickup", "in_progress", {}, []),
        ("ready_pickup", "delivered", {}, ["The warranty starts."]),
        ("ready_pickup", "delivered", {"unrepaired": True, "has_password": True}, ["The device password is wiped."]),
        (
            "ready_pickup",
            "delivered",
            {"has_password": True},
            ["The warranty starts.", "The device password is wiped."],
        ),
    ],
)
def test_the_effects_are_shown_before_the_move(
    status: str, to: str, facts: dict[str, object], effects: list[str]
) -> None:
    move = next(move for move in possible(situation(status, **facts), ACTORS["manager"]) if move.to == to)

    assert list(move.effects) == effects


def test_lines_and_intake_are_open_in_the_statuses_of_the_contract() -> None:
    assert {status for status in STATUSES if before_work(status)} == {"pending", "awaiting_approval"}
    assert {status for status in STATUSES if lines_may_change(status)} == {
        "pending", "awaiting_approval", "in_progress", "waiting_parts",
    }  # fmt: skip
