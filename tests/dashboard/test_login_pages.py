"""Getting in over the pages: the second factor, a forgotten password, a new account, and the same answer for everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session as DjangoSession
from django.test import Client
from django.utils import timezone

from apps.accounts import services, tasks
from apps.accounts.enums import CodePurpose
from apps.accounts.models import Challenge, RecoveryCode, Session, User
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.inventory.models import Branch
from tests.dashboard.browser import Browser
from tests.dashboard.people import codes_sent, log_in, with_app, with_passkey
from tests.factories import UserFactory, member
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "New-Horse-9x"
SECOND = "/dashboard/login/second-factor/"


# --- the second factor ----------------------------------------------------------------------------------------------


def test_a_second_factor_is_asked_for_and_leads_on_to_what_was_wanted(branch: Branch) -> None:
    user = member("manager", branch)
    app = with_app(user)

    browser = log_in(user, next="/dashboard/intake/")
    asked, inside = browser.path, "_auth_user_id" in browser.client.session
    browser.submit(browser.form(), code=app.code())

    assert (asked, inside) == (SECOND, False)
    assert browser.path == "/dashboard/intake/"
    session = Session.objects.get(user=user, revoked_at=None)
    assert (session.kind, session.second_factor_at is not None) == ("pages", True)
    used = Event.objects.get(type="accounts.second_factor_used", payload__purpose="log_in")
    assert used.payload["kind"] == "totp"
    assert Event.objects.filter(type="accounts.logged_in", payload__session_id=str(session.pk)).count() == 1


def test_the_session_key_is_another_one_after_each_step(branch: Branch) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), Browser().open("/dashboard/login/")
    browser.client.get("/dashboard/verify/")
    keys = [browser.client.session.session_key]

    browser.submit(browser.form(), username=user.email, password=PASSWORD)
    keys.append(browser.client.session.session_key)
    browser.submit(browser.form(), code=app.code())
    keys.append(browser.client.session.session_key)

    assert len(set(keys)) == 3


def test_a_wrong_code_is_said_beside_its_field_and_nobody_is_in(branch: Branch) -> None:
    user = member("manager", branch)
    with_app(user)
    browser = log_in(user)

    browser.submit(browser.form(), code="000000")

    assert (browser.status, browser.path) == (401, SECOND)
    assert 'id="id_code_error"' in browser.text
    assert "The code is wrong." in browser.text
    assert "_auth_user_id" not in browser.client.session
    assert not Session.objects.filter(user=user, revoked_at=None).exists()


@pytest.mark.exhaustive
def test_a_recovery_code_works_once(branch: Branch) -> None:
    user = member("manager", branch)
    app = with_app(user)
    first, second = log_in(user), log_in(user)

    first.submit(first.form(), code=app.recovery[0].upper())
    second.submit(second.form(), code=app.recovery[0])

    assert (first.path, second.path, second.status) == ("/dashboard/", SECOND, 401)
    assert RecoveryCode.objects.filter(user=user, used_at=None).count() == 9


def test_an_expired_challenge_leads_back_to_the_password(branch: Branch) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), log_in(user)
    form = browser.form()

    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1), tick=False):
        browser.submit(form, code=app.code())

    assert browser.path == "/dashboard/login/"
    assert "That took too long, or too many tries. Log in again." in browser.text
    assert "_auth_user_id" not in browser.client.session


@pytest.mark.exhaustive
def test_the_fifth_wrong_code_ends_the_step(branch: Branch) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), log_in(user)
    form = browser.form()

    for _ in range(5):
        browser.submit(form, code="000000")
    after = browser.path
    browser.submit(form, code=app.code())

    assert after == "/dashboard/login/"
    assert browser.path == "/dashboard/login/"
    assert Challenge.objects.get(purpose="log_in").passed_at is None
    assert "_auth_user_id" not in browser.client.session


def test_the_way_back_and_a_second_click_lead_on(branch: Branch) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), log_in(user)
    form, code = browser.form(), app.code()
    browser.submit(form, code=code)

    back = browser.open(SECOND).path
    again = browser.submit(form, code=code).path

    assert (back, again) == ("/dashboard/", "/dashboard/")
    assert Session.objects.filter(user=user, revoked_at=None).count() == 1


def test_nobody_is_asked_for_a_second_factor_without_the_password() -> None:
    assert Browser().open(SECOND).path == "/dashboard/login/"
    assert Client().post(SECOND, {"code": "123456"})["Location"] == "/dashboard/login/"


def test_a_new_password_in_between_ends_the_step(branch: Branch) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), log_in(user)
    form = browser.form()
    services.set_password(user, NEW, actor=Actor.system("test"))

    browser.submit(form, code=app.code())

    assert browser.path == "/dashboard/login/"
    assert "_auth_user_id" not in browser.client.session


def test_a_passkey_is_a_second_factor(branch: Branch) -> None:
    user = member("manager", branch)
    key, browser = with_passkey(user, origin="http://testserver"), log_in(user)
    options = browser.response.context["options"]

    form = browser.form(answer="")
    browser.submit(form, answer=key.get(options))

    assert browser.path == "/dashboard/"
    assert Session.objects.get(user=user, revoked_at=None).second_factor_at is not None


def test_a_passkey_of_another_address_is_refused(branch: Branch) -> None:
    user = member("manager", branch)
    key, browser = with_passkey(user, origin="http://evil.example"), log_in(user)
    old = browser.response.context["options"]

    browser.submit(browser.form(answer=""), answer=key.get(old))

    assert browser.status == 401
    assert "This passkey was not accepted. Try again." in browser.text
    assert browser.response.context["options"] not in {"", old}
    assert "_auth_user_id" not in browser.client.session


def test_no_passkey_is_asked_for_at_a_bare_address(branch: Branch) -> None:
    user, client = member("manager", branch), Client(SERVER_NAME="127.0.0.1")
    with_passkey(user, origin="http://127.0.0.1")

    page = client.post("/dashboard/login/", {"username": user.email, "password": PASSWORD}, follow=True)

    assert page.context["options"] == ""
    assert b"data-passkey" not in page.content


def test_an_unknown_host_is_refused_before_anything_else() -> None:
    answer = Client(SERVER_NAME="evil.example", raise_request_exception=False).get("/dashboard/login/")

    assert answer.status_code == 400


def test_codes_are_limited_like_other_secrets(branch: Branch, settings: Any) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), log_in(user)
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["1/m"]}
    form = browser.form()
    browser.submit(form, code="000000")

    browser.submit(form, code=app.code())

    assert browser.status == 429
    assert 0 < int(browser.response["Retry-After"]) <= 60
    assert "_auth_user_id" not in browser.client.session


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_second_step_leads_to_no_other_site(branch: Branch, target: str) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), log_in(user, next=target)

    browser.submit(browser.form(), code=app.code())

    assert browser.path == "/dashboard/"


def test_customers_land_on_their_own_account() -> None:
    browser = log_in(UserFactory(role="customer"))

    assert (browser.path, browser.status) == ("/dashboard/account/", 200)
    assert browser.open("/dashboard/").path == "/dashboard/account/"


def test_sessions_of_browsers_that_never_came_back_are_forgotten() -> None:
    browser = Browser().open("/dashboard/password/")
    browser.submit(browser.form(), identifier="nobody@x.example")
    kept = DjangoSession.objects.count()
    tasks.purge_page_sessions.apply()
    still = DjangoSession.objects.count()

    with time_machine.travel(timezone.now() + timedelta(days=15)):
        tasks.purge_page_sessions.apply()

    assert (kept, still, DjangoSession.objects.count()) == (1, 1, 0)


# --- a forgotten password -------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_password_is_replaced_by_a_code(branch: Branch) -> None:
    user = member("manager", branch)
    elsewhere, browser = Browser(user), Browser().open("/dashboard/password/")

    browser.submit(browser.form(), identifier=user.email)
    sent, typed = codes_sent(user, CodePurpose.RESET_PASSWORD), browser.form().fields["identifier"]
    code = services.make_code(user.pk, CodePurpose.RESET_PASSWORD)
    browser.submit(browser.form(), code=code, password=NEW, repeated=NEW)

    assert (sent, typed, browser.path) == (1, user.email, "/dashboard/login/")
    assert "The password was changed" in browser.text
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert elsewhere.client.get("/dashboard/").status_code == 302


def test_a_forgotten_password_tells_nobody_who_exists() -> None:
    user = UserFactory()
    pages = []
    for name in (user.email, "nobody@x.example"):
        browser = Browser().open("/dashboard/password/")
        browser.submit(browser.form(), identifier=name)
        pages.append((browser.status, browser.path, browser.text.replace(name, "NAME").count("NAME"), len(
            browser.text.replace(name, "")
        )))  # fmt: skip

    assert pages[0] == pages[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("fields", "field"),
    [({"code": "000000"}, "code"), ({"password": "weak", "repeated": "weak"}, "password"),
     ({"repeated": "Other-Horse-9"}, "repeated"), ({"identifier": "nobody@x.example"}, "code")],
)  # fmt: skip
def test_a_wrong_reset_changes_nothing(fields: dict[str, str], field: str) -> None:
    user, browser = UserFactory(), Browser().open("/dashboard/password/new/")
    code = services.make_code(user.pk, CodePurpose.RESET_PASSWORD)
    right = {"identifier": user.email, "code": code, "password": NEW, "repeated": NEW}
    if fields.get("code") == code:
        fields = {"code": "111111"}

    browser.submit(browser.form(), **{**right, **fields})

    assert (browser.status, list(browser.response.context["form"].errors)) == (400, [field])
    assert f'id="id_{field}_error"' in browser.text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("path", "fields"),
    [("password/", {"identifier": "a@x.example"}), ("register/", {"first_name": "Ada", "password": "x", "repeated": "y"}),
     ("verify/", {"identifier": "a@x.example", "code": "1"}), ("verify/", {"do": "resend", "identifier": "a@x.example"}),
     ("password/new/", {"identifier": "a@x.example", "code": "1", "password": "x", "repeated": "y"})],
)  # fmt: skip
def test_every_form_of_the_way_in_is_limited(settings: Any, path: str, fields: dict[str, str]) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["1/m"]}
    client = Client()
    client.post(f"/dashboard/{path}", fields)

    answer = client.post(f"/dashboard/{path}", fields)

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert b"Too many tries." in answer.content
    assert not User.objects.exists()


ODD = ["a\0b", "İ" * 248 + "@x.example", "ada@" + "ü" * 60 + ".example", "x" * 5000, "", " ", "＠", "@", "+"]


@pytest.mark.parametrize("limited", [False, True])
@pytest.mark.parametrize("odd", ODD)
def test_whatever_is_typed_as_an_identifier_is_answered(settings: Any, odd: str, limited: bool) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["1/m" if limited else "9/m"]}
    client, new = Client(raise_request_exception=False), {"password": NEW, "repeated": NEW}
    forms: list[tuple[str, dict[str, str]]] = [
        ("login/", {"username": odd, "password": NEW}),
        ("password/", {"identifier": odd}),
        ("password/new/", {"identifier": odd, "code": "123456", **new}),
        ("verify/", {"do": "resend", "identifier": odd}),
        ("verify/", {"identifier": odd, "code": "123456"}),
        ("register/", {"first_name": "Ada", "last_name": "L", "email": odd, "role": "customer", **new}),
    ]

    answers = [client.post(f"/dashboard/{path}", fields).status_code for path, fields in forms for _ in range(2)]

    assert set(answers) <= {200, 302, 400, 429}
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "path", ["login/", "password/", "password/new/", "register/", "verify/", "login/second-factor/"]
)
def test_the_way_in_needs_no_script_and_allows_none_inline(branch: Branch, path: str) -> None:
    user = member("manager", branch)
    with_app(user)
    browser = log_in(user) if path.endswith("factor/") else Browser()

    browser.open(f"/dashboard/{path}")

    policy = browser.response["Content-Security-Policy"]
    assert (browser.status, browser.path) == (200, f"/dashboard/{path}")
    assert "no-store" in browser.response["Cache-Control"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert " style=" not in browser.text
    assert browser.text.count("<script") == browser.text.count('<script src="/static/')
    assert browser.text.count("<h1>") == 1
