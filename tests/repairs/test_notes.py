"""Remarks on an order: for the shop, or for the customer."""

from __future__ import annotations

from typing import Any

import pytest

from apps.inventory.models import Branch
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory, member, order
from tests.repairs.contract import books, events_of, fresh_id, named


def test_a_note_is_answered_and_recorded(technician: Api, branch: Branch) -> None:
    taken_in = order(branch, technician=technician.user)

    answer = technician.post(f"repairs/{taken_in.pk}/notes", {"text": "called", "visibility": "customer"})

    assert answer.status_code == 201
    data = answer.body["data"]
    note = taken_in.notes.get()
    assert data == {
        "id": str(note.pk),
        "visibility": "customer",
        "text": "called",
        "actor": {"kind": "user", "id": str(technician.user.pk), "name": technician.user.get_full_name()},
        "createdAt": data["createdAt"],
        "updatedAt": data["updatedAt"],
    }
    assert events_of(taken_in, "repairs.note_added") == [{"note_id": str(note.pk), "visibility": "customer"}]


def test_a_note_is_internal_unless_it_says_otherwise(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)

    answer = manager.post(f"repairs/{taken_in.pk}/notes", {"text": "x" * 2000})

    assert (answer.status_code, answer.body["data"]["visibility"]) == (201, "internal")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "text", "required"),
        ({"text": ""}, "text", "blank"),
        ({"text": None}, "text", "null"),
        ({"text": "x" * 2001}, "text", "max_length"),
        ({"text": "x", "visibility": "public"}, "visibility", "invalid_choice"),
        ({"text": "x", "note": "y"}, "note", "unknown_field"),
    ],
)
def test_a_wrong_note_is_named_and_nothing_changes(
    manager: Api, branch: Branch, body: dict[str, Any], field: str, code: str
) -> None:
    taken_in = order(branch)
    before = books()

    answer = manager.post(f"repairs/{taken_in.pk}/notes", body)

    assert (answer.status_code, named(answer)) == (400, [(field, code)])
    assert books() == before


def test_a_note_made_by_a_client_is_made_once(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    body = {"id": fresh_id(), "text": "called"}

    first = manager.post(f"repairs/{taken_in.pk}/notes", body)
    again = manager.post(f"repairs/{taken_in.pk}/notes", body)

    assert (first.body["data"]["id"], again.status_code, again.body["code"]) == (body["id"], 409, "DUPLICATE_ERROR")
    assert taken_in.notes.count() == 1


def test_who_reads_which_notes(branch: Branch, other_branch: Branch) -> None:
    technician, owner = member("technician", branch), CustomerFactory(user=UserFactory(role="customer"))
    taken_in = order(branch, technician=technician, customer=owner.pk)
    manager = Api(member("manager", branch))
    for visibility in ("internal", "customer"):
        manager.post(f"repairs/{taken_in.pk}/notes", {"text": f"for {visibility}", "visibility": visibility})
    everything = ["for internal", "for customer"]
    expected = {
        "manager": (manager, everything),
        "seller": (Api(member("seller", branch)), everything),
        "technician": (Api(technician), everything),
        "customer": (Api(owner.user), ["for customer"]),
        "another technician": (Api(member("technician", branch)), 404),
        "another customer": (Api(UserFactory(role="customer")), 404),
        "elsewhere": (Api(member("seller", other_branch)), 404),
        "nobody": (Api(), 401),
    }

    answers = {who: api.get(f"repairs/{taken_in.pk}/notes") for who, (api, _) in expected.items()}

    seen = {
        who: [row["text"] for row in answer.body["data"]["items"]] if answer.status_code == 200 else answer.status_code
        for who, answer in answers.items()
    }
    assert seen == {who: result for who, (_, result) in expected.items()}
    assert answers["customer"].body["data"]["pagination"]["total"] == 1


@pytest.mark.parametrize(("role", "status"), [("customer", 403), ("stranger", 404), ("nobody", 401)])
def test_who_may_not_write(branch: Branch, role: str, status: int) -> None:
    owner = CustomerFactory(user=UserFactory(role="customer"))
    taken_in = order(branch, customer=owner.pk)
    user = {"customer": owner.user, "nobody": None}.get(role, UserFactory(role="technician"))

    answer = Api(user).post(f"repairs/{taken_in.pk}/notes", {"text": "x"})

    assert answer.status_code == status
    assert taken_in.notes.count() == 0
