"""The state machine in full: every status, every move, every role and every blocking condition.

The table is the contract's own, section 6, as it stands there. The conditions are data: a new blocker is one more entry,
with how it is brought about on a real order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, combinations, product
from typing import Any

import pytest
from django.db import transaction

from apps.core.actor import Actor
from apps.core.exceptions import DomainError
from apps.inventory.models import Branch
from apps.repairs.enums import OrderStatus
from apps.repairs.models import Checklist, RepairLine, RepairOrder, WorkshopSettings
from apps.repairs.rules import Situation, possible, require_transition
from apps.repairs.services import change_status
from tests.factories import line, member, order, stocked
from tests.repairs.contract import SYSTEM, WAY_TO, books

CONTRACT = """
| from | to |
|---|---|
| `pending` | `in_progress`, `awaiting_approval`, `waiting_parts`, `cancelled` |
| `awaiting_approval` | `in_progress`, `waiting_parts`, `cancelled` |
| `in_progress` | `awaiting_approval`, `waiting_parts`, `completed`, `cancelled` |
| `waiting_parts` | `in_progress`, `awaiting_approval`, `cancelled` |
| `completed` | `ready_pickup`, `in_progress` (failed check, reason needed) |
| `ready_pickup` | `delivered`, `in_progress` (rework, reason needed) |
| `cancelled` | `ready_pickup` (the device goes back unrepaired), `pending` (manager, reason needed) |
| `delivered` | none: a warranty claim is a new order with `warrantyOfId` |
"""
_MOVE = re.compile(r"`(\w+)`(?: \(([^)]*)\))?")


def _parsed() -> dict[str, dict[str, str]]:
    """Each status with the moves from it, and what the contract remarks on each."""
    found: dict[str, dict[str, str]] = {}
    for row in CONTRACT.strip().splitlines()[2:]:
        start, moves = (cell.strip() for cell in row.strip("| ").split(" | "))
        found[start.strip("`")] = {} if moves.startswith("none") else dict(_MOVE.findall(moves))
    return found


MOVES = _parsed()
STATUSES = list(MOVES)
# Section 2: a technician does everything on the own orders that is no manager's, the counter takes in and hands over.
SELLERS = {
    ("pending", "cancelled"), ("awaiting_approval", "cancelled"), ("cancelled", "ready_pickup"),
    ("ready_pickup", "delivered"),
}  # fmt: skip
MANAGERS = ("system", "admin", "manager")
ROLES = (*MANAGERS, "technician", "seller", "customer", "anonymous")
ACTORS = {
    "system": Actor.system("test"),
    "anonymous": Actor.anonymous(),
    **{role: Actor("user", role, role=role) for role in ("admin", "manager", "technician", "seller", "customer")},
}


@dataclass(frozen=True)
class Condition:
    """What blocks some moves, whom a reason helps, what the rules are told of it, and how it comes about."""

    blocks: frozenset[tuple[str, str]]
    facts: dict[str, Any]
    arrange: Callable[[Branch], RepairOrder]
    yields_to: tuple[str, ...] = field(default=())


def _short_of_a_part(branch: Branch) -> RepairOrder:
    return order(branch, status="in_progress", lines=[line(stocked(0, branch))])


def _with_units_to_pick(branch: Branch) -> RepairOrder:
    return order(branch, status="in_progress", lines=[line(stocked(1, branch, tracks_serials=True))])


def _unchecked(branch: Branch) -> RepairOrder:
    WorkshopSettings.objects.get_or_create(branch=branch, defaults={"quality_check_required": True})
    return order(branch, status="in_progress>completed")


def _unpaid(branch: Branch) -> RepairOrder:
    return order(branch, status=WAY_TO["ready_pickup"])


CONDITIONS = {
    "parts_missing": Condition(frozenset({("in_progress", "completed")}), {"parts_missing": 1}, _short_of_a_part),
    "serials_missing": Condition(
        frozenset({("in_progress", "completed")}), {"parts_unpicked": ("LCD",)}, _with_units_to_pick
    ),
    "quality_check_missing": Condition(
        frozenset({("completed", "ready_pickup")}), {"quality_missing": True}, _unchecked, MANAGERS
    ),
    "balance_due": Condition(frozenset({("ready_pickup", "delivered")}), {"balance": Decimal(5)}, _unpaid, MANAGERS),
}


def _subsets() -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(CONDITIONS, size) for size in range(len(CONDITIONS) + 1))


def _situation(status: str, conditions: tuple[str, ...]) -> Situation:
    facts: dict[str, Any] = {
        "unrepaired": status == "cancelled", "parts_reserved": 0, "parts_missing": 0, "paid": Decimal(0),
        "balance": Decimal(0), "currency": "USD", "has_password": False,
    }  # fmt: skip
    for name in conditions:
        facts.update(CONDITIONS[name].facts)
    return Situation(status=OrderStatus(status), **facts)


def _may(role: str, status: str, to: str) -> bool:
    remark = MOVES[status][to]
    if role in MANAGERS:
        return True
    return (role == "technician" and "manager" not in remark) or (role == "seller" and (status, to) in SELLERS)


def _expected(status: str, to: str, role: str, conditions: tuple[str, ...], *, reason: bool) -> str:
    if to not in MOVES[status]:
        return "INVALID_TRANSITION"
    if not _may(role, status, to):
        return "FORBIDDEN"
    if "reason needed" in MOVES[status][to] and not reason:
        return "VALIDATION_ERROR"
    standing = [
        name
        for name in conditions
        if (status, to) in CONDITIONS[name].blocks and not (reason and role in CONDITIONS[name].yields_to)
    ]
    return "CONFLICT" if standing else "done"


def _answer(call: Callable[[], Any]) -> str:
    try:
        call()
    except DomainError as refusal:
        return refusal.code
    return "done"


def test_the_contract_was_read_in_full() -> None:
    assert set(MOVES) == set(OrderStatus.values)
    assert sum(map(len, MOVES.values())) == 20
    assert [to for moves in MOVES.values() for to, remark in moves.items() if "reason needed" in remark] == [
        "in_progress", "in_progress", "pending",
    ]  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_every_move_in_every_situation_is_decided_as_the_contract_says(role: str) -> None:
    actor, explored = ACTORS[role], 0
    for status, to, conditions, note in product(STATUSES, STATUSES, list(_subsets()), ["", " \n", "because"]):
        here = _situation(status, conditions)

        found = _answer(lambda: require_transition(here, OrderStatus(to), actor, note))  # noqa: B023

        assert found == _expected(status, to, role, conditions, reason=bool(note.strip())), (status, to, conditions)
        explored += 1
    assert explored == 8 * 8 * 2 ** len(CONDITIONS) * 3


@pytest.mark.parametrize("role", ROLES)
def test_what_is_offered_names_every_blocker_and_nothing_else(role: str) -> None:
    for status, conditions in product(STATUSES, list(_subsets())):
        offered = {move.to.value: move for move in possible(_situation(status, conditions), ACTORS[role])}

        assert list(offered) == [to for to in MOVES[status] if _may(role, status, to)]
        for to, move in offered.items():
            blocking = [name for name in conditions if (status, to) in CONDITIONS[name].blocks]
            yielding = [name for name in blocking if role in CONDITIONS[name].yields_to]
            assert [one.code for one in move.blockers] == blocking, (status, to)
            assert [one.code for one in move.blockers if one.overridable] == yielding
            assert move.allowed is (blocking == yielding)
            assert move.needs_reason is ("reason needed" in MOVES[status][to] or bool(yielding))


def _actor(role: str, branch: Branch, found: RepairOrder) -> Actor:
    if role == "system":
        return SYSTEM
    person = member(role, None if role == "admin" else branch)
    if role == "technician":
        RepairOrder.objects.filter(pk=found.pk).update(technician=person)
    return Actor.user(person)


@pytest.mark.parametrize("role", ["system", "admin", "manager", "technician", "seller"])
def test_on_the_database_every_move_is_made_or_changes_nothing(branch: Branch, role: str) -> None:
    for status in STATUSES:
        found = order(branch, status=WAY_TO[status], lines=[line(unit_price=Decimal(0))])
        actor, before = _actor(role, branch, found), books()
        for to, note in product(STATUSES, ["", "because"]):
            with transaction.atomic():
                code = _answer(lambda: change_status(found.pk, OrderStatus(to), actor=actor, note=note))  # noqa: B023
                now = RepairOrder.objects.get(pk=found.pk).status
                transaction.set_rollback(code == "done")

            assert code == _expected(status, to, role, (), reason=bool(note)), (status, to)
            assert now == (to if code == "done" else status)
        assert books() | {"RepairOrder": []} == before | {"RepairOrder": []}


@pytest.mark.parametrize("name", CONDITIONS)
@pytest.mark.parametrize("role", ["system", "admin", "manager", "technician", "seller"])
@pytest.mark.parametrize("note", ["", "because"])
def test_on_the_database_each_condition_blocks_its_moves_and_no_others(
    branch: Branch, name: str, role: str, note: str
) -> None:
    found = CONDITIONS[name].arrange(branch)
    actor, status = _actor(role, branch, found), found.status
    before = books()

    for to in STATUSES:
        with transaction.atomic():
            code = _answer(lambda: change_status(found.pk, OrderStatus(to), actor=actor, note=note))  # noqa: B023
            transaction.set_rollback(code == "done")

        assert code == _expected(status, to, role, (name,), reason=bool(note)), to
    assert books() == before


@pytest.mark.parametrize(
    ("passed", "code"), [([], "CONFLICT"), ([False], "CONFLICT"), ([True], "done"), ([True, False], "CONFLICT"),
                         ([False, True], "done")]
)  # fmt: skip
def test_the_last_quality_check_since_the_completion_decides(branch: Branch, passed: list[bool], code: str) -> None:
    found = order(branch, status="in_progress")
    stage = {"order": found, "name": "check", "actor_kind": "system", "actor_label": "test"}
    Checklist.objects.create(stage="quality", passed=True, **stage)
    found = _completed(found, branch)
    for answer in passed:
        Checklist.objects.create(stage="quality", passed=answer, **stage)
    Checklist.objects.create(stage="intake", passed=None, **stage)
    technician = _actor("technician", branch, found)

    answered = _answer(lambda: change_status(found.pk, OrderStatus.READY_PICKUP, actor=technician))

    assert answered == code


def _completed(found: RepairOrder, branch: Branch) -> RepairOrder:
    WorkshopSettings.objects.create(branch=branch, quality_check_required=True)
    return change_status(found.pk, OrderStatus.COMPLETED, actor=SYSTEM)


def test_a_device_that_goes_back_unrepaired_needs_no_quality_check(branch: Branch) -> None:
    WorkshopSettings.objects.create(branch=branch, quality_check_required=True)
    found = order(branch, status="cancelled")

    change_status(found.pk, OrderStatus.READY_PICKUP, actor=_actor("technician", branch, found))

    assert RepairLine.objects.get().order.status == "ready_pickup"
