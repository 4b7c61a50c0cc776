"""How often a log-in hashes: its time must tell nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from tests.accounts.conftest import outcome
from tests.accounts.hashers import CountingHasher
from tests.conftest import Api
from tests.factories import UserFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = (401, "INVALID_CREDENTIALS")
NEWCOMER = {"is_verified": False, "role": "customer"}


def attempt(identifier: str, password: str = PASSWORD) -> Any:
    return Api().post("auth/login", {"identifier": identifier, "password": password})


@pytest.mark.parametrize(
    "who", ["unknown", "known", "claimed twice", "claimed thrice", "inactive", "without a password"]
)
def test_every_failed_login_computes_two_hashes(who: str, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.CountingHasher"]
    attempt("warm-up@shop.example")
    user = UserFactory(is_active=who != "inactive", **({"password": "!"} if who == "without a password" else {}))
    for _ in range({"claimed twice": 1, "claimed thrice": 2}.get(who, 0)):
        UserFactory(email=user.email, **NEWCOMER)
    CountingHasher.computed = 0

    answer = attempt("nobody@shop.example" if who == "unknown" else user.email, "Wrong-Horse-9")

    assert CountingHasher.computed == 2
    assert outcome(answer) == WRONG


def test_the_right_password_takes_one_hash(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.CountingHasher"]
    user = UserFactory()
    CountingHasher.computed = 0

    answer = attempt(user.email)

    assert (answer.status_code, CountingHasher.computed) == (200, 1)


@pytest.mark.parametrize("rivals", [[], [False], [True], [False, False]])
def test_who_has_only_claimed_the_address_cannot_tell_by_time_whether_others_have_it(
    rivals: list[bool], settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.CountingHasher"]
    for verified in rivals:
        UserFactory(email="kim@mail.example", is_verified=verified, password=make_password("Another-Horse-9"))
    claim = UserFactory(email="kim@mail.example", role="customer", is_verified=False, password=make_password(PASSWORD))
    Api().post("auth/login", {"identifier": "warm@up.example", "password": "x"})
    CountingHasher.computed = 0

    answer = Api().post("auth/login", {"identifier": "kim@mail.example", "password": PASSWORD})

    assert answer.body["data"]["user"]["id"] == str(claim.pk)
    assert CountingHasher.computed == 2
