"""A browser on the pages has a session like those of the apps, and is out when that one has ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session as PageSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.enums import Role, SessionEnd, SessionKind
from apps.accounts.middleware import LINK
from apps.accounts.models import Session, User
from apps.accounts.services import change_role, end_session, set_active, set_password
from apps.accounts.services.page_sessions import open_page_session
from apps.accounts.services.sessions import Device
from apps.audit.models import Event
from apps.core.actor import Actor
from tests.accounts.conftest import log_in
from tests.accounts.second_factors import has_app
from tests.conftest import Api
from tests.factories import UserFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")
INSIDE, OUT = 200, 302


def come_in(user: User) -> Client:
    client = Client(headers={"User-Agent": "Scanner 9"}, REMOTE_ADDR="198.51.100.7")
    answer = client.post("/dashboard/login/", {"username": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return client


def page(client: Client) -> int:
    return int(client.get("/dashboard/").status_code)


def ended(user: User) -> list[str]:
    return list(Session.objects.filter(user=user).exclude(revoked_at=None).values_list("end_reason", flat=True))


def test_a_login_on_the_pages_opens_a_session_that_lives_as_long_as_the_cookie() -> None:
    user = UserFactory()

    with time_machine.travel(NOW, tick=False):
        come_in(user)

    session, event = Session.objects.get(), Event.objects.get(type="accounts.logged_in")
    user.refresh_from_db()
    assert (session.user_id, session.kind) == (user.pk, SessionKind.PAGES)
    assert (session.device, session.address) == ("Scanner 9", "198.51.100.7")
    assert (session.created_at, session.expires_at) == (NOW, NOW + timedelta(days=14))
    assert (event.aggregate_id, event.payload) == (user.pk, {"session_id": str(session.pk)})
    assert user.last_login == NOW


def _by_api(user: User) -> None:
    session = Session.objects.get(user=user, kind=SessionKind.PAGES)
    answer = Api(user).delete(f"auth/sessions/{session.pk}")
    assert answer.status_code == 204


def _by_hand(user: User) -> None:
    end_session(Session.objects.get(user=user), SessionEnd.LOGOUT, actor=SYSTEM)


ENDS: dict[str, Callable[[User], object]] = {
    "the list of sessions": _by_api,
    "the back office": _by_hand,
    "logout everywhere": lambda user: Api(user).post("auth/logout-all"),
    "a new password": lambda user: set_password(user, "Another-Horse-9", actor=SYSTEM),
    "another role": lambda user: change_role(user, Role.MANAGER, actor=SYSTEM),
    "deactivation": lambda user: set_active(user, active=False, actor=SYSTEM),
    "its age": lambda user: Session.objects.filter(user=user).update(expires_at=datetime.now(UTC)),
    "a kind that is not the pages'": lambda user: Session.objects.filter(user=user).update(kind=SessionKind.API),
    "doubt about the person": lambda user: User.objects.filter(pk=user.pk).update(is_verified=False),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_the_browser_is_out_with_its_next_request(end: Callable[[User], object]) -> None:
    user, other = UserFactory(), UserFactory()
    browser, beside = come_in(user), come_in(other)
    before = page(browser)

    end(user)

    assert (before, page(browser), page(beside)) == (INSIDE, OUT, INSIDE)
    assert PageSession.objects.count() == 1


def test_logging_out_ends_this_session_and_no_other() -> None:
    user = UserFactory()
    this, other = come_in(user), come_in(user)

    this.post("/dashboard/logout/")

    assert (page(this), page(other)) == (OUT, INSIDE)
    assert ended(user) == ["logout"]
    event = Event.objects.get(type="accounts.session_ended")
    assert (event.actor_id, event.address, event.payload["reason"]) == (user.pk, "198.51.100.7", "logout")


def test_a_cookie_kept_from_before_logging_out_is_worth_nothing() -> None:
    user = UserFactory()
    browser, thief = come_in(user), Client()
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value
    before = page(thief)

    browser.post("/dashboard/logout/")

    assert (before, page(thief)) == (INSIDE, OUT)


def test_the_same_browser_coming_in_again_leaves_one_live_session() -> None:
    user, browser = UserFactory(), Client()
    for _ in range(2):
        browser.force_login(user)

    assert (ended(user), page(browser)) == (["logout"], INSIDE)


def test_a_session_of_django_s_without_one_of_ours_is_nobody_s() -> None:
    browser = come_in(UserFactory())
    stored = browser.session
    del stored[LINK]
    stored.save()

    assert page(browser) == OUT


def test_the_session_of_somebody_else_lets_nobody_in() -> None:
    mine, theirs = come_in(UserFactory()), come_in(UserFactory())
    stored = mine.session
    stored[LINK] = theirs.session[LINK]
    stored.save()

    assert (page(mine), page(theirs)) == (OUT, INSIDE)


def test_an_account_that_changes_while_it_comes_in_gets_no_session() -> None:
    user = UserFactory()
    as_read = User.objects.get(pk=user.pk)
    set_password(user, "Another-Horse-9", actor=SYSTEM)

    opened = open_page_session(as_read, Device(None, ""), timedelta(days=1), actor=SYSTEM)

    assert opened is None
    assert not Session.objects.exists()
    assert not Event.objects.filter(type="accounts.logged_in").exists()


def test_an_account_with_a_second_factor_gets_no_session_without_it() -> None:
    user = UserFactory()
    has_app(user)
    now = timezone.now()

    without = open_page_session(user, Device(None, ""), timedelta(days=1), actor=SYSTEM)
    given = open_page_session(user, Device(None, ""), timedelta(days=1), actor=SYSTEM, second_factor_at=now)

    assert without is None
    assert given is not None
    assert Session.objects.get().second_factor_at == now


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"is_verified": False}, "Confirm the e-mail address of this account first."),
        ({"is_approved": False}, "An admin of the shop has not let this account in yet."),
        ({"is_active": False}, "This account has been deactivated."),
    ],
)
def test_staff_in_waiting_do_not_get_to_the_pages(fields: dict[str, Any], told: str) -> None:
    user, client = UserFactory(**fields), Client()

    answer = client.post("/dashboard/login/", {"username": user.email, "password": PASSWORD})

    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not Session.objects.exists()
    assert Event.objects.get().type == "accounts.login_failed"


def test_that_a_browser_was_seen_is_noted_once_a_minute() -> None:
    user, seen = UserFactory(), []
    with time_machine.travel(NOW, tick=False) as clock:
        browser = come_in(user)
        for seconds in (30, 60, 61, 100):
            clock.move_to(NOW + timedelta(seconds=seconds))
            page(browser)
            seen.append((Session.objects.get().last_seen_at - NOW).seconds)

    assert seen == [0, 0, 61, 61]


def test_session_and_user_take_one_statement() -> None:
    browser = come_in(UserFactory())
    page(browser)

    with CaptureQueriesContext(connection) as asked:
        browser.get("/dashboard/intake/")  # which is not for technicians

    tables = [query["sql"] for query in asked if "accounts_" in query["sql"]]
    assert len(tables) == 1
    assert 'JOIN "accounts_user"' in tables[0]


def test_a_request_with_a_token_looks_for_no_page_session() -> None:
    tokens = log_in(UserFactory())

    with CaptureQueriesContext(connection) as asked:
        Api().get("auth/me", Authorization=f"Bearer {tokens['accessToken']}")

    assert not [query for query in asked if "django_session" in query["sql"]]


def test_api_tokens_are_not_made_for_the_session_of_a_browser() -> None:
    user = UserFactory()
    come_in(user)

    answer = Api(user).get("auth/sessions")

    assert [(row["kind"], row["current"]) for row in answer.body["data"]["items"]] == [("api", True), ("pages", False)]
