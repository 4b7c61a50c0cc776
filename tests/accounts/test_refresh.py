"""A refresh token works once; a lost answer is forgiven, a thief is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from apps.accounts.models import Session
from apps.audit.models import Event
from tests.accounts.conftest import claims_of, log_in, me, outcome, renew
from tests.conftest import Api
from tests.factories import UserFactory
from tests.racing import race

NOW = datetime(2026, 5, 4, 10, 0, 0, 250_000, tzinfo=UTC)
REVOKED = (401, "TOKEN_REVOKED")


@pytest.fixture
def clock(db: None) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def ended() -> list[str]:
    """The reasons of the sessions that have ended."""
    return [reason for reason in Session.objects.values_list("end_reason", flat=True) if reason]


def test_refresh_answers_a_new_pair_that_works(clock: Any) -> None:
    first = log_in(UserFactory())
    clock.shift(60)

    answer = renew(first["refreshToken"])

    second = answer.body["data"]
    assert answer.status_code == 200
    assert second.keys() == {"accessToken", "refreshToken", "expiresIn", "user"}
    assert (second["expiresIn"], second["user"]["id"]) == (900, first["user"]["id"])
    assert claims_of(second["refreshToken"])["sid"] == claims_of(first["refreshToken"])["sid"]
    assert {first["refreshToken"], first["accessToken"]}.isdisjoint({second["refreshToken"], second["accessToken"]})
    assert (outcome(me(second["accessToken"])), outcome(renew(second["refreshToken"]))) == ((200, ""), (200, ""))


def test_the_second_route_of_refresh_does_the_same(clock: Any) -> None:
    answer = Api().post("auth/refresh", {"refreshToken": log_in(UserFactory(), device="")["refreshToken"]})

    assert answer.status_code == 200


def test_a_spent_token_ends_the_whole_session(clock: Any) -> None:
    first = log_in(UserFactory())
    second = renew(first["refreshToken"]).body["data"]
    clock.shift(11)

    answer = renew(first["refreshToken"])

    assert outcome(answer) == REVOKED
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert [outcome(me(pair["accessToken"])) for pair in (first, second)] == [REVOKED, REVOKED]
    assert outcome(renew(second["refreshToken"])) == REVOKED
    assert ended() == ["reuse"]


def test_reuse_is_recorded_once_as_the_owner_s(clock: Any) -> None:
    user = UserFactory()
    first = log_in(user)
    renew(first["refreshToken"])
    clock.shift(11)

    for _ in range(3):
        renew(first["refreshToken"])

    reused, ended_then = Event.objects.exclude(type="accounts.logged_in").order_by("id")
    session_id = claims_of(first["refreshToken"])["sid"]
    assert (reused.type, reused.payload) == ("accounts.token_reused", {"session_id": session_id})
    assert (ended_then.type, ended_then.payload) == (
        "accounts.session_ended", {"session_id": session_id, "reason": "reuse"}
    )  # fmt: skip
    assert {(event.aggregate_id, event.actor_id) for event in (reused, ended_then)} == {(user.pk, user.pk)}


def test_another_session_of_the_same_user_survives_reuse(clock: Any) -> None:
    user = UserFactory()
    stolen, other = log_in(user), log_in(user)
    renew(stolen["refreshToken"])
    clock.shift(11)

    renew(stolen["refreshToken"])

    assert outcome(me(other["accessToken"])) == (200, "")


@pytest.mark.parametrize(
    ("wait", "same"), [(timedelta(0), True), (timedelta(seconds=10), True), (timedelta(seconds=10.000001), False)]
)
def test_a_lost_answer_is_given_again_for_ten_seconds(clock: Any, wait: timedelta, same: bool) -> None:
    first = log_in(UserFactory())
    second = renew(first["refreshToken"]).body["data"]
    clock.shift(wait)

    answer = renew(first["refreshToken"])

    if same:
        assert answer.body["data"]["refreshToken"] == second["refreshToken"]
        assert outcome(me(answer.body["data"]["accessToken"])) == (200, "")
    assert (outcome(answer), ended()) == (((200, ""), []) if same else (REVOKED, ["reuse"]))


def test_a_lost_answer_is_not_given_to_another_device(clock: Any) -> None:
    first = log_in(UserFactory(), device="till")
    renew(first["refreshToken"], device="till")

    answer = renew(first["refreshToken"], device="thief")

    assert (outcome(answer), ended()) == (REVOKED, ["reuse"])


@pytest.mark.parametrize("which", ["accessToken", "refreshToken"])
def test_an_answer_that_was_used_was_not_lost(clock: Any, which: str) -> None:
    first = log_in(UserFactory())
    clock.shift(30)
    second = renew(first["refreshToken"]).body["data"]
    used = me(second["accessToken"]) if which == "accessToken" else renew(second["refreshToken"])

    answer = renew(first["refreshToken"])

    assert used.status_code == 200
    assert (outcome(answer), ended()) == (REVOKED, ["reuse"])


def test_the_old_access_token_says_nothing_about_whether_the_answer_arrived(clock: Any) -> None:
    first = log_in(UserFactory())
    clock.shift(30)
    second = renew(first["refreshToken"]).body["data"]
    still = me(first["accessToken"])

    again = renew(first["refreshToken"])

    assert (outcome(still), outcome(again)) == ((200, ""), (200, ""))
    assert again.body["data"]["refreshToken"] == second["refreshToken"]


def test_a_refresh_token_lives_seven_days_from_each_rotation_and_a_session_thirty(clock: Any) -> None:
    token = log_in(UserFactory())["refreshToken"]
    for _ in range(4):
        clock.shift(timedelta(days=7) - timedelta(seconds=1))
        token = renew(token).body["data"]["refreshToken"]
    left = claims_of(token)["exp"] - datetime.now(UTC).timestamp()

    clock.shift(timedelta(days=2, seconds=5))
    answer = renew(token)

    assert left == pytest.approx(2 * 24 * 3600 + 4, abs=1)
    assert outcome(answer) == (401, "TOKEN_EXPIRED")


def test_a_refresh_token_that_was_not_used_for_a_week_has_expired(clock: Any) -> None:
    token = log_in(UserFactory())["refreshToken"]
    clock.shift(timedelta(days=7))

    assert outcome(renew(token)) == (401, "TOKEN_EXPIRED")


def test_refresh_asks_anew_whether_the_account_may_be_used(clock: Any) -> None:
    user = UserFactory()
    tokens = log_in(user)
    type(user).objects.filter(pk=user.pk).update(is_active=False)

    answers = [renew(tokens["refreshToken"]), me(tokens["accessToken"])]

    assert [outcome(answer) for answer in answers] == [(403, "ACCOUNT_INACTIVE")] * 2


def test_staff_in_waiting_keep_their_session(clock: Any) -> None:
    tokens = log_in(UserFactory(is_approved=False))

    answers = [renew(tokens["refreshToken"]), me(tokens["accessToken"])]

    assert [outcome(answer) for answer in answers] == [(200, "")] * 2


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_concurrent_refreshes_of_one_device_get_one_successor() -> None:
    first = log_in(UserFactory())

    answers = race(*[lambda: renew(first["refreshToken"])] * 16)

    successors = {answer.body["data"]["refreshToken"] for answer in answers}
    assert [outcome(answer) for answer in answers] == [(200, "")] * 16
    assert len(successors) == 1
    assert outcome(renew(successors.pop())) == (200, "")
    assert ended() == []


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_concurrent_refreshes_of_several_devices_leave_no_live_successor() -> None:
    first = log_in(UserFactory(), device="till 0")

    answers = race(*[lambda n=n: renew(first["refreshToken"], device=f"till {n}") for n in range(16)])

    assert sorted(outcome(answer) for answer in answers) == [(200, ""), *[REVOKED] * 15]
    won = next(answer.body["data"] for answer in answers if answer.status_code == 200)
    assert (outcome(renew(won["refreshToken"])), outcome(me(won["accessToken"]))) == (REVOKED, REVOKED)
    assert ended() == ["reuse"]
