"""Who works on an order, and who says so."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.actor import Actor
from apps.core.exceptions import Conflict
from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from apps.repairs.services import assign
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory, member, order
from tests.repairs.contract import WAY_TO, books, events_of, fresh_id, named


def worker_of(taken_in: RepairOrder) -> Any:
    return RepairOrder.objects.get(pk=taken_in.pk).technician_id


@pytest.mark.parametrize("role", ["admin", "manager", "seller"])
@pytest.mark.parametrize("worker_role", ["technician", "manager"])
def test_the_counter_gives_an_order_to_somebody_of_its_branch(branch: Branch, role: str, worker_role: str) -> None:
    api, worker, taken_in = Api(member(role, branch)), member(worker_role, branch), order(branch)

    answer = api.post(f"repairs/{taken_in.pk}/assign", {"technicianId": str(worker.pk)})

    assert answer.status_code == 200
    data = answer.body["data"]
    assert (data["assignedTechnicianId"], data["assignedTechnician"]) == (
        str(worker.pk),
        {"id": str(worker.pk), "firstName": worker.first_name, "lastName": worker.last_name},
    )
    assert events_of(taken_in, "repairs.order_assigned") == [
        {"old_technician_id": None, "new_technician_id": str(worker.pk)}
    ]


def test_a_manager_takes_an_order_back(manager: Api, branch: Branch) -> None:
    worker = member("technician", branch)
    taken_in = order(branch, status="in_progress", technician=worker)

    answer = manager.post(f"repairs/{taken_in.pk}/assign", {"technicianId": None})

    assert (answer.status_code, answer.body["data"]["assignedTechnician"]) == (200, None)
    assert events_of(taken_in, "repairs.order_assigned") == [
        {"old_technician_id": str(worker.pk), "new_technician_id": None}
    ]


def test_giving_it_to_who_has_it_changes_nothing(manager: Api, branch: Branch) -> None:
    worker = member("technician", branch)
    taken_in = order(branch, technician=worker)
    before = books()

    answer = manager.post(f"repairs/{taken_in.pk}/assign", {"technicianId": str(worker.pk)})

    assert answer.status_code == 200
    assert books() == before


def test_a_technician_takes_an_unassigned_order_of_the_own_branch(technician: Api, branch: Branch) -> None:
    taken_in = order(branch)
    body = {"technicianId": str(technician.user.pk)}
    seen = technician.get(f"repairs/{taken_in.pk}").status_code

    answer = technician.post(f"repairs/{taken_in.pk}/assign", body)

    assert (seen, answer.status_code) == (404, 200)
    assert technician.get(f"repairs/{taken_in.pk}").status_code == 200


@pytest.mark.parametrize(
    ("case", "status", "code"),
    [
        ("of another branch", 404, "NOT_FOUND"),
        ("of a colleague", 404, "NOT_FOUND"),
        ("cancelled", 404, "NOT_FOUND"),
        ("for a colleague", 403, "FORBIDDEN"),
        ("own, to a colleague", 403, "FORBIDDEN"),
        ("own, to nobody", 403, "FORBIDDEN"),
    ],
)
def test_what_a_technician_may_not_take_or_give(
    branch: Branch, other_branch: Branch, case: str, status: int, code: str
) -> None:
    me, colleague = member("technician", branch), member("technician", branch)
    taken_in = order(
        other_branch if case == "of another branch" else branch,
        status="cancelled" if case == "cancelled" else "pending",
        technician=me if case.startswith("own") else colleague if case == "of a colleague" else None,
    )
    to = {"for a colleague": colleague.pk, "own, to a colleague": colleague.pk, "own, to nobody": None}
    api = Api(me)
    before = books()

    wanted = to.get(case, me.pk)
    answer = api.post(f"repairs/{taken_in.pk}/assign", {"technicianId": wanted and str(wanted)})

    assert (answer.status_code, answer.body["code"]) == (status, code)
    assert books() == before


def test_a_technician_who_comes_late_is_told_so(branch: Branch) -> None:
    late, first = member("technician", branch), member("technician", branch)
    taken_in = order(branch, technician=first)
    before = books()

    # As in a race: the order was still free when it was looked up, and is not when it is locked.
    with pytest.raises(Conflict, match=r"^Somebody else has taken this order\.$"):
        assign(taken_in.pk, late.pk, actor=Actor.user(late))

    assert books() == before


@pytest.mark.parametrize("status", WAY_TO)
def test_the_counter_assigns_before_work_a_manager_until_it_is_closed(branch: Branch, status: str) -> None:
    worker, taken_in = member("technician", branch), order(branch, status=WAY_TO[status])
    seller, manager = Api(member("seller", branch)), Api(member("manager", branch))
    body = {"technicianId": str(worker.pk)}
    closed = status in {"delivered", "cancelled"}
    before_work = status in {"pending", "awaiting_approval"}

    by_seller = seller.post(f"repairs/{taken_in.pk}/assign", body)
    first = worker_of(taken_in)
    by_manager = manager.post(f"repairs/{taken_in.pk}/assign", body)

    assert (by_seller.status_code, first) == ((200, worker.pk) if before_work else (403, None))
    assert (by_manager.status_code, worker_of(taken_in)) == ((409, None) if closed else (200, worker.pk))


@pytest.mark.parametrize("who", ["unknown", "of another branch", "a seller", "a customer", "inactive"])
def test_only_somebody_who_works_there_gets_it(manager: Api, branch: Branch, other_branch: Branch, who: str) -> None:
    user_id = {
        "unknown": fresh_id,
        "of another branch": lambda: member("technician", other_branch).pk,
        "a seller": lambda: member("seller", branch).pk,
        "a customer": lambda: CustomerFactory(user=UserFactory(role="customer")).user.pk,
        "inactive": lambda: member("technician", branch, is_active=False).pk,
    }[who]()
    taken_in = order(branch)
    before = books()

    answer = manager.post(f"repairs/{taken_in.pk}/assign", {"technicianId": str(user_id)})

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert named(answer) == [("technicianId", "does_not_exist")]
    assert books() == before


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "technicianId", "required"),
        ({"technicianId": "x"}, "technicianId", "invalid"),
        ({"technicianId": 1}, "technicianId", "invalid"),
    ],
)
def test_a_malformed_assignment_is_named(
    manager: Api, branch: Branch, body: dict[str, Any], field: str, code: str
) -> None:
    taken_in = order(branch)

    answer = manager.post(f"repairs/{taken_in.pk}/assign", body)

    assert (answer.status_code, named(answer)) == (400, [(field, code)])
    assert worker_of(taken_in) is None
