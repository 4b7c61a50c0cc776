"""A new account over the pages, and the proof of its e-mail address."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.accounts import services
from apps.accounts.enums import CodePurpose
from apps.accounts.models import Session, User
from apps.audit.models import Event
from tests.dashboard.browser import Browser
from tests.dashboard.people import codes_sent, log_in
from tests.factories import UserFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "New-Horse-9x"
ADA = {
    "first_name": "Ada", "last_name": "Lovelace", "email": "Ada@post.example", "password": PASSWORD,
    "repeated": PASSWORD,
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_customer_registers_and_confirms_the_address() -> None:
    browser = Browser().open("/dashboard/register/")

    browser.submit(browser.form(), **ADA)
    user = User.objects.get()
    state = (browser.path, user.role, user.is_verified, Session.objects.count())
    sent = codes_sent(user, CodePurpose.VERIFY_EMAIL)
    browser.submit(browser.form(code=""), code=services.make_code(user.pk, CodePurpose.VERIFY_EMAIL))

    assert (state, sent) == (("/dashboard/verify/", "customer", False, 0), 1)
    assert browser.path == "/dashboard/login/"
    assert "The address is confirmed. You can log in." in browser.text
    user.refresh_from_db()
    assert user.is_verified
    assert log_in(user).path == "/dashboard/account/"


@pytest.mark.django_db(transaction=True)
def test_a_seller_waits_for_an_admin() -> None:
    browser = Browser().open("/dashboard/register/")

    browser.submit(browser.form(), **ADA, role="seller")
    user = User.objects.get()
    browser.submit(browser.form(code=""), code=services.make_code(user.pk, CodePurpose.VERIFY_EMAIL))

    assert "An admin of the shop has to let you in now." in browser.text
    assert log_in(user).path == "/dashboard/login/"


def test_registering_a_known_address_looks_the_same() -> None:
    UserFactory(email="ada@post.example", role="customer")
    pages = []
    for email in ("ada@post.example", "eve@post.example"):
        browser = Browser().open("/dashboard/register/")
        browser.submit(browser.form(), **{**ADA, "email": email})
        pages.append((browser.status, browser.path, len(browser.text)))

    assert pages[0] == pages[1]
    assert Event.objects.filter(type="accounts.registered_again").count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"role": "admin"}, "role"), ({"password": "weak", "repeated": "weak"}, "password"), ({"email": "x"}, "email"),
     ({"phone_number": "12"}, "phone_number"), ({"repeated": NEW}, "repeated"), ({"first_name": ""}, "first_name")],
)  # fmt: skip
def test_a_wrong_registration_makes_nothing(fields: dict[str, str], field: str) -> None:
    browser = Browser().open("/dashboard/register/")

    browser.submit(browser.form(), **{**ADA, **fields})

    assert (browser.status, list(browser.response.context["form"].errors)) == (400, [field])
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_wrong_or_old_code_confirms_nothing() -> None:
    browser = Browser().open("/dashboard/register/")
    browser.submit(browser.form(), **ADA)
    user = User.objects.get()
    code = services.make_code(user.pk, CodePurpose.VERIFY_EMAIL)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    first = browser.submit(browser.form(code=""), code=wrong).status
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        second = browser.submit(browser.form(code=wrong), code=code).status

    assert (first, second) == (400, 400)
    assert "id_code_error" in browser.text
    user.refresh_from_db()
    assert not user.is_verified


def test_another_code_can_be_sent() -> None:
    browser = Browser().open("/dashboard/register/")
    browser.submit(browser.form(), **ADA)
    user = User.objects.get()

    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        browser.submit(browser.form(do="resend"))

    assert browser.path == "/dashboard/verify/"
    assert "another code is on its way" in browser.text
    assert codes_sent(user, CodePurpose.VERIFY_EMAIL) == 2


def test_who_has_not_registered_here_says_which_address() -> None:
    user = UserFactory(role="customer", is_verified=False)
    browser = Browser().open("/dashboard/verify/")

    browser.submit(browser.form(do="resend"), identifier=user.email)

    assert codes_sent(user, CodePurpose.VERIFY_EMAIL) == 1
    assert user.email not in browser.text
