"""What has happened to an account, and what its owner did to others, as far as the reader's scope goes."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.services import change_role, set_active, update_user
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory.models import Branch
from tests.accounts.conftest import outcome
from tests.conftest import Api
from tests.factories import UserFactory, member

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


def activity(api: Api, user: User, query: str = "limit=50") -> list[dict[str, Any]]:
    answer = api.get(f"users/{user.pk}/activity?{query}")
    assert answer.status_code == 200, answer.body
    items: list[dict[str, Any]] = answer.body["data"]["items"]
    return items


def types(items: list[dict[str, Any]]) -> list[str]:
    return [item["type"].removeprefix("accounts.") for item in items]


def acting(user: User) -> Actor:
    return Actor.user(user, request_id="req-1", address="2001:db8::7")


def test_an_entry_says_what_who_from_where_and_in_which_request(admin: Api) -> None:
    user, boss = UserFactory(role="seller"), UserFactory(role="admin", first_name="Ada", last_name="Boss")

    set_active(user, active=False, actor=acting(boss), reason="on leave")

    item = activity(admin, user)[0]
    assert item.keys() == {
        "id", "type", "payload", "actor", "createdAt", "updatedAt", "userId", "address", "requestId",
    }  # fmt: skip
    assert (item["type"], item["payload"]) == (
        "accounts.status_changed", {"changes": {"isActive": [True, False]}, "reason": "on leave"}
    )  # fmt: skip
    assert item["actor"] == {"kind": "user", "id": str(boss.pk), "name": "Ada Boss"}
    assert (item["userId"], item["address"], item["requestId"]) == (str(user.pk), "2001:db8::7", "req-1")


def test_activity_is_of_the_account_and_of_its_owner_newest_first(admin: Api) -> None:
    owner, other = UserFactory(role="admin"), UserFactory(role="seller")
    update_user(owner.pk, {"last_name": "First"}, actor=SYSTEM)
    change_role(other, Role.TECHNICIAN, actor=acting(owner), reason="bench")
    update_user(other.pk, {"last_name": "Else"}, actor=SYSTEM)
    update_user(owner.pk, {"last_name": "Last"}, actor=acting(owner))

    items = activity(admin, owner)

    assert [(item["type"].removeprefix("accounts."), item["userId"]) for item in items] == [
        ("user_saved", str(owner.pk)), ("status_changed", str(other.pk)), ("user_saved", str(owner.pk))
    ]  # fmt: skip


def test_what_happened_to_accounts_out_of_scope_is_not_told(branch: Branch) -> None:
    boss, near, far = member("admin", branch), member("seller", branch), UserFactory(role="seller")
    for other in (near, far):
        set_active(other, active=False, actor=acting(boss), reason="secret" if other is far else "open")
    manager = Api(member("manager", branch))

    items = activity(manager, boss)

    assert [item["userId"] for item in items] == [str(near.pk)]


def test_from_where_others_act_is_for_admins(admin: Api, branch: Branch) -> None:
    seller, boss = member("seller", branch), member("admin", branch)
    set_active(seller, active=False, actor=acting(boss), reason="on leave")
    set_active(seller, active=True, actor=SYSTEM, reason="back")
    seller.refresh_from_db()
    Api().post("auth/login", {"identifier": seller.email, "password": "Wrong-Horse-9"})

    seen = {
        name: [(item["actor"]["kind"], item["address"]) for item in activity(reader, seller)][-3:]
        for name, reader in {"admin": admin, "manager": Api(member("manager", branch)), "seller": Api(seller)}.items()
    }

    failed, let_in = ("anonymous", "127.0.0.1"), ("system", None)
    assert seen == {
        "admin": [failed, let_in, ("user", "2001:db8::7")],
        "manager": [("anonymous", None), let_in, ("user", None)],
        "seller": [failed, let_in, ("user", None)],
    }


def test_activity_is_read_within_the_scope(branch: Branch, other_branch: Branch) -> None:
    users = {
        "own": member("technician", branch), "colleague": member("seller", branch),
        "far": member("technician", other_branch), "customer": UserFactory(role="customer"),
    }  # fmt: skip
    readers = {
        "admin": Api(UserFactory(role="admin")), "manager": Api(member("manager", branch)),
        "own": Api(users["own"]), "customer": Api(users["customer"]),
    }  # fmt: skip

    answers = {
        name: [api.get(f"users/{user.pk}/activity").status_code for user in users.values()]
        for name, api in readers.items()
    }

    assert answers == {
        "admin": [200, 200, 200, 200],
        "manager": [200, 200, 404, 404],
        "own": [200, 404, 404, 404],
        "customer": [404, 404, 404, 200],
    }
    assert outcome(readers["admin"].get(f"users/{new_id()}/activity")) == (404, "NOT_FOUND")


def test_logins_failures_and_logouts_are_activity() -> None:
    user = UserFactory()
    for password in ("Wrong-Horse-9", "Correct-Horse-9"):
        answer = Api().post("auth/login", {"identifier": user.email, "password": password})
    token = answer.body["data"]["accessToken"]
    Api().post("auth/logout", {}, Authorization=f"Bearer {token}")

    items = activity(Api(user), user)

    assert types(items) == ["logged_in", "session_ended", "logged_in", "login_failed"]
    assert [item["actor"]["kind"] for item in items] == ["user", "user", "user", "anonymous"]
    assert items[1]["payload"].keys() == {"sessionId", "reason"}
    assert "Correct-Horse-9" not in str(items)


def test_activity_is_paged_by_number_and_by_cursor(admin: Api) -> None:
    user = UserFactory()
    for number in range(5):
        update_user(user.pk, {"last_name": f"Name {number}"}, actor=SYSTEM)
    everything = [item["id"] for item in activity(admin, user)]

    second = [item["id"] for item in activity(admin, user, "limit=2&page=2")]
    first = admin.get(f"users/{user.pk}/activity?limit=2&cursor=").body["data"]
    after = admin.get(f"users/{user.pk}/activity?limit=2&cursor={first['pagination']['nextCursor']}").body["data"]

    assert len(everything) == 5
    assert second == everything[2:4] == [item["id"] for item in after["items"]]
    assert [item["id"] for item in first["items"]] == everything[:2]


def test_an_account_to_which_nothing_happened_has_an_empty_list_and_filters_are_refused(admin: Api) -> None:
    user = UserFactory()

    assert activity(admin, user) == []
    assert outcome(admin.get(f"users/{user.pk}/activity?type=x")) == (400, "VALIDATION_ERROR")
