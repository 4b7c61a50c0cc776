"""Where a page opens for who types: at the one place where something is to be done."""

from __future__ import annotations

import re

import pytest

from apps.inventory.models import Branch
from tests.dashboard.browser import Browser
from tests.dashboard.people import log_in, with_app
from tests.dashboard.test_registration_pages import ADA
from tests.factories import UserFactory, member

pytestmark = pytest.mark.django_db


def focused(browser: Browser) -> list[str]:
    """What wants the focus: the names of fields, the roles of other elements."""
    tags = re.findall(r"<[a-z]+ [^>]*\bautofocus\b[^>]*>", browser.text)
    return [name for tag in tags for name in re.findall(r'(?:name|role)="(\w+)"', tag)]


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ({"password": "weak", "repeated": "weak"}, ["password"]),
        ({"repeated": "Another-Horse-9"}, ["repeated"]),
        ({"last_name": "", "email": "nonsense", "password": ""}, ["last_name"]),
    ],
)
def test_a_refused_form_opens_at_the_first_field_that_is_wrong(typed: dict[str, str], at: list[str]) -> None:
    browser = Browser().open("/dashboard/register/")

    browser.submit(browser.form(), **{**ADA, **typed})

    assert focused(browser) == at


def test_a_form_that_is_not_heard_opens_at_the_message_above_it(settings: object) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["1/m"]}  # type: ignore[attr-defined]
    browser = Browser()

    for _ in range(2):
        browser.open("/dashboard/register/")
        browser.submit(browser.form(), **{**ADA, "email": "nonsense"})

    assert (browser.status, focused(browser)) == (429, ["alert"])


def test_the_second_factor_is_typed_at_once(branch: Branch) -> None:
    user = member("manager", branch)
    with_app(user)

    browser = log_in(user)
    first = focused(browser)
    browser.submit(browser.form(), code="000000")

    assert (first, focused(browser)) == (["code"], ["code"])


def test_a_wrong_password_opens_at_the_message() -> None:
    user, browser = UserFactory(), Browser().open("/dashboard/login/")

    browser.submit(browser.form(), username=user.email, password="Wrong-Horse-9")

    assert focused(browser)[0] == "alert"
