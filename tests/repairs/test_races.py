"""Two who want the same thing at the same moment: one gets it, the books stay right, and nobody sees a fault."""

from __future__ import annotations

import time
from collections import Counter
from decimal import Decimal
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import delete_user, merge_customers
from apps.core.actor import Actor
from apps.core.exceptions import ReferenceMissing
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Reservation, StockMovement
from apps.inventory.services import verify_stock
from apps.repairs.models import OrderCounter, Payment, RepairLine, RepairOrder, StatusHistory
from apps.repairs.services import assign, change_line, edit_order, fill_backorders
from tests.conftest import Api
from tests.factories import CustomerFactory, line, member, order, stock_of, stocked
from tests.racing import kinds, race
from tests.repairs.contract import SYSTEM, events_of, intake_body, item_body

pytestmark = pytest.mark.django_db(transaction=True)


def codes(answers: list[Any]) -> Counter[Any]:
    """How many answers had each status and code; an exception shows as itself."""
    return Counter(
        (answer.status_code, answer.body.get("code") if answer.body else None)
        if hasattr(answer, "status_code")
        else repr(answer)
        for answer in answers
    )


@pytest.mark.exhaustive
def test_the_same_change_by_several_happens_once(branch: Branch) -> None:
    part = stocked(5, branch)
    taken_in = order(branch, status="in_progress", lines=[line(part, quantity=2)])
    callers = [Api(member("manager", branch)) for _ in range(4)]
    body = {"status": "completed"}

    answers = race(*[lambda api=api: api.put(f"repairs/{taken_in.pk}/status", body) for api in callers])

    assert codes(answers) == {(200, None): 1, (409, "INVALID_TRANSITION"): 3}
    assert StatusHistory.objects.filter(order=taken_in, new_status="completed").count() == 1
    assert len(events_of(taken_in, "repairs.status_changed")) == 2
    assert StockMovement.objects.filter(movement_type=MovementType.OUT).count() == 1
    assert stock_of(part, branch) == (3, 0)
    assert verify_stock() == []


@pytest.mark.postgresql
def test_nobody_is_given_work_while_their_account_is_erased(branch: Branch) -> None:
    leaver, admin = member("technician", branch), member("admin", None)
    orders = [order(branch) for _ in range(15)]
    manager = Actor.user(member("manager", branch))

    outcomes = race(
        lambda: delete_user(leaver.pk, actor=Actor.user(admin)),
        *[lambda pk=one.pk: assign(pk, leaver.pk, actor=manager) for one in orders],
    )

    assert set(kinds(outcomes)) <= {"NoneType", "RepairOrder", "ReferenceMissing"}
    assert User.objects.get(pk=leaver.pk).erased_at is not None
    assert RepairOrder.objects.filter(technician=leaver).count() == 0


@pytest.mark.exhaustive
def test_completion_and_cancellation_exclude_each_other(branch: Branch) -> None:
    part = stocked(5, branch)
    taken_in = order(branch, status="in_progress", lines=[line(part, quantity=2)])
    callers = [(Api(member("manager", branch)), to) for to in ("completed", "cancelled") * 2]

    answers = race(
        *[lambda api=api, to=to: api.put(f"repairs/{taken_in.pk}/status", {"status": to}) for api, to in callers]
    )

    status = RepairOrder.objects.get(pk=taken_in.pk).status
    assert codes(answers) == {(200, None): 1, (409, "INVALID_TRANSITION"): 3}
    assert stock_of(part, branch) == {"completed": (3, 0), "cancelled": (5, 0)}[status]
    assert verify_stock() == []


def test_a_line_is_in_before_the_completion_or_refused(branch: Branch) -> None:
    part = stocked(5, branch)
    taken_in = order(branch, status="in_progress", lines=[line(part)])
    adder, finisher = Api(member("manager", branch)), Api(member("manager", branch))
    body = item_body(inventoryItemId=str(part.pk))

    added, finished = race(*[
        lambda: adder.post(f"repairs/{taken_in.pk}/items", body),
        lambda: finisher.put(f"repairs/{taken_in.pk}/status", {"status": "completed"}),
    ])  # fmt: skip

    issued = RepairLine.objects.filter(order=taken_in, state="issued").count()
    assert finished.status_code == 200
    assert (added.status_code, issued) in {(201, 2), (409, 1)}
    assert RepairLine.objects.filter(order=taken_in).exclude(state="issued").count() == 0
    assert stock_of(part, branch) == (5 - issued, 0)
    assert verify_stock() == []


def test_two_payments_of_all_that_is_owed_are_one(branch: Branch) -> None:
    taken_in = order(branch)
    callers = [Api(member("seller", branch)) for _ in range(4)]
    body = {"amount": "100", "method": "cash"}

    answers = race(*[lambda api=api: api.post(f"repairs/{taken_in.pk}/payments", body) for api in callers])

    assert codes(answers) == {(201, None): 1, (400, "VALIDATION_ERROR"): 3}
    assert Payment.objects.count() == 1
    assert RepairOrder.objects.get(pk=taken_in.pk).paid == Decimal(100)


def test_parts_of_payments_add_up(branch: Branch) -> None:
    taken_in = order(branch)
    callers = [Api(member("seller", branch)) for _ in range(4)]
    body = {"amount": "30", "method": "cash"}

    answers = race(*[lambda api=api: api.post(f"repairs/{taken_in.pk}/payments", body) for api in callers])

    assert codes(answers) == {(201, None): 3, (400, "VALIDATION_ERROR"): 1}
    assert RepairOrder.objects.get(pk=taken_in.pk).paid == Decimal(90)


def test_two_technicians_do_not_take_the_same_order(branch: Branch) -> None:
    taken_in = order(branch)
    technicians = [member("technician", branch) for _ in range(4)]
    callers = [(Api(user), {"technicianId": str(user.pk)}) for user in technicians]

    answers = race(
        *[lambda api=api, body=body: api.post(f"repairs/{taken_in.pk}/assign", body) for api, body in callers]
    )

    won = [user.pk for user, answer in zip(technicians, answers, strict=True) if answer.status_code == 200]
    assert won == [RepairOrder.objects.get(pk=taken_in.pk).technician_id]
    # Who asks after the order has gone no longer sees it; who asked before finds it taken.
    assert set(codes(answers)) <= {(200, None), (404, "NOT_FOUND"), (409, "CONFLICT")}
    assert len(events_of(taken_in, "repairs.order_assigned")) == 1


@pytest.mark.exhaustive
def test_the_last_parts_go_to_as_many_orders_as_there_are(branch: Branch) -> None:
    part = stocked(3, branch)
    api = [Api(member("seller", branch)) for _ in range(8)]
    bodies = [intake_body(branch, items=[item_body(inventoryItemId=str(part.pk))]) for _ in api]

    answers = race(
        *[
            lambda caller=caller, body=body: caller.post("repairs", body)
            for caller, body in zip(api, bodies, strict=True)
        ]
    )

    assert codes(answers) == {(201, None): 8}
    states = Counter(answer.body["data"]["items"][0]["state"] for answer in answers)
    assert states == {"reserved": 3, "backordered": 5}
    assert (stock_of(part, branch), Reservation.objects.filter(status="live").count()) == ((3, 3), 3)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_order_numbers_never_repeat(branch: Branch) -> None:
    callers = [Api(member("seller", branch)) for _ in range(16)]
    bodies = [intake_body(branch) for _ in callers]

    answers = race(
        *[
            lambda caller=caller, body=body: caller.post("repairs", body)
            for caller, body in zip(callers, bodies, strict=True)
        ]
    )

    assert codes(answers) == {(201, None): 16}
    year = RepairOrder.objects.first().created_at.year
    numbers = sorted(answer.body["data"]["orderNumber"] for answer in answers)
    assert numbers == [f"R-{year}-{number:06d}" for number in range(1, 17)]
    assert list(OrderCounter.objects.values_list("year", "last")) == [(year, 16)]


def test_a_waiting_line_is_filled_once(branch: Branch) -> None:
    part = stocked(0, branch)
    waiting = [order(branch, lines=[line(part)]) for _ in range(3)]
    counter = Api(member("manager", branch))
    counter.post(
        "inventory/movements",
        {"inventoryItemId": str(part.pk), "movementType": "IN", "quantity": 2, "toBranchId": str(branch.pk)},
    )

    filled = race(*[lambda: fill_backorders(part.pk, branch.pk, actor=SYSTEM)] * 3)

    assert sorted(filled) == [0, 0, 2]
    states = [one.lines.get().state for one in waiting]
    assert states == ["reserved", "reserved", "backordered"]
    assert stock_of(part, branch) == (2, 2)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_changes_of_many_orders_with_the_same_parts_end_without_deadlock(branch: Branch) -> None:
    parts = [stocked(20, branch) for _ in range(3)]
    orders = [order(branch, lines=[line(part) for part in (parts if odd else parts[::-1])]) for odd in (0, 1) * 4]
    callers = [Api(member("manager", branch)) for _ in orders]

    answers = race(
        *[
            lambda api=api, one=one: api.put(f"repairs/{one.pk}/status", {"status": "cancelled"})
            for api, one in zip(callers, orders, strict=True)
        ]
    )

    assert codes(answers) == {(200, None): 8}
    assert [stock_of(part, branch) for part in parts] == [(20, 0)] * 3
    assert verify_stock() == []


def test_one_answer_is_given_to_the_same_key_at_once(branch: Branch) -> None:
    user = member("seller", branch)
    callers = [Api(user) for _ in range(3)]
    body = intake_body(branch)

    answers = race(*[lambda api=api: api.post("repairs", body, Idempotency_Key="same") for api in callers])

    assert RepairOrder.objects.count() == 1
    assert set(codes(answers)) <= {(201, None), (409, "IDEMPOTENCY_IN_PROGRESS")}
    assert len({answer.body["data"]["id"] for answer in answers if answer.status_code == 201}) == 1


def test_a_stale_tag_loses_to_who_was_first(branch: Branch) -> None:
    taken_in = order(branch)
    callers = [Api(member("manager", branch)) for _ in range(3)]
    tag = callers[0].get(f"repairs/{taken_in.pk}")["ETag"]

    answers = race(
        *[
            lambda api=api, number=number: api.patch(
                f"repairs/{taken_in.pk}", {"deviceSerial": f"SN-{number}"}, If_Match=tag
            )
            for number, api in enumerate(callers)
        ]
    )

    assert codes(answers) == {(200, None): 1, (412, "PRECONDITION_FAILED"): 2}


def test_an_order_is_not_given_to_a_customer_who_is_being_merged_away(branch: Branch) -> None:
    taken_in, source, target = order(branch), CustomerFactory(), CustomerFactory()
    merged = Event()

    def merge() -> None:
        with transaction.atomic():
            merge_customers(source.pk, target.pk, actor=SYSTEM)
            merged.set()
            time.sleep(0.3)

    def edit() -> Any:
        merged.wait(timeout=10)
        return edit_order(taken_in.pk, {"customer_id": source.pk}, actor=SYSTEM)

    _, refused = race(*[merge, edit])

    assert isinstance(refused, ReferenceMissing)
    assert RepairOrder.objects.get(pk=taken_in.pk).customer_id == taken_in.customer_id


def test_a_technician_moves_no_order_that_was_just_given_to_another(branch: Branch) -> None:
    technician, other = member("technician", branch), member("technician", branch)
    taken_in, caller = order(branch, technician=technician), Api(technician)
    given = Event()

    def give() -> None:
        with transaction.atomic():
            assign(taken_in.pk, other.pk, actor=SYSTEM)
            given.set()
            time.sleep(0.3)

    def move() -> Any:
        given.wait(timeout=10)
        return caller.put(f"repairs/{taken_in.pk}/status", {"status": "in_progress"})

    _, late = race(*[give, move])

    assert codes([late]) == {(404, "NOT_FOUND"): 1}
    assert RepairOrder.objects.get(pk=taken_in.pk).status == "pending"


def test_the_actor_of_a_thread_is_nobody_elses(branch: Branch) -> None:
    orders = [order(branch) for _ in range(4)]
    users = [member("manager", branch) for _ in orders]
    callers = [Api(user) for user in users]

    race(
        *[
            lambda api=api, one=one: api.put(f"repairs/{one.pk}/status", {"status": "in_progress"})
            for api, one in zip(callers, orders, strict=True)
        ]
    )

    written = [one.history.last().actor_id for one in orders]
    assert written == [Actor.user(user).id for user in users]


@pytest.mark.postgresql
def test_lines_that_change_their_parts_crosswise_never_deadlock(branch: Branch) -> None:
    """Not even one that is repeated: each change is tried once."""
    parts = stocked(100, branch), stocked(100, branch)
    orders = [order(branch=branch, lines=[line(item=parts[number % 2])]) for number in range(16)]
    lines = [one.lines.get() for one in orders]

    def change(number: int) -> None:
        for turn in range(4):
            part = parts[(number + turn + 1) % 2]
            change_line(orders[number].pk, lines[number].pk, {"item_id": part.pk}, actor=SYSTEM)

    assert kinds(race(*[partial(change, number) for number in range(16)])) == {"NoneType": 16}
    assert [stock_of(part, branch) for part in parts] == [(100, 8), (100, 8)]
    assert verify_stock() == []
