"""Who gets to which page."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from apps.inventory.models import Branch
from apps.repairs.models import OrderNote, RepairOrder
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import BrowserOf
from tests.factories import CustomerFactory, DeviceModelFactory, UserFactory, order
from tests.factories.people import PASSWORD

NOWHERE = UUID("0197f000-0000-7000-8000-000000000000")


@pytest.mark.parametrize(
    ("role", "home", "own_order", "foreign_order", "intake"),
    [
        ("admin", 200, 200, 200, 200),
        ("manager", 200, 200, 404, 200),
        ("technician", 200, 404, 404, 403),
        ("seller", 200, 200, 404, 200),
        ("customer", 200, 403, 403, 403),
    ],
)
def test_each_role_gets_to_its_pages(
    browser_of: BrowserOf, branch: Branch, other_branch: Branch, role: str, home: int, own_order: int,
    foreign_order: int, intake: int,
) -> None:  # fmt: skip
    browser = browser_of(role)
    here, there = order(branch), order(other_branch)

    found = [
        browser.open("/dashboard/").status,
        browser.open(f"/dashboard/orders/{here.pk}/").status,
        browser.open(f"/dashboard/orders/{there.pk}/").status,
        browser.open("/dashboard/intake/").status,
    ]

    assert found == [home, own_order, foreign_order, intake]


def test_a_customer_is_told_whose_pages_these_are(browser_of: BrowserOf) -> None:
    browser = browser_of("customer")

    browser.open("/dashboard/intake/")

    assert browser.status == 403
    assert "These pages are for the staff of the shop." in browser.text
    assert "To the orders" not in browser.text
    assert "To my account" in browser.text
    assert browser.submit(browser.form_to("/dashboard/logout/")).path == "/dashboard/login/"


@pytest.mark.parametrize("path", ["/dashboard/", f"/dashboard/orders/{NOWHERE}/", "/dashboard/intake/"])
def test_who_has_not_logged_in_is_sent_to_the_login_and_back(db: None, path: str) -> None:
    answer = Client().get(path)

    assert answer.status_code == 302
    assert answer["Location"] == f"/dashboard/login/?next={path}"


def test_logging_in_leads_to_the_page_that_was_wanted(branch: Branch) -> None:
    user, browser = UserFactory(role="manager"), Browser()
    browser.open("/dashboard/intake/")

    browser.submit(browser.form(next="/dashboard/intake/"), username=user.email, password=PASSWORD)

    assert browser.path == "/dashboard/intake/"
    assert user.get_full_name() in browser.text


def test_a_wrong_password_is_refused_and_the_identifier_kept(branch: Branch) -> None:
    user, browser = UserFactory(role="manager"), Browser()
    browser.open("/dashboard/login/")

    browser.submit(browser.form(), username=user.email, password="Wrong-Horse-9")

    assert "The identifier or the password is wrong." in browser.text
    assert browser.form().fields["username"] == user.email
    assert browser.client.get("/dashboard/").status_code == 302


def test_too_many_tries_are_answered_with_429(db: None, settings: object) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["1/m"]}  # type: ignore[attr-defined]
    browser = Browser()
    browser.open("/dashboard/login/")
    tries = {"username": "nobody@shop.example", "password": "Wrong-Horse-9"}
    browser.submit(browser.form(), **tries)

    browser.submit(browser.form(), **tries)

    assert browser.status == 429
    assert 0 < int(browser.response["Retry-After"]) <= 60
    assert "Too many tries." in browser.text


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_login_leads_to_no_other_site(branch: Branch, target: str) -> None:
    user, client = UserFactory(role="manager"), Client()

    answer = client.post("/dashboard/login/", {"username": user.email, "password": PASSWORD, "next": target})

    assert answer.status_code == 302
    assert answer["Location"] == "/dashboard/"


def test_who_is_logged_in_is_not_asked_again(boss: Browser) -> None:
    boss.open("/dashboard/login/")

    assert boss.path == "/dashboard/"


def test_logging_out_ends_the_session(boss: Browser) -> None:
    by_link = boss.client.get("/dashboard/logout/")
    boss.open("/dashboard/")

    boss.submit(boss.form_to("/dashboard/logout/"))

    assert by_link.status_code == 405
    assert boss.path == "/dashboard/login/"
    assert boss.client.get("/dashboard/").status_code == 302


def test_a_deactivated_user_is_out_at_once(boss: Browser) -> None:
    assert boss.user is not None
    type(boss.user).objects.filter(pk=boss.user.pk).update(is_active=False)

    assert boss.client.get("/dashboard/").status_code == 302


@pytest.mark.parametrize("do", ["status", "note", "payment", "assign", "take", "password"])
def test_a_form_without_its_token_is_refused(boss: Browser, branch: Branch, do: str) -> None:
    taken_in = order(branch)
    sent = {"do": do, "to": "in_progress", "expected": "pending", "text": "x", "visibility": "internal"}

    answer = boss.client.post(f"/dashboard/orders/{taken_in.pk}/", sent)

    assert answer.status_code == 403
    assert b"This form is too old" in answer.content
    assert RepairOrder.objects.get(pk=taken_in.pk).status == "pending"
    assert not OrderNote.objects.exists()


@pytest.mark.parametrize("path", ["login/", "intake/", "logout/"])
def test_other_forms_without_their_token_are_refused_too(boss: Browser, path: str) -> None:
    assert boss.client.post(f"/dashboard/{path}", {"first_name": "A"}).status_code == 403


@pytest.mark.parametrize("role", ["manager", "seller"])
@pytest.mark.parametrize("do", ["status", "note", "payment", "assign", "take", "password"])
def test_no_form_reaches_an_order_of_another_branch(
    browser_of: BrowserOf, other_branch: Branch, role: str, do: str
) -> None:
    foreign, client = order(other_branch), Client()
    client.force_login(browser_of(role).user)
    sent = {
        "do": do, "to": "cancelled", "expected": "pending", "id": NOWHERE, "text": "x", "visibility": "internal",
        "amount": "1", "method": "cash", "technician": "",
    }  # fmt: skip

    answer = client.post(f"/dashboard/orders/{foreign.pk}/", sent)

    assert answer.status_code == 404
    foreign.refresh_from_db()
    assert (foreign.status, foreign.paid, foreign.notes.count()) == ("pending", 0, 0)


def test_a_technician_has_no_intake(tech: Browser) -> None:
    customer, model = CustomerFactory(), DeviceModelFactory()

    answers = [
        tech.open(path).status
        for path in (
            "/dashboard/intake/", f"/dashboard/intake/{customer.pk}/", f"/dashboard/intake/{customer.pk}/{model.pk}/",
        )
    ]  # fmt: skip

    assert answers == [403, 403, 403]
    assert "Your role does not allow this." in tech.text
    assert "Intake" not in tech.open("/dashboard/").text


@pytest.mark.parametrize("path", ["nothing/", "orders/not-an-id/", "intake/1/"])
def test_an_unknown_address_is_a_page_of_ours(boss: Browser, path: str) -> None:
    boss.open(f"/dashboard/{path}")

    assert boss.status == 404
    assert "There is nothing here for you" in boss.text


@pytest.mark.parametrize("path", ["", "login/", f"orders/{NOWHERE}/", "nothing/"])
def test_every_page_forbids_inline_code_and_has_none(boss: Browser, path: str) -> None:
    browser = Browser() if path == "login/" else boss
    browser.open(f"/dashboard/{path}")

    policy = browser.response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "<style" not in browser.text
    assert " style=" not in browser.text
    assert " onclick=" not in browser.text
    assert browser.text.count("<script") == browser.text.count('<script src="/static/')


def test_pages_are_kept_by_no_cache(boss: Browser) -> None:
    boss.open("/dashboard/")

    assert "no-store" in boss.response["Cache-Control"]
    assert "private" in boss.response["Cache-Control"]
