"""Changing one's own password: this session goes on, everything else that the old one had opened ends."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import FailedLogins, Session, User
from apps.audit.models import Event
from tests.accounts.conftest import claims_of, log_in, me, outcome, renew
from tests.accounts.hashers import InterruptedHasher
from tests.conftest import Api
from tests.factories import UserFactory
from tests.factories.people import PASSWORD
from tests.racing import race

pytestmark = pytest.mark.django_db
NEW = "Another-Horse-9"
OK, REVOKED = (200, ""), (401, "TOKEN_REVOKED")


def change(tokens: dict[str, Any], current: str = PASSWORD, new: str = NEW) -> Any:
    body = {"currentPassword": current, "newPassword": new}
    return Api().put(
        "auth/password", body, Authorization=f"Bearer {tokens['accessToken']}", User_Agent="till"
    )  # fmt: skip


def fields_of(answer: Any) -> list[tuple[str, str]]:
    return [(item["field"], item["code"]) for item in answer.body["details"]]


def test_the_new_password_counts_and_the_old_one_does_not() -> None:
    user = UserFactory()

    answer = change(log_in(user))

    user.refresh_from_db()
    assert answer.status_code == 200
    assert (user.check_password(NEW), user.check_password(PASSWORD)) == (True, False)
    assert Event.objects.filter(type="accounts.user_saved").get().payload == {"changed": ["password"]}


def test_this_session_goes_on_with_the_pair_that_is_answered() -> None:
    before = log_in(UserFactory())

    answer = change(before)

    after = answer.body["data"]
    assert after.keys() == {"accessToken", "refreshToken", "expiresIn", "user"}
    assert (after["expiresIn"], after["user"]["id"]) == (900, before["user"]["id"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert claims_of(after["accessToken"])["sid"] == claims_of(before["accessToken"])["sid"]
    assert outcome(me(after["accessToken"])) == OK
    assert outcome(renew(after["refreshToken"])) == OK


def test_every_other_token_and_session_ends_at_once() -> None:
    user = UserFactory()
    this, other, page, stranger = log_in(user), log_in(user), Api(), log_in(UserFactory())
    page.client.force_login(user)

    change(this)

    old = [this["accessToken"], other["accessToken"]]
    assert [outcome(me(token)) for token in old] == [REVOKED] * 2
    assert [outcome(renew(pair["refreshToken"])) for pair in (this, other)] == [REVOKED] * 2
    assert page.client.get("/dashboard/").status_code == 302
    assert outcome(me(stranger["accessToken"])) == OK
    assert sorted(Session.objects.filter(user=user).values_list("end_reason", flat=True)) == ["", "changed", "changed"]


def test_a_wrong_current_password_changes_nothing_and_is_recorded() -> None:
    user = UserFactory()
    tokens, other = log_in(user), log_in(user)

    answer = change(tokens, current="Wrong-Horse-9")

    user.refresh_from_db()
    assert (outcome(answer), fields_of(answer)) == ((400, "VALIDATION_ERROR"), [("currentPassword", "invalid")])
    assert user.check_password(PASSWORD)
    assert [outcome(me(pair["accessToken"])) for pair in (tokens, other)] == [OK, OK]
    event = Event.objects.get(type="accounts.login_failed")
    assert (event.aggregate_id, event.actor_id, event.payload) == (
        user.pk, user.pk, {"reason": "wrong current password"}
    )  # fmt: skip


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("new", "codes"),
    [("short-1A", []), ("weak", ["password_too_short", "password_too_plain"]), ("x" * 129, ["max_length"])],
)
def test_a_weak_new_password_changes_nothing(new: str, codes: list[str]) -> None:
    user = UserFactory()
    tokens = log_in(user)

    answer = change(tokens, new=new)

    user.refresh_from_db()
    assert answer.status_code == (400 if codes else 200)
    assert [code for _, code in fields_of(answer)] == codes if codes else True
    assert user.check_password(PASSWORD if codes else new)


def test_the_same_password_again_is_no_new_one() -> None:
    user = UserFactory()
    tokens, other = log_in(user), log_in(user, "phone")

    answer = change(tokens, new=PASSWORD)

    assert (answer.status_code, fields_of(answer)) == (400, [("newPassword", "password_unchanged")])
    assert outcome(me(tokens["accessToken"])) == outcome(me(other["accessToken"])) == OK


def test_the_current_password_cannot_be_tried_without_end() -> None:
    user = UserFactory()
    tokens = log_in(user)
    tries = [outcome(change(tokens, current="Wrong-Horse-9")) for _ in range(5)]

    locked = change(tokens)
    at_the_door = Api().post("auth/login", {"identifier": user.email, "password": PASSWORD})

    user.refresh_from_db()
    assert tries == [(400, "VALIDATION_ERROR")] * 5
    assert [outcome(answer) for answer in (locked, at_the_door)] == [(429, "RATE_LIMITED")] * 2
    assert 58 <= int(locked.headers["Retry-After"]) <= 60
    assert user.check_password(PASSWORD)


def test_tries_count_into_the_limit_of_the_log_in(settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["2/m"]}
    user = UserFactory()
    tokens = log_in(user)
    change(tokens, current="Wrong-Horse-9")

    answer = change(tokens)

    user.refresh_from_db()
    assert (outcome(answer), user.check_password(PASSWORD)) == ((429, "RATE_LIMITED"), True)


def test_the_right_password_forgets_the_failures() -> None:
    tokens = log_in(UserFactory())
    change(tokens, current="Wrong-Horse-9")

    change(tokens)

    assert not FailedLogins.objects.exists()


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_the_password_is_only_put(method: str) -> None:
    answer = Api(UserFactory()).request(method, "auth/password", {})

    assert outcome(answer) == (405, "METHOD_NOT_ALLOWED")


def test_a_password_that_changes_while_it_is_compared_is_not_replaced(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.InterruptedHasher"]
    user = UserFactory()
    tokens = log_in(user)
    meanwhile = User(password="")
    meanwhile.set_password("Meanwhile-Horse-9")
    InterruptedHasher.meanwhile = lambda: User.objects.filter(pk=user.pk).update(password=meanwhile.password)

    late = change(tokens)

    InterruptedHasher.meanwhile = list
    user.refresh_from_db()
    assert (outcome(late), fields_of(late)) == ((400, "VALIDATION_ERROR"), [("currentPassword", "invalid")])
    assert user.check_password("Meanwhile-Horse-9")
    assert outcome(me(tokens["accessToken"])) == OK


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_counts() -> None:
    user = UserFactory()
    first, second = log_in(user), log_in(user)

    answers = race(lambda: change(first, new="First-Horse-9"), lambda: change(second, new="Second-Horse-9"))

    won = [answer for answer in answers if answer.status_code == 200]
    user.refresh_from_db()
    assert len(won) == 1
    assert user.check_password("First-Horse-9" if won[0] is answers[0] else "Second-Horse-9")
    assert outcome(me(won[0].body["data"]["accessToken"])) == OK
    assert Session.objects.filter(user=user, revoked_at=None).count() == 1
