"""Who is let in, as what, and who is taken out; what each of it ends."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import Session, User
from apps.accounts.services import StatusRequest, change_role, change_status
from apps.audit.models import Event
from apps.core.db import retrying
from apps.core.exceptions import Conflict
from apps.core.ids import new_id
from apps.inventory.models import Branch
from tests.accounts.conftest import outcome
from tests.accounts.second_factors import code_of, has_app, step_up
from tests.conftest import Api
from tests.factories import UserFactory, actor_for, member
from tests.racing import kinds, race

FORBIDDEN, NOT_FOUND, OK = (403, "FORBIDDEN"), (404, "NOT_FOUND"), (200, "")
LEFT = {"isActive": False, "reason": "left the shop"}


def state(user: User | None) -> tuple[str, bool, bool, int]:
    """Role, active, approved, and the version that every end of the sessions raises."""
    assert user is not None
    user.refresh_from_db()
    return user.role, user.is_active, user.is_approved, user.auth_version


def status(api: Api, user: User | None, body: Any, path: str = "users") -> Any:
    return api.put(f"{path}/{user.pk if user else new_id()}/status", body)


def by_admin(api: Api, user: User | None, body: Any) -> Any:
    return status(api, user, body, "admin/auth/users")


def changes() -> list[dict[str, Any]]:
    return [
        event.payload for event in Event.objects.filter(type="accounts.status_changed").order_by("created_at", "id")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["users", "admin/auth/users"])
def test_an_admin_keeps_somebody_out_at_once_and_says_why(admin: Api, branch: Branch, path: str) -> None:
    api = Api(member("seller", branch))

    answer = status(admin, api.user, LEFT, path)

    assert (outcome(answer), answer.body["data"]["isActive"]) == (OK, False)
    assert outcome(api.get("auth/me")) == (401, "TOKEN_REVOKED")
    assert Session.objects.get(user=api.user).end_reason == "deactivated"
    assert changes() == [{"changes": {"is_active": [True, False]}, "reason": "left the shop"}]


@pytest.mark.django_db
def test_a_seller_who_registered_is_approved_by_being_let_in_and_goes_on_in_the_same_session(admin: Api) -> None:
    api = Api(UserFactory(role="seller", is_approved=False))
    before = outcome(api.get("customers"))

    answer = by_admin(admin, api.user, {"isActive": True, "reason": "was interviewed"})

    assert (before, outcome(answer)) == ((403, "ACCOUNT_UNVERIFIED"), OK)
    assert state(api.user) == ("seller", True, True, 1)
    assert outcome(api.get("customers")) == OK
    assert changes() == [{"changes": {"is_approved": [False, True]}, "reason": "was interviewed"}]


@pytest.mark.django_db
def test_role_and_status_are_changed_together(admin: Api) -> None:
    api = Api(UserFactory(role="seller", is_active=True))

    answer = by_admin(admin, api.user, {"isActive": True, "role": "manager", "reason": "promoted"})

    assert (answer.body["data"]["role"], answer.body["data"]["isActive"]) == ("manager", True)
    assert outcome(api.get("auth/me")) == (401, "TOKEN_REVOKED")
    assert Session.objects.get(user=api.user).end_reason == "changed"
    assert changes() == [{"changes": {"role": ["seller", "manager"]}, "reason": "promoted"}]


@pytest.mark.django_db
def test_what_is_so_already_changes_nothing(admin: Api) -> None:
    user = UserFactory(role="seller")

    answer = by_admin(admin, user, {"isActive": True, "role": "seller", "reason": "again"})

    assert outcome(answer) == OK
    assert (state(user), changes()) == (("seller", True, True, 1), [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"reason": "r"}, "isActive", "required"),
        ({"isActive": False}, "reason", "required"),
        ({"isActive": False, "reason": " "}, "reason", "blank"),
        ({"isActive": False, "reason": "x" * 501}, "reason", "max_length"),
        ({"isActive": None, "reason": "r"}, "isActive", "null"),
        ({"isActive": "perhaps", "reason": "r"}, "isActive", "invalid"),
        ({**LEFT, "role": "owner"}, "role", "invalid_choice"),
        ({**LEFT, "isApproved": True}, "isApproved", "unknown_field"),
    ],
)
def test_a_malformed_change_of_status_is_refused(admin: Api, body: dict[str, Any], field: str, code: str) -> None:
    user = UserFactory(role="seller", is_approved=False)

    answer = by_admin(admin, user, body)

    assert outcome(answer) == (400, "VALIDATION_ERROR")
    assert [(detail["field"], detail["code"]) for detail in answer.body["details"]] == [(field, code)]
    assert (state(user), changes()) == (("seller", True, False, 1), [])


@pytest.mark.django_db
@pytest.mark.parametrize("body", [LEFT, {**LEFT, "isActive": True, "role": "seller"}])
def test_an_admin_changes_neither_the_own_account_nor_one_that_is_not_there(admin: Api, body: dict[str, Any]) -> None:
    UserFactory(role="admin")

    answers = [by_admin(admin, admin.user, body), by_admin(admin, None, body)]

    assert [outcome(answer) for answer in answers] == [FORBIDDEN, NOT_FOUND]
    assert (state(admin.user), changes()) == (("admin", True, True, 1), [])


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [StatusRequest(is_active=True, role=Role.SELLER), StatusRequest(is_active=False)])
def test_the_last_active_admin_keeps_the_role_however_it_is_asked(wanted: StatusRequest) -> None:
    last, former = UserFactory(role="admin"), UserFactory(role="admin", is_active=False)

    with pytest.raises(Conflict):
        change_status(last.pk, wanted, actor=actor_for(former))

    assert state(last) == ("admin", True, True, 1)


@pytest.mark.django_db
def test_a_change_of_role_asks_for_the_second_factor_again_and_one_of_status_does_not(admin: Api) -> None:
    app, user = has_app(admin.user), UserFactory(role="seller")

    unproven = by_admin(admin, user, {"isActive": True, "role": "manager", "reason": "promoted"})
    kept_out = by_admin(admin, user, LEFT)
    proven = step_up(admin, code_of(app))
    promoted = by_admin(admin, user, {"isActive": True, "role": "manager", "reason": "promoted"})

    assert [outcome(answer) for answer in (unproven, kept_out, proven, promoted)] == [
        (403, "MFA_REQUIRED"), OK, (204, ""), OK
    ]  # fmt: skip
    assert [found["changes"].keys() for found in changes()] == [{"is_active"}, {"role", "is_active"}]


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_a_manager_lets_in_and_keeps_out_the_technicians_and_sellers_of_the_own_branches(
    manager: Api, branch: Branch, other_branch: Branch
) -> None:
    people = {
        "technician": member("technician", branch), "seller": member("seller", branch),
        "waiting": member("seller", branch, is_approved=False), "colleague": member("manager", branch),
        "admin": member("admin", branch), "himself": manager.user, "far": member("technician", other_branch),
        "of no branch": UserFactory(role="seller"), "customer": UserFactory(role="customer"),
    }  # fmt: skip

    out = {name: outcome(status(manager, user, LEFT)) for name, user in people.items()}
    back = {name: outcome(status(manager, user, {"isActive": True, "reason": "back"})) for name, user in people.items()}

    expected = {
        "technician": OK, "seller": OK, "waiting": OK, "colleague": FORBIDDEN, "admin": FORBIDDEN,
        "himself": FORBIDDEN, "far": NOT_FOUND, "of no branch": NOT_FOUND, "customer": NOT_FOUND,
    }  # fmt: skip
    assert out == back == expected
    assert {name: state(user)[1:3] for name, user in people.items() if name != "waiting"} == {
        name: (True, True) for name in people if name != "waiting"
    }
    assert state(people["waiting"]) == ("seller", True, False, 2), "only an admin approves"
    assert len(changes()) == 6


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["admin", "seller", "technician"])
def test_a_manager_gives_no_role(manager: Api, branch: Branch, role: str) -> None:
    user = member("technician", branch)

    asked = status(manager, user, {"isActive": True, "role": role, "reason": "promoted"})
    forced = by_admin(manager, user, {"isActive": True, "role": role, "reason": "promoted"})

    assert [outcome(answer) for answer in (asked, forced)] == [(400, "VALIDATION_ERROR"), FORBIDDEN]
    assert asked.body["details"][0]["code"] == "unknown_field"
    assert (state(user), changes()) == (("technician", True, True, 1), [])


@pytest.mark.django_db
def test_a_change_based_on_what_is_no_longer_so_is_refused(admin: Api) -> None:
    user = UserFactory(role="seller")
    tag = admin.get(f"users/{user.pk}")["ETag"]
    by_admin(admin, user, LEFT)

    late = admin.put(f"users/{user.pk}/status", {"isActive": True, "reason": "r"}, If_Match=tag)

    assert outcome(late) == (412, "PRECONDITION_FAILED")
    assert state(user) == ("seller", False, True, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["admin", "manager", "technician", "seller", "customer"])
def test_a_profile_is_changed_by_its_owner_and_by_admins(role: str, branch: Branch) -> None:
    owner, colleague = member("seller", branch), Api(member(role, None if role == "admin" else branch))

    answer = colleague.put(f"users/{owner.pk}/profile", {"firstName": "New", "lastName": "Name"})
    own = Api(owner).put(f"users/{owner.pk}/profile", {"firstName": "Own", "lastName": "Name"})

    expected = {"admin": OK, "manager": FORBIDDEN}.get(role, NOT_FOUND)
    assert (outcome(answer), outcome(own)) == (expected, OK)
    saved = Event.objects.filter(type="accounts.user_saved").order_by("created_at", "id")
    assert [event.actor_id for event in saved] == ([colleague.user.pk] if role == "admin" else []) + [owner.pk]


@pytest.mark.django_db(transaction=True)
def test_a_manager_does_not_keep_out_somebody_who_is_being_promoted() -> None:
    """Whichever comes first: a manager is never kept out by another manager."""
    branch = Branch.objects.create(name="Harbour", code="HAR")
    boss, chief, user = member("admin", None), member("manager", branch), member("technician", branch)

    outcomes = race(
        lambda: retrying(lambda: change_role(user, Role.MANAGER, actor=actor_for(boss))),
        lambda: retrying(lambda: change_status(user.pk, StatusRequest(is_active=False), actor=actor_for(chief))),
    )

    order = [list(found["changes"]) for found in changes()]
    assert (kinds(outcomes), order, state(user)[:2]) in [
        ({"Forbidden": 1, "NoneType": 1}, [["role"]], ("manager", True)),
        ({"NoneType": 2}, [["is_active"], ["role"]], ("manager", False)),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_manager_who_is_kept_out_at_the_same_moment_lets_nobody_in_afterwards() -> None:
    branch = Branch.objects.create(name="Harbour", code="HAR")
    boss, chief = member("admin", None), member("manager", branch)
    user = member("technician", branch, is_active=False)

    outcomes = race(
        lambda: retrying(lambda: change_status(chief.pk, StatusRequest(is_active=False), actor=actor_for(boss))),
        lambda: retrying(lambda: change_status(user.pk, StatusRequest(is_active=True), actor=actor_for(chief))),
    )

    order = [
        event.aggregate_id for event in Event.objects.filter(type="accounts.status_changed").order_by("created_at")
    ]
    assert (kinds(outcomes), order, state(user)[1]) in [
        ({"Forbidden": 1, "NoneType": 1}, [chief.pk], False),
        ({"NoneType": 2}, [user.pk, chief.pk], True),
    ]


@pytest.mark.django_db
def test_an_account_that_was_kept_out_before_it_was_approved_is_both_let_in_and_approved(admin: Api) -> None:
    user = UserFactory(role="seller", is_approved=False, is_active=False, last_login=timezone.now())

    by_admin(admin, user, {"isActive": True, "reason": "fine now"})

    assert state(user) == ("seller", True, True, 1)
