"""One's own account: names, password, second factors and sessions, and what is asked for before anything is done."""

from __future__ import annotations

import re

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Passkey, RecoveryCode, Session, TotpDevice, User
from apps.audit.models import Event
from apps.inventory.models import Branch
from tests.accounts.authenticator import Authenticator
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import BrowserOf
from tests.dashboard.people import confirmed, with_app, with_passkey
from tests.factories import UserFactory, member
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

ACCOUNT = "/dashboard/account/"
NEW = "New-Horse-9x"


def live(user: User) -> int:
    return Session.objects.filter(user=user, revoked_at=None).count()


# --- the page -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["admin", "manager", "technician", "seller", "customer"])
def test_everybody_has_an_account_page(browser_of: BrowserOf, role: str) -> None:
    browser = browser_of(role)

    browser.open(ACCOUNT)

    assert browser.status == 200
    assert browser.user is not None
    assert browser.user.email in browser.text
    assert "no-store" in browser.response["Cache-Control"]
    assert "this one" in browser.text
    assert ("/dashboard/account/passkeys/add/" in browser.text) == (role != "customer")
    assert ('href="/dashboard/intake/"' in browser.text) == (role in {"admin", "manager", "seller"})


@pytest.mark.parametrize(
    "path",
    ["", "password/", "authenticator/", "authenticator/remove/", "recovery-codes/", "passkeys/add/",
     "sessions/end-others/", "passkeys/0197f000-0000-7000-8000-000000000000/remove/"],
)  # fmt: skip
def test_nobody_else_gets_there(path: str) -> None:
    answers = [getattr(Client(), verb)(ACCOUNT + path) for verb in ("get", "post")]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert {answer["Location"].partition("?")[0] for answer in answers} == {"/dashboard/login/"}


@pytest.mark.parametrize("path", ["", "password/", "authenticator/", "passkeys/add/"])
def test_the_pages_allow_no_inline_code_and_have_none(boss: Browser, path: str) -> None:
    boss.open(ACCOUNT + path)

    policy = boss.response["Content-Security-Policy"]
    assert boss.status == 200
    assert "unsafe-inline" not in policy
    assert " style=" not in boss.text
    assert "<style" not in boss.text
    assert boss.text.count("<script") == boss.text.count('<script src="/static/')


def test_the_page_takes_a_fixed_number_of_queries(branch: Branch) -> None:
    user = member("manager", branch)
    with_app(user)
    counts = []
    browser = confirmed(user)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            browser.open(ACCOUNT)
        counts.append(len(queries))
        for _ in range(2):
            Browser(user)
            Passkey.objects.create(user=user, name="Key", credential_id=str(Passkey.objects.count()), public_key=b"k")

    assert counts == [6, 6]


def test_a_name_is_changed(boss: Browser) -> None:
    boss.open(ACCOUNT)

    boss.submit(boss.form(first_name="Robin"), first_name="Zoë", last_name="O’Neil")

    assert boss.user is not None
    boss.user.refresh_from_db()
    assert boss.user.get_full_name() == "Zoë O’Neil"
    assert "Your name was changed." in boss.text


def test_a_name_is_not_emptied(boss: Browser) -> None:
    boss.open(ACCOUNT)

    boss.submit(boss.form(first_name="Robin"), first_name=" ")

    assert (boss.status, boss.path) == (400, ACCOUNT)
    assert 'id="id_first_name_error"' in boss.text
    assert boss.user is not None
    boss.user.refresh_from_db()
    assert boss.user.first_name == "Robin"


# --- the password ---------------------------------------------------------------------------------------------------


def test_a_new_password_ends_every_other_session(boss: Browser) -> None:
    assert boss.user is not None
    elsewhere = Browser(boss.user)
    boss.open(f"{ACCOUNT}password/")

    boss.submit(boss.form(), current=PASSWORD, password=NEW, repeated=NEW)

    assert (boss.path, boss.status) == (ACCOUNT, 200)
    boss.user.refresh_from_db()
    assert boss.user.check_password(NEW)
    assert elsewhere.client.get(ACCOUNT).status_code == 302
    assert live(boss.user) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"current": "Wrong-Horse-9"}, "current"), ({"password": "weak", "repeated": "weak"}, "password"),
     ({"repeated": "Other-Horse-9"}, "repeated")],
)  # fmt: skip
def test_a_wrong_change_of_password_changes_nothing(boss: Browser, fields: dict[str, str], field: str) -> None:
    boss.open(f"{ACCOUNT}password/")

    boss.submit(boss.form(), **{"current": PASSWORD, "password": NEW, "repeated": NEW, **fields})

    assert (boss.status, list(boss.response.context["form"].errors)) == (400, [field])
    assert boss.user is not None
    boss.user.refresh_from_db()
    assert boss.user.check_password(PASSWORD)


# --- the authenticator app and the recovery codes ------------------------------------------------------------------


def begin(browser: Browser) -> str:
    """The secret that the page shows."""
    browser.open(f"{ACCOUNT}authenticator/")
    browser.submit(browser.form(do="begin"))
    return "".join(re.findall(r"<span>([A-Z2-7]{1,4})</span>", browser.text))


def test_an_authenticator_app_is_set_up(boss: Browser) -> None:
    secret = begin(boss)
    picture = '<figure class="qr"><svg xmlns="http://www.w3.org/2000/svg" width="' in boss.text

    boss.submit(boss.form(do="confirm"), code=pyotp.TOTP(secret).now())

    assert boss.user is not None
    device = TotpDevice.objects.get(user=boss.user)
    assert (device.secret, device.confirmed_at is not None, picture) == (secret, True, True)
    shown = re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", boss.text)
    assert (len(shown), RecoveryCode.objects.filter(user=boss.user).count()) == (10, 10)
    assert Session.objects.get(user=boss.user, revoked_at=None).second_factor_at is not None
    assert boss.open(ACCOUNT).status == 200
    assert not re.search(r"[a-z2-9]{5}-[a-z2-9]{5}</li>", boss.text)


def test_the_first_code_must_be_right_and_the_secret_is_shown_once(boss: Browser) -> None:
    secret = begin(boss)

    boss.submit(boss.form(do="confirm"), code="000000")

    assert boss.status == 400
    assert 'id="id_code_error"' in boss.text
    assert secret[:4] not in boss.text
    assert TotpDevice.objects.get(user=boss.user).confirmed_at is None
    assert not RecoveryCode.objects.exists()
    boss.submit(boss.form(do="confirm"), code=pyotp.TOTP(secret).now())
    assert TotpDevice.objects.get(user=boss.user).confirmed_at is not None


def test_a_second_click_on_the_confirmation_makes_nothing_new(boss: Browser) -> None:
    secret = begin(boss)
    form, code = boss.form(do="confirm"), pyotp.TOTP(secret).now()
    boss.submit(form, code=code)
    codes = set(RecoveryCode.objects.values_list("digest", flat=True))

    boss.submit(form, code=code)

    assert boss.status == 409
    assert set(RecoveryCode.objects.values_list("digest", flat=True)) == codes


@pytest.mark.exhaustive
def test_the_app_is_removed_against_password_and_code(branch: Branch) -> None:
    user = member("manager", branch)
    app, browser = with_app(user), Browser(user)
    browser.open(f"{ACCOUNT}authenticator/remove/")

    wrong = [
        browser.submit(browser.form(), password=password, code=code).status
        for password, code in ((PASSWORD, "000000"), ("Wrong-Horse-9", app.recovery[0]))
    ]
    still = TotpDevice.objects.filter(user=user).exists()
    browser.submit(browser.form(), password=PASSWORD, code=app.recovery[1])

    assert (wrong, still) == ([401, 401], True)
    assert browser.path == ACCOUNT
    assert not TotpDevice.objects.filter(user=user).exists()
    assert not RecoveryCode.objects.filter(user=user).exists()


def test_new_recovery_codes_replace_the_old_ones(branch: Branch) -> None:
    user = member("manager", branch)
    with_app(user)
    browser, old = confirmed(user), set(RecoveryCode.objects.values_list("digest", flat=True))
    browser.open(ACCOUNT)

    browser.submit(browser.form_to(f"{ACCOUNT}recovery-codes/"))

    assert len(re.findall(r"<li>[a-z2-9]{5}-[a-z2-9]{5}</li>", browser.text)) == 10
    assert not old & set(RecoveryCode.objects.values_list("digest", flat=True))
    assert browser.open(f"{ACCOUNT}recovery-codes/").path == ACCOUNT


# --- passkeys -------------------------------------------------------------------------------------------------------


def test_a_passkey_is_added_and_removed(boss: Browser) -> None:
    key = Authenticator("testserver", "http://testserver")
    boss.open(f"{ACCOUNT}passkeys/add/")

    boss.submit(boss.form(), answer=key.create(boss.response.context["options"]), name="Yellow key")
    added, codes = Passkey.objects.get(), len(re.findall(r"<li>[a-z2-9]{5}-[a-z2-9]{5}</li>", boss.text))
    boss.open(ACCOUNT)
    shown = "Yellow key" in boss.text
    boss.submit(boss.form_to(f"{ACCOUNT}passkeys/{added.pk}/remove/"))

    assert (added.name, added.user, codes, shown) == ("Yellow key", boss.user, 10, True)
    assert boss.path == ACCOUNT
    assert not Passkey.objects.exists()


def test_a_passkey_made_elsewhere_is_refused_and_can_be_tried_again(boss: Browser) -> None:
    key = Authenticator("testserver", "http://evil.example")
    boss.open(f"{ACCOUNT}passkeys/add/")
    first = boss.response.context["options"]

    boss.submit(boss.form(), answer=key.create(first), name="Yellow key")

    assert boss.status == 401
    assert "This passkey was not accepted. Try again." in boss.text
    assert boss.form().fields["name"] == "Yellow key"
    assert not Passkey.objects.exists()
    key.origin = "http://testserver"
    boss.submit(boss.form(), answer=key.create(boss.response.context["options"]))
    assert Passkey.objects.count() == 1


def test_customers_have_no_passkeys(browser_of: BrowserOf) -> None:
    assert browser_of("customer").open(f"{ACCOUNT}passkeys/add/").status == 403


def test_the_passkey_of_somebody_else_is_not_found(boss: Browser) -> None:
    with_passkey(UserFactory(), "http://testserver")

    answer = boss.client.post(f"{ACCOUNT}passkeys/{Passkey.objects.get().pk}/remove/")
    unchecked = Client()
    unchecked.force_login(boss.user)
    found = unchecked.post(f"{ACCOUNT}passkeys/{Passkey.objects.get().pk}/remove/")

    assert (answer.status_code, found.status_code, Passkey.objects.count()) == (403, 404, 1)


# --- sessions -------------------------------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended_one_by_one(boss: Browser) -> None:
    assert boss.user is not None
    others = [Browser(boss.user) for _ in range(2)]
    newest = Session.objects.filter(user=boss.user).latest("created_at")
    boss.open(ACCOUNT)

    boss.submit(boss.form_to(f"{ACCOUNT}sessions/{newest.pk}/end/"))

    assert boss.path == ACCOUNT
    assert [other.client.get(ACCOUNT).status_code for other in others] == [200, 302]
    assert live(boss.user) == 2
    assert Event.objects.filter(type="accounts.session_ended", actor_id=boss.user.pk).count() == 1


def test_all_others_are_ended_at_once(boss: Browser) -> None:
    assert boss.user is not None
    others = [Browser(boss.user) for _ in range(2)]
    boss.open(ACCOUNT)

    boss.submit(boss.form_to(f"{ACCOUNT}sessions/end-others/"))

    assert [other.client.get(ACCOUNT).status_code for other in others] == [302, 302]
    assert (boss.open(ACCOUNT).status, live(boss.user)) == (200, 1)
    assert "End all others" not in boss.text


def test_the_session_of_somebody_else_is_not_found(boss: Browser) -> None:
    other = Browser(UserFactory())
    foreign, client = Session.objects.get(user=other.user), Client()
    client.force_login(boss.user)

    answer = client.post(f"{ACCOUNT}sessions/{foreign.pk}/end/")

    assert answer.status_code == 404
    assert live(foreign.user) == 1
