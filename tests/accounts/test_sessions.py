"""What ends a session ends it at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user
from django.test import Client

from apps.accounts import tasks
from apps.accounts.enums import Role
from apps.accounts.models import Session, User
from apps.accounts.services import change_role, erase_customer, set_active, set_password
from apps.audit.models import Event
from apps.core.actor import Actor
from tests.accounts.conftest import claims_of, log_in, me, outcome, renew
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
OK, REVOKED, UNAUTHORIZED = (200, ""), (401, "TOKEN_REVOKED"), (401, "UNAUTHORIZED")


def log_out(tokens: dict[str, Any], body: dict[str, Any] | None = None, path: str = "auth/logout") -> Any:
    return Api().post(path, body, Authorization=f"Bearer {tokens['accessToken']}")


def both(tokens: dict[str, Any]) -> list[tuple[int, str]]:
    """What the access token and the refresh token are worth."""
    return [outcome(me(tokens["accessToken"])), outcome(renew(tokens["refreshToken"]))]


def test_logout_ends_the_session_of_the_token_and_no_other() -> None:
    user = UserFactory()
    this, other = log_in(user), log_in(user)

    answer = log_out(this)

    assert (answer.status_code, answer.content) == (204, b"")
    assert (both(this), both(other)) == ([REVOKED, REVOKED], [OK, OK])
    event = Event.objects.get(type="accounts.session_ended")
    assert event.payload == {"session_id": claims_of(this["accessToken"])["sid"], "reason": "logout"}
    assert (event.actor_id, event.aggregate_id) == (user.pk, user.pk)


@pytest.mark.exhaustive
def test_logout_twice_is_refused_and_recorded_once() -> None:
    tokens = log_in(UserFactory())
    log_out(tokens)

    again = log_out(tokens)

    assert outcome(again) == REVOKED
    assert Event.objects.filter(type="accounts.session_ended").count() == 1


def test_logout_with_a_refresh_token_of_another_own_session_ends_both() -> None:
    user = UserFactory()
    this, other = log_in(user), log_in(user)

    log_out(this, {"refreshToken": other["refreshToken"]})

    assert (both(this), both(other)) == ([REVOKED, REVOKED], [REVOKED, REVOKED])


def test_logout_with_somebody_else_s_refresh_token_ends_nothing() -> None:
    mine, theirs = log_in(UserFactory()), log_in(UserFactory())

    answer = log_out(mine, {"refreshToken": theirs["refreshToken"]})

    assert outcome(answer) == UNAUTHORIZED
    assert (both(mine), both(theirs)) == ([OK, OK], [OK, OK])


def test_logout_with_a_refresh_token_that_has_expired_still_logs_out() -> None:
    user = UserFactory()
    with time_machine.travel(datetime.now(UTC) - timedelta(days=8)):
        old = log_in(user)
    this = log_in(user)

    answer = log_out(this, {"refreshToken": old["refreshToken"]})

    assert answer.status_code == 204
    assert both(this) == [REVOKED, REVOKED]


@pytest.mark.parametrize("path", ["auth/logout", "auth/logout-all"])
def test_nobody_logs_out_without_a_token(path: str) -> None:
    assert outcome(Api().post(path)) == UNAUTHORIZED


def test_logout_all_ends_every_session_of_the_user() -> None:
    user = UserFactory()
    mine, theirs = [log_in(user), log_in(user)], log_in(UserFactory())

    answer = log_out(mine[0], path="auth/logout-all")

    assert answer.status_code == 204
    assert [both(tokens) for tokens in mine] == [[REVOKED, REVOKED]] * 2
    assert both(theirs) == [OK, OK]
    assert set(Session.objects.filter(user=user).values_list("end_reason", flat=True)) == {"logout_all"}


def _erase(user: User) -> None:
    erase_customer(CustomerFactory(user=user).pk, actor=SYSTEM)


CHANGES: dict[str, tuple[str, Callable[[User], None], str, tuple[int, str]]] = {
    "deactivated": ("seller", lambda user: set_active(user, active=False, actor=SYSTEM), "deactivated", REVOKED),
    "another role": ("seller", lambda user: change_role(user, Role.MANAGER, actor=SYSTEM), "changed", REVOKED),
    "another password": ("seller", lambda user: set_password(user, "N3w-Secret!x", actor=SYSTEM), "changed", REVOKED),
    "erased": ("customer", _erase, "deactivated", REVOKED),
}


@pytest.mark.parametrize(("role", "change", "reason", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_of_the_account_ends_its_access_at_once(
    role: str, change: Callable[[User], None], reason: str, expected: tuple[int, str]
) -> None:
    user = UserFactory(role=role)
    tokens, page = log_in(user), Api()
    page.client.force_login(user)
    others = log_in(UserFactory())

    change(user)

    assert both(tokens) == [expected, expected]
    assert set(Session.objects.filter(user=user).values_list("kind", "end_reason")) == {
        ("api", reason),
        ("pages", reason),
    }
    assert not get_user(page.client).is_authenticated
    assert both(others) == [OK, OK]


@pytest.mark.exhaustive
def test_logout_all_ends_the_sessions_of_the_pages_too() -> None:
    user = UserFactory(role="admin")
    page, tokens = Api(), log_in(user)
    page.client.force_login(user)
    before = page.client.get("/admin/").status_code

    log_out(tokens, path="auth/logout-all")

    assert (before, page.client.get("/admin/").status_code) == (200, 302)


def test_a_user_who_is_let_in_again_does_not_get_the_old_sessions_back() -> None:
    user = UserFactory()
    tokens = log_in(user)
    set_active(user, active=False, actor=SYSTEM)

    set_active(user, active=True, actor=SYSTEM)

    assert both(tokens) == [REVOKED, REVOKED]
    assert both(log_in(user)) == [OK, OK]


def test_a_request_notes_at_most_once_a_minute_that_the_session_was_seen() -> None:
    start = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
    seen = []
    with time_machine.travel(start, tick=False) as clock:
        tokens = log_in(UserFactory())
        for seconds in (1, 30, 60, 61):
            clock.move_to(start + timedelta(seconds=seconds))
            me(tokens["accessToken"])
            seen.append((Session.objects.get().last_seen_at - start).seconds)

    assert seen == [1, 1, 1, 1]

    with time_machine.travel(start + timedelta(seconds=62), tick=False):
        me(tokens["accessToken"])
    assert Session.objects.get().last_seen_at == start + timedelta(seconds=62)


def test_purge_deletes_sessions_that_nobody_could_have_used_for_ninety_days() -> None:
    now = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
    for days in (30 + 91, 30 + 89, 1):
        with time_machine.travel(now - timedelta(days=days), tick=False):
            log_in(UserFactory())

    with time_machine.travel(now, tick=False):
        tasks.purge_sessions.apply()

    assert tasks.purge_sessions.name == "accounts.purge_sessions"
    assert sorted((now - made).days for made in Session.objects.values_list("created_at", flat=True)) == [1, 30 + 89]


BROWSER = "Mozilla/5.0 (X11; Linux x86_64)"


def listed(tokens: dict[str, Any]) -> list[dict[str, Any]]:
    answer = Api().get("auth/sessions", Authorization=f"Bearer {tokens['accessToken']}")
    assert answer.status_code == 200
    rows: list[dict[str, Any]] = answer.body["data"]["items"]
    return rows


def end(tokens: dict[str, Any], session_id: str) -> Any:
    return Api().delete(f"auth/sessions/{session_id}", Authorization=f"Bearer {tokens['accessToken']}")


def test_the_list_names_every_session_of_the_caller_the_newest_first() -> None:
    user = UserFactory()
    with time_machine.travel(datetime(2026, 5, 4, 10, 0, tzinfo=UTC), tick=False) as clock:
        browser = Client(headers={"User-Agent": BROWSER}, REMOTE_ADDR="2001:db8::7")
        browser.post("/dashboard/login/", {"username": user.email, "password": PASSWORD})
        log_in(UserFactory())
        clock.shift(3600)
        tokens = log_in(user)
        rows = listed(tokens)

    pages, app = Session.objects.filter(user=user).order_by("created_at")
    assert rows == [
        {
            "id": str(app.pk),
            "kind": "api",
            "device": "till",
            "ip": "127.0.0.1",
            "createdAt": "2026-05-04T11:00:00.000000Z",
            "lastSeenAt": "2026-05-04T11:00:00.000000Z",
            "expiresAt": "2026-06-03T11:00:00.000000Z",
            "current": True,
        },
        {
            "id": str(pages.pk),
            "kind": "pages",
            "device": BROWSER,
            "ip": "2001:db8::7",
            "createdAt": "2026-05-04T10:00:00.000000Z",
            "lastSeenAt": "2026-05-04T10:00:00.000000Z",
            "expiresAt": "2026-05-18T10:00:00.000000Z",
            "current": False,
        },
    ]


def test_what_cannot_be_used_any_more_is_not_listed() -> None:
    user, now = UserFactory(), datetime.now(UTC)
    for days in (31, 8):  # too old, and not refreshed for a week
        with time_machine.travel(now - timedelta(days=days)):
            log_in(user)
    log_out(log_in(user))
    this = log_in(user)

    assert [row["current"] for row in listed(this)] == [True]


def test_a_session_can_be_ended_from_another() -> None:
    user = UserFactory()
    this, other = log_in(user), log_in(user)

    answer = end(this, claims_of(other["accessToken"])["sid"])

    assert (answer.status_code, answer.content) == (204, b"")
    assert (both(this), both(other)) == ([OK, OK], [REVOKED, REVOKED])
    assert [row["current"] for row in listed(this)] == [True]
    event = Event.objects.get(type="accounts.session_ended")
    assert (event.actor_id, event.payload["reason"]) == (user.pk, "logout")


def test_a_session_can_end_itself() -> None:
    this = log_in(UserFactory())

    assert end(this, claims_of(this["accessToken"])["sid"]).status_code == 204
    assert both(this) == [REVOKED, REVOKED]


@pytest.mark.parametrize("role", ["customer", "admin"])
def test_a_session_of_somebody_else_is_not_found(role: str) -> None:
    mine, theirs = log_in(UserFactory(role=role)), log_in(UserFactory())

    answer = end(mine, claims_of(theirs["accessToken"])["sid"])

    assert outcome(answer) == (404, "NOT_FOUND")
    assert both(theirs) == [OK, OK]
    assert not Event.objects.filter(type="accounts.session_ended").exists()


def test_a_session_that_has_ended_is_not_found_again() -> None:
    user = UserFactory()
    this, other = log_in(user), claims_of(log_in(user)["accessToken"])["sid"]

    assert [end(this, other).status_code for _ in range(2)] == [204, 404]
    assert Event.objects.filter(type="accounts.session_ended").count() == 1
