"""The pages' log-in goes by the rules of the interface."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory

from apps.accounts.backends import IdentifierBackend
from apps.accounts.forms import LoginForm
from apps.audit.models import Event
from tests.conftest import Api
from tests.factories import UserFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = "The identifier or the password is wrong."
NOT_LET_IN = "An admin of the shop has not let this account in yet."


@pytest.mark.parametrize(
    ("fields", "password", "reason", "told"),
    [
        ({}, "Wrong-Horse-9", "wrong password", WRONG),
        ({"is_active": False}, PASSWORD, "account_inactive", "This account has been deactivated."),
        ({"is_active": False}, "Wrong-Horse-9", "wrong password", WRONG),
        ({"is_verified": False}, PASSWORD, "account_unverified", "Confirm the e-mail address of this account first."),
        ({"is_verified": False}, "Wrong-Horse-9", "wrong password", WRONG),
        ({"is_approved": False}, PASSWORD, "account_unverified", NOT_LET_IN),
    ],
)
def test_a_refused_log_in_is_recorded_and_told_to_who_knows_the_password(
    fields: dict[str, Any], password: str, reason: str, told: str, rf: RequestFactory
) -> None:
    user = UserFactory(**{"role": "seller", **fields})
    form = LoginForm(rf.post("/", REMOTE_ADDR="198.51.100.7"), {"username": user.email, "password": password})

    assert form.errors == {"__all__": [told]}

    event = Event.objects.get()
    assert (event.type, event.payload, event.address) == ("accounts.login_failed", {"reason": reason}, "198.51.100.7")


def test_a_refused_log_in_can_be_traced_to_its_request() -> None:
    answer = Client().post("/dashboard/login/", {"username": "nobody", "password": "Wrong-Horse-9"})

    assert Event.objects.get(type="accounts.login_failed").request_id == answer["X-Request-ID"] != ""


def test_no_other_backend_is_asked_after_a_wrong_password(rf: RequestFactory) -> None:
    with pytest.raises(PermissionDenied):
        IdentifierBackend().authenticate(rf.post("/"), username=UserFactory().email, password="Wrong-Horse-9")


@pytest.mark.parametrize("credentials", [{}, {"username": "x"}, {"username": 1, "password": "x"}, {"token": "x"}])
def test_the_backend_leaves_other_credentials_to_other_backends(credentials: dict[str, Any]) -> None:
    assert IdentifierBackend().authenticate(None, **credentials) is None


@pytest.mark.parametrize(
    ("fields", "known"),
    [({}, True), ({"is_active": False}, False), ({"is_verified": False}, False),
     ({"is_verified": False, "role": "customer"}, True), ({"email": "a@demo.example"}, False)],
)  # fmt: skip
def test_each_page_asks_anew_whether_the_account_may_be_used(
    fields: dict[str, Any], known: bool, settings: Any
) -> None:
    settings.ALLOW_DEMO_SHOP = False
    user = UserFactory(**fields)

    assert IdentifierBackend().get_user(user.pk) == (user if known else None)


def test_the_form_counts_into_the_same_limit_as_the_interface(rf: RequestFactory, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["3/d"]}
    user = UserFactory()
    api = [Api().post("auth/login", {"identifier": user.email, "password": "Wrong-Horse-9"}) for _ in range(2)]

    forms = [LoginForm(rf.post("/"), {"username": user.email, "password": PASSWORD}) for _ in range(2)]
    valid = [form.is_valid() for form in forms]

    assert [answer.status_code for answer in api] == [401, 401]
    assert valid == [True, False]
    assert forms[1].errors.as_data()["__all__"][0].code == "rate_limited"
    assert 1 <= (forms[1].retry_after or 0) <= 86400
    assert Api().post("auth/login", {"identifier": user.email, "password": PASSWORD}).status_code == 429


def test_the_form_says_no_more_than_the_interface(rf: RequestFactory) -> None:
    user = UserFactory()
    forms = [
        LoginForm(rf.post("/"), {"username": name, "password": "Wrong-Horse-9"})
        for name in ("nobody@x.example", user.email)
    ]

    errors = [form.errors.get_json_data() for form in forms]

    assert errors == [{"__all__": [{"message": WRONG, "code": "invalid_login"}]}] * 2
