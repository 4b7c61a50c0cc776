"""PUT status: each move of the contract once, each other one refused, and the preview that says so before."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from apps.audit.models import Delivery
from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.repairs.enums import OrderStatus
from apps.repairs.models import RepairOrder, StatusHistory
from apps.repairs.services import PaymentRequest, change_status, take_payment
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory, line, member, order, stocked
from tests.repairs.contract import NEEDS_REASON, STATUSES, SYSTEM, TABLE, WAY_TO, books, events_of, fresh_id

MOVES = list(product(STATUSES, STATUSES))
FREE = Decimal("0.00")


@pytest.mark.parametrize(("status", "to"), [move for move in MOVES if move[1] in TABLE[move[0]]])
def test_a_legal_move_changes_status_history_and_event_once(manager: Api, branch: Branch, status: str, to: str) -> None:
    taken_in = order(branch, status=WAY_TO[status], lines=[line(unit_price=FREE)])
    rows = StatusHistory.objects.filter(order=taken_in).count()
    before = timezone.now()

    answer = manager.put(f"repairs/{taken_in.pk}/status", {"status": to, "notes": "because"})

    assert answer.status_code == 200
    assert answer.body["data"]["status"] == to
    assert answer.body["data"]["updatedAt"] >= before.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    history = list(StatusHistory.objects.filter(order=taken_in))
    assert len(history) == rows + 1
    last = history[-1]
    assert (last.old_status, last.new_status, last.notes) == (status, to, "because")
    assert (last.actor_kind, last.actor_id, last.actor_label) == ("user", manager.user.pk, manager.user.get_full_name())
    assert before <= last.created_at <= timezone.now()
    assert events_of(taken_in, "repairs.status_changed")[-1] == {
        "order_number": taken_in.order_number,
        "old_status": status,
        "new_status": to,
        "notes": "because",
        "notify": True,
    }
    assert len(events_of(taken_in, "repairs.status_changed")) == rows
    assert Delivery.objects.filter(event__aggregate_id=taken_in.pk, subscriber="probe.status_changed").count() == rows


@pytest.mark.parametrize(("status", "to"), [move for move in MOVES if move[1] not in TABLE[move[0]]])
def test_an_illegal_move_is_refused_and_changes_nothing(manager: Api, branch: Branch, status: str, to: str) -> None:
    part = stocked(3, branch)
    taken_in = order(branch, status=WAY_TO[status], lines=[line(part, unit_price=FREE)])
    before = books()

    answer = manager.put(f"repairs/{taken_in.pk}/status", {"status": to, "notes": "because"})

    assert (answer.status_code, answer.body["code"]) == (409, "INVALID_TRANSITION")
    assert books() == before


@pytest.mark.parametrize(("status", "to"), sorted(NEEDS_REASON))
@pytest.mark.parametrize("notes", [{}, {"notes": ""}, {"notes": "   "}, {"notes": None}])
def test_a_step_back_needs_a_reason(manager: Api, branch: Branch, status: str, to: str, notes: dict[str, Any]) -> None:
    taken_in = order(branch, status=WAY_TO[status])
    before = books()

    answer = manager.put(f"repairs/{taken_in.pk}/status", {"status": to, **notes})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [("notes", "required")]
    assert books() == before


@pytest.mark.parametrize(
    ("role", "status", "to", "code"),
    [
        ("seller", "pending", "in_progress", (403, "FORBIDDEN")),
        ("seller", "in_progress", "cancelled", (403, "FORBIDDEN")),
        ("seller", "cancelled", "pending", (403, "FORBIDDEN")),
        ("seller", "completed", "ready_pickup", (403, "FORBIDDEN")),
        ("technician", "cancelled", "pending", (403, "FORBIDDEN")),
        ("customer", "pending", "cancelled", (403, "FORBIDDEN")),
        ("stranger", "pending", "in_progress", (404, "NOT_FOUND")),
        ("elsewhere", "pending", "in_progress", (404, "NOT_FOUND")),
        ("nobody", "pending", "in_progress", (401, "UNAUTHORIZED")),
        ("seller", "pending", "completed", (409, "INVALID_TRANSITION")),
    ],
)
def test_who_may_not_make_a_move_changes_nothing(
    branch: Branch, other_branch: Branch, role: str, status: str, to: str, code: tuple[int, str]
) -> None:
    technician = member("technician", branch)
    owner = CustomerFactory(user=UserFactory(role="customer"))
    taken_in = order(branch, status=WAY_TO[status], technician=technician, customer=owner.pk)
    caller = {
        "seller": lambda: Api(member("seller", branch)),
        "technician": lambda: Api(technician),
        "customer": lambda: Api(owner.user),
        "stranger": lambda: Api(member("technician", branch)),
        "elsewhere": lambda: Api(member("manager", other_branch)),
        "nobody": Api,
    }[role]()
    before = books()

    answer = caller.put(f"repairs/{taken_in.pk}/status", {"status": to, "notes": "because"})

    assert (answer.status_code, answer.body["code"]) == code
    assert books() == before


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "status", "required"),
        ({"status": None}, "status", "null"),
        ({"status": "done"}, "status", "invalid_choice"),
        ({"status": ["in_progress"]}, "status", "invalid_choice"),
        ({"status": "in_progress", "notes": "x" * 1001}, "notes", "max_length"),
        ({"status": "in_progress", "notify": "perhaps"}, "notify", "invalid"),
        ({"status": "in_progress", "note": "typo"}, "note", "unknown_field"),
    ],
)
def test_a_malformed_change_names_its_field(
    manager: Api, branch: Branch, body: dict[str, Any], field: str, code: str
) -> None:
    taken_in = order(branch)
    before = books()

    answer = manager.put(f"repairs/{taken_in.pk}/status", body)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [(field, code)]
    assert books() == before


def test_longest_notes_and_silence_are_kept(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)

    answer = manager.put(
        f"repairs/{taken_in.pk}/status", {"status": "in_progress", "notes": "x" * 1000, "notify": False}
    )

    assert answer.status_code == 200
    told = events_of(taken_in, "repairs.status_changed")
    assert [(event["notes"], event["notify"]) for event in told] == [("x" * 1000, False)]


def test_an_order_that_does_not_exist_cannot_move(manager: Api) -> None:
    answer = manager.put(f"repairs/{fresh_id()}/status", {"status": "in_progress"})

    assert (answer.status_code, answer.body["code"]) == (404, "NOT_FOUND")


def test_an_answer_that_was_lost_is_refused_when_sent_again(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    tag = manager.get(f"repairs/{taken_in.pk}")["ETag"]
    body = {"status": "in_progress"}
    first = manager.put(f"repairs/{taken_in.pk}/status", body, If_Match=tag)
    before = books()

    again = manager.put(f"repairs/{taken_in.pk}/status", body)
    with_tag = manager.put(f"repairs/{taken_in.pk}/status", {"status": "cancelled"}, If_Match=tag)

    assert first.status_code == 200
    assert (again.status_code, again.body["code"]) == (409, "INVALID_TRANSITION")
    assert (with_tag.status_code, with_tag.body["code"]) == (412, "PRECONDITION_FAILED")
    assert books() == before


def _situations(branch: Branch, technician: Any) -> list[RepairOrder]:
    """One order in each situation that the rules tell apart."""

    def made(status: str, units: int | None = 5, paid: str = "0", password: str = "") -> RepairOrder:
        lines = [line(stocked(units, branch), quantity=2)] if units is not None else [line()]
        found = order(branch, lines=lines, technician=technician, device_password=password)
        if paid != "0":
            take_payment(found.pk, PaymentRequest(Decimal(paid), "payment", "cash"), actor=SYSTEM)
        for step in status.split(">"):
            if step != "pending":
                _move(found, step)
        return found

    return [
        made("pending"),
        made("pending", units=1),
        made("awaiting_approval", paid="20"),
        made("in_progress", password="1234"),
        made("in_progress", units=0),
        made("in_progress", units=None),
        made("waiting_parts", units=0),
        made("in_progress>completed"),
        made("in_progress>completed>ready_pickup", password="1234"),
        made("in_progress>completed>ready_pickup", paid="200"),
        made("in_progress>completed>ready_pickup>delivered", paid="200"),
        made("cancelled", paid="20"),
        made("in_progress>cancelled>ready_pickup", paid="20"),
    ]


def _move(taken_in: RepairOrder, to: str) -> None:
    change_status(taken_in.pk, OrderStatus(to), actor=Actor.system("test"), note="because")


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ["manager", "technician", "seller"])
def test_the_preview_says_what_the_change_then_does(branch: Branch, role: str) -> None:
    technician = member("technician", branch)
    api = Api(technician if role == "technician" else member(role, branch))
    for taken_in in _situations(branch, technician):
        offered = api.get(f"repairs/{taken_in.pk}/transitions").body["data"]
        moves = {move["to"]: move for move in offered["items"]}
        statuses: dict[str, int] = {}

        for to, move in moves.items():
            reason = "because" if move["needsReason"] else ""
            with transaction.atomic():
                answer = api.put(f"repairs/{taken_in.pk}/status", {"status": to, "notes": reason})
                transaction.set_rollback(True)
            statuses[to] = answer.status_code

        current = RepairOrder.objects.get(pk=taken_in.pk)
        assert offered["status"] == current.status
        assert statuses == {to: 200 if move["allowed"] else 409 for to, move in moves.items()}
        # What is not offered is not done: for every situation, role and move that is tested on the rules themselves.
        assert moves.keys() <= TABLE[current.status]


def test_the_preview_lists_effects_and_blockers(technician: Api, branch: Branch) -> None:
    kept, missing = stocked(1, branch), stocked(0, branch)
    taken_in = order(branch, status="in_progress", lines=[line(kept), line(missing)], technician=technician.user)

    answer = technician.get(f"repairs/{taken_in.pk}/transitions")

    assert answer.status_code == 200
    by_target = {move["to"]: move for move in answer.body["data"]["items"]}
    assert list(by_target) == ["awaiting_approval", "waiting_parts", "completed", "cancelled"]
    assert by_target["completed"] == {
        "to": "completed",
        "name": "completed",
        "allowed": False,
        "needsReason": False,
        "effects": ["1 reserved part leaves the stock.", "The outcome becomes repaired."],
        "blockers": [{"code": "parts_missing", "message": "1 line still waits for its part.", "overridable": False}],
    }
    assert by_target["cancelled"]["effects"] == ["1 reserved part becomes available again."]


def test_a_preview_changes_nothing(manager: Api, branch: Branch) -> None:
    taken_in = order(branch, status="in_progress", lines=[line(stocked(1, branch))])
    before = books()

    manager.get(f"repairs/{taken_in.pk}/transitions")

    assert books() == before
