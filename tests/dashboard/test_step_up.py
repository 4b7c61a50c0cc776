"""The second factor within a session: asked for before what must not be done by anybody else, and for some roles first."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from django.utils import timezone

from apps.accounts.models import Session
from apps.inventory.models import Branch
from tests.dashboard.browser import Browser
from tests.dashboard.people import confirmed, with_app
from tests.factories import member, order

pytestmark = pytest.mark.django_db

ACCOUNT = "/dashboard/account/"


@pytest.mark.parametrize("path", ["authenticator/", "passkeys/add/"])
def test_who_has_a_second_factor_gives_it_before_changing_it(branch: Branch, path: str) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), Browser(user)

    asked = browser.open(ACCOUNT + path).path
    browser.submit(browser.form(code=""), code=app.code())

    assert asked.startswith("/dashboard/confirm/?next=")
    assert (browser.path, browser.status) == (ACCOUNT + path, 200)


@pytest.mark.exhaustive
def test_a_device_password_is_shown_after_the_second_factor(branch: Branch) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), Browser(user)
    page = f"/dashboard/orders/{order(branch, device_password='1379').pk}/"
    browser.open(page)
    form = browser.form(do="password")

    browser.submit(form)
    asked, told = browser.path, "1379" in browser.text
    browser.submit(browser.form(code=""), code=app.code())
    back = browser.path
    browser.submit(browser.form(do="password"))

    assert (asked.partition("?")[0], told, back) == ("/dashboard/confirm/", False, page)
    assert "1379" in browser.text


@pytest.mark.exhaustive
def test_a_role_is_changed_in_the_back_office_after_the_second_factor(branch: Branch) -> None:
    user, other = member("admin", None), member("technician", branch)
    app, browser = with_app(user), Browser(user)
    page = f"/admin/accounts/user/role/?ids={other.pk}"
    browser.open(page)

    browser.submit(browser.form(reason=""), role="seller", reason="moved")
    asked = browser.path.partition("?")[0]
    other.refresh_from_db()
    before = other.role
    browser.submit(browser.form(code=""), code=app.code())
    back = browser.path
    browser.submit(browser.form(reason=""), role="seller", reason="moved")

    other.refresh_from_db()
    assert (asked, before, back, other.role) == ("/dashboard/confirm/", "technician", page, "seller")


def test_a_wrong_code_confirms_nothing(branch: Branch) -> None:
    user = member("manager", branch)
    with_app(user)
    browser = Browser(user).open(f"{ACCOUNT}authenticator/")
    before = Session.objects.get(user=user, revoked_at=None).second_factor_at

    browser.submit(browser.form(code=""), code="000000")

    assert browser.status == 401
    assert Session.objects.get(user=user, revoked_at=None).second_factor_at == before


def test_a_confirmation_is_good_for_ten_minutes(branch: Branch) -> None:
    user = member("manager", branch)
    with_app(user)
    browser, now = confirmed(user), timezone.now()

    found = []
    for minutes in (9, 11):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            found.append(browser.open(f"{ACCOUNT}authenticator/").path.partition("?")[0])

    assert found == [f"{ACCOUNT}authenticator/", "/dashboard/confirm/"]


def test_an_expired_confirmation_begins_anew(branch: Branch) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), Browser(user).open(f"{ACCOUNT}authenticator/")
    form = browser.form(code="")

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        browser.submit(form, code=app.code())

    assert browser.path == f"{ACCOUNT}authenticator/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_confirmation_leads_to_no_other_site(branch: Branch, target: str) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), Browser(user).open("/dashboard/confirm/", next=target)

    browser.submit(browser.form(code=""), code=app.code())

    assert browser.path == "/dashboard/"


# --- a role that needs one ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/intake/", "/admin/", "/admin/accounts/user/"])
def test_a_role_that_needs_a_second_factor_sets_one_up_first(boss: Browser, settings: Any, path: str) -> None:
    settings.MFA_REQUIRED_ROLES = ["manager"]

    boss.open(path)
    led_to = boss.path.partition("?")[0]
    words = "Your role needs a second factor. Set one up to go on." in boss.text
    boss.submit(boss.form(do="begin"))
    secret = "".join(re.findall(r"<span>([A-Z2-7]{1,4})</span>", boss.text))
    boss.submit(boss.form(do="confirm"), code=pyotp.TOTP(secret).now())

    assert (led_to, words) == (f"{ACCOUNT}authenticator/", True)
    assert f'href="{path}"' in boss.text
    assert (boss.open(path).status, boss.path) == (200, path)


def test_a_session_from_before_gives_the_factor_first(branch: Branch, settings: Any) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), Browser(user)
    Session.objects.filter(user=user).update(second_factor_at=None)
    settings.MFA_REQUIRED_ROLES = ["manager"]

    asked = browser.open("/admin/").path.partition("?")[0]
    browser.submit(browser.form(code=""), code=app.code())

    assert asked == "/dashboard/confirm/"
    assert (browser.path, browser.status) == ("/admin/", 200)


def test_the_own_account_and_the_way_out_stay_open(boss: Browser, settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = ["manager"]

    assert boss.open(ACCOUNT).status == 200
    assert boss.submit(boss.form_to("/dashboard/logout/")).path == "/dashboard/login/"
