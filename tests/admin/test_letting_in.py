"""Who lets accounts in and keeps them out on the pages of the back office."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.inventory.models import Branch
from tests.admin.office import Office, events
from tests.factories import UserFactory, member

DOORS = {"Approve", "Activate", "Deactivate"}


def doors(office: Office, user: User) -> set[str]:
    return {words for words, _ in office.open(user).context["links"]} & DOORS


def is_active(user: User) -> bool:
    return User.objects.get(pk=user.pk).is_active


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, {"Deactivate"}),
        ({"is_active": False}, {"Activate"}),
        ({"is_approved": False}, {"Approve", "Deactivate"}),
        ({"is_approved": False, "is_active": False}, {"Approve"}),
    ],
)
def test_the_page_of_a_user_shows_the_ways_in_and_out(boss: Office, fields: dict[str, bool], shown: set[str]) -> None:
    assert doors(boss, UserFactory(role="seller", **fields)) == shown


@pytest.mark.exhaustive
def test_a_seller_is_approved_from_the_page_once_and_with_a_reason(boss: Office) -> None:
    waiting = UserFactory(role="seller", is_approved=False)

    silent = boss.page("let_in_page", waiting, reason=" ")
    first = boss.messages(boss.page("let_in_page", waiting, reason="hired"))
    again = boss.messages(boss.page("let_in_page", waiting, reason="hired"))

    assert list(silent.context["form"].errors) == ["reason"]
    assert (first, again) == (["1 let in."], ["Nothing was changed."])
    assert [event.payload for event in events("accounts.status_changed")] == [
        {"changes": {"is_approved": [False, True]}, "reason": "hired"}
    ]


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ["technician", "seller"])
def test_a_manager_keeps_out_and_lets_in_the_staff_of_the_branch(chief: Office, branch: Branch, role: str) -> None:
    user = member(role, branch)

    out = (doors(chief, user), chief.messages(chief.page("deactivate_page", user, reason="on leave")), is_active(user))
    back = (doors(chief, user), chief.messages(chief.page("let_in_page", user, reason="back")), is_active(user))

    assert out == ({"Deactivate"}, ["1 deactivated."], False)
    assert back == ({"Activate"}, ["1 let in."], True)


def test_a_manager_does_so_in_the_list_as_well(chief: Office, branch: Branch) -> None:
    users = [member("technician", branch), member("seller", branch, is_active=False)]

    page = chief.act("deactivate", users[0]).url
    done = chief.messages(chief.act("activate", users[1]))

    assert chief.get(page).status_code == 200
    assert (done, is_active(users[1])) == (["1 activated."], True)


@pytest.mark.exhaustive
def test_a_manager_lets_nobody_else_in_or_out(chief: Office, branch: Branch, other_branch: Branch) -> None:
    equal, stranger = member("manager", branch), member("technician", other_branch)
    waiting = member("seller", branch, is_approved=False)

    refused = chief.messages(chief.page("deactivate_page", equal, reason="x"))
    unseen = chief.messages(chief.page("deactivate_page", stranger, reason="x"))
    unapproved = chief.messages(chief.page("let_in_page", waiting, reason="x"))

    assert doors(chief, equal) == set()
    assert doors(chief, waiting) == {"Deactivate"}
    assert refused[0] == f"{equal}: Managers let in and keep out the technicians and sellers of their branches."
    assert unseen == unapproved == ["Nothing was changed."]
    assert chief.get(f"/admin/accounts/user/deactivate/?ids={stranger.pk}").status_code == 404
    assert is_active(equal)
    assert is_active(stranger)
    assert not User.objects.get(pk=waiting.pk).is_approved
    assert events("accounts.status_changed") == []
