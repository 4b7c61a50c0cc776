"""What would let an admin's forgotten browser give itself more, asks for the second factor again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password

from apps.accounts.models import User
from apps.audit.models import Event
from tests.accounts.second_factors import has_app
from tests.admin.office import Office, text
from tests.factories import UserFactory
from tests.factories.people import PASSWORD

NEW = "New-Horse-9x"
PASSWORDS = {"password": NEW, "repeated": NEW}
PERSON = {"first_name": "Eve", "last_name": "Climber", "email": "eve@shop.example", **PASSWORDS}
DELICATE: dict[str, Callable[[Office, User], Any]] = {
    "a new account of staff": lambda office, user: office.add(User, **PERSON, role="admin"),
    "somebody's password": lambda office, user: office.page("password_page", user, **PASSWORDS),
    "somebody's address": lambda office, user: office.save(user, email="eve@evil.example"),
    "one's own address": lambda office, user: office.save(office.user, email="eve@evil.example"),
    "somebody's confirmation": lambda office, user: office.save(user, is_verified=""),
}


def state() -> list[tuple[Any, ...]]:
    return list(User.objects.order_by("pk").values_list("pk", "email", "role", "password", "is_verified"))


@pytest.mark.parametrize("change", DELICATE.values(), ids=DELICATE.keys())
def test_the_second_factor_is_asked_for_again(boss: Office, change: Callable[[Office, User], Any]) -> None:
    user = UserFactory(role="seller")
    has_app(boss.user)
    before, office = state(), Office(boss.user)

    answer = change(office, user)

    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/dashboard/confirm/")
    assert state() == before
    assert not Event.objects.filter(type="accounts.user_saved").exists()


def test_a_customer_s_account_gives_nobody_more(boss: Office) -> None:
    has_app(boss.user)

    answer = Office(boss.user).add(User, **PERSON, role="customer")

    assert answer.url.startswith("/admin/accounts/user/")
    assert User.objects.get(email="eve@shop.example").role == "customer"


def test_nobody_sets_their_own_password_without_the_present_one(boss: Office) -> None:
    answer = boss.page("password_page", boss.user, **PASSWORDS)

    boss.user.refresh_from_db()
    assert "Change your own password with your present one." in text(answer)
    assert check_password(PASSWORD, boss.user.password)
