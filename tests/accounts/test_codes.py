"""One-time codes: made when they are sent, judged a few times, used once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from apps.accounts import tasks
from apps.accounts.enums import CodePurpose
from apps.accounts.models import OneTimeCode, User
from apps.accounts.services.codes import LIFETIME, TRIES, TRIES_PER_HOUR, judge, make_code, request_code, spend
from apps.audit.models import Delivery, Event
from apps.core.actor import Actor
from tests.factories import UserFactory
from tests.racing import race

VERIFY, RESET = CodePurpose.VERIFY_EMAIL, CodePurpose.RESET_PASSWORD
STRANGER = Actor.anonymous(address="198.51.100.7")
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def is_right(user: User, code: str, purpose: CodePurpose = VERIFY) -> bool:
    return judge(user.pk, purpose, code, actor=STRANGER) is not None


def types() -> list[str]:
    return [event.type.removeprefix("accounts.") for event in Event.objects.order_by("created_at", "id")]


@pytest.mark.django_db
def test_a_code_has_six_digits_and_is_kept_only_as_an_hmac() -> None:
    user = UserFactory()

    codes = [make_code(user.pk, VERIFY) for _ in range(20)]

    rows = OneTimeCode.objects.filter(user=user)
    kept = [value for row in rows.values() for value in row.values()]
    assert all(re.fullmatch(r"\d{6}", code) for code in codes)
    assert len(set(codes)) > 15
    assert all(re.fullmatch(r"[0-9a-f]{64}", row.digest) for row in rows)
    assert not {value for value in kept if isinstance(value, str)} & set(codes)


@pytest.mark.django_db
def test_the_same_code_of_another_row_user_or_purpose_has_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.accounts.services.codes.secrets.randbelow", lambda _: 123456)

    for user in (UserFactory(), UserFactory()):
        for purpose in (VERIFY, RESET, RESET):
            make_code(user.pk, purpose)

    assert len(set(OneTimeCode.objects.values_list("digest", flat=True))) == 6


@pytest.mark.django_db
def test_a_code_of_few_digits_keeps_its_zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.accounts.services.codes.secrets.randbelow", lambda _: 42)

    assert make_code(UserFactory().pk, VERIFY) == "000042"


@pytest.mark.django_db
def test_a_right_code_is_spent_once() -> None:
    user = UserFactory()
    code = make_code(user.pk, VERIFY)

    found = judge(user.pk, VERIFY, code, actor=STRANGER)

    assert found is not None
    assert (spend(found), spend(found)) == (True, False)
    assert not is_right(user, code)


@pytest.mark.django_db
def test_a_code_is_right_for_its_user_and_its_purpose_only() -> None:
    user, other = UserFactory(), UserFactory()
    code = make_code(user.pk, VERIFY)
    make_code(other.pk, VERIFY)

    answers = [is_right(other, code), is_right(user, code, RESET), judge(None, VERIFY, code, actor=STRANGER)]

    assert answers == [False, False, None]
    assert is_right(user, code)


@pytest.mark.django_db
def test_a_new_code_ends_the_older_one_of_its_purpose_alone() -> None:
    user = UserFactory()
    first, reset, second = (make_code(user.pk, purpose) for purpose in (VERIFY, RESET, VERIFY))

    answers = [
        is_right(user, first) if first != second else False,
        is_right(user, second),
        is_right(user, reset, RESET),
    ]

    assert answers == [False, True, True]


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "right"), [(599, True), (600, False), (3600, False)])
def test_a_code_is_valid_for_ten_minutes(seconds: int, right: bool) -> None:
    user = UserFactory()
    with time_machine.travel(NOW, tick=False):
        code = make_code(user.pk, VERIFY)

    with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
        assert is_right(user, code) is right
    assert timedelta(minutes=10) == LIFETIME


@pytest.mark.django_db
def test_after_five_tries_even_the_right_code_is_wrong() -> None:
    user = UserFactory()
    code = make_code(user.pk, VERIFY)

    tries = [is_right(user, other_than(code)) for _ in range(5)]

    assert tries == [False] * 5
    assert not is_right(user, code)
    assert OneTimeCode.objects.get().attempts == 5
    assert (TRIES, types()) == (5, ["code_failed"] * 6)


@pytest.mark.django_db
def test_new_codes_do_not_give_new_tries_for_ever() -> None:
    user = UserFactory()
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(3):
            code = make_code(user.pk, VERIFY)
            for _ in range(5):
                is_right(user, other_than(code))
        fourth = make_code(user.pk, VERIFY)
        now = is_right(user, fourth)
        clock.shift(timedelta(hours=1, seconds=1))
        an_hour_later = is_right(user, make_code(user.pk, VERIFY))

    assert (now, an_hour_later) == (False, True)
    assert TRIES_PER_HOUR == 15


@pytest.mark.django_db
def test_a_failure_is_recorded_with_who_tried_and_not_what() -> None:
    user = UserFactory()
    code = other_than(make_code(user.pk, VERIFY))

    is_right(user, code)

    event = Event.objects.get()
    assert (event.type, event.aggregate_id, event.payload) == (
        "accounts.code_failed", user.pk, {"purpose": "verify_email"}
    )  # fmt: skip
    assert (event.actor_kind, event.address) == ("anonymous", "198.51.100.7")


@pytest.mark.django_db(transaction=True)
def test_the_count_of_tries_cannot_be_undone_from_outside() -> None:
    user = UserFactory()
    code = make_code(user.pk, VERIFY)

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        is_right(user, code)

    assert is_right(user, code)


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_of_sixteen_wrong_tries_at_once_five_are_judged() -> None:
    user = UserFactory()
    code = make_code(user.pk, VERIFY)

    outcomes = race(*[lambda: is_right(user, other_than(code))] * 16)

    assert outcomes == [False] * 16
    assert OneTimeCode.objects.get().attempts == 5
    assert not is_right(user, code)


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_of_sixteen_right_tries_at_once_one_is_let_in() -> None:
    user = UserFactory()
    code = make_code(user.pk, VERIFY)

    def use() -> bool:
        found = judge(user.pk, VERIFY, code, actor=STRANGER)
        return found is not None and spend(found)

    outcomes = race(*[use] * 16)

    assert sorted(outcomes) == [False] * 15 + [True]
    assert OneTimeCode.objects.get().attempts <= 5


@pytest.mark.django_db(transaction=True)
def test_of_four_codes_made_at_once_one_is_live() -> None:
    user = UserFactory()

    codes = race(*[lambda: make_code(user.pk, VERIFY)] * 4)

    assert {type(code) for code in codes} == {str}
    assert OneTimeCode.objects.filter(ended_at=None).count() == 1


class AnyOrderOfTries(TestCase):
    @given(st.lists(st.sampled_from(["wrong", "right", "new"]), max_size=25))
    @hypothesis_settings(max_examples=40, deadline=None)
    def test_a_code_is_right_while_it_has_tries_left_and_the_hour_has(self, steps: list[str]) -> None:
        user = UserFactory()
        code, on_this, in_all = make_code(user.pk, VERIFY), 0, 0

        for step in steps:
            if step == "new":
                code, on_this = make_code(user.pk, VERIFY), 0
                continue
            has_tries = on_this < 5 and in_all < 15
            answer = is_right(user, code if step == "right" else other_than(code))
            assert answer is (step == "right" and has_tries)
            on_this, in_all = on_this + has_tries, in_all + has_tries


@pytest.mark.django_db
def test_a_code_is_asked_for_by_an_event_and_not_made_yet() -> None:
    user = UserFactory(is_verified=False)

    request_code(user, VERIFY, actor=STRANGER)

    event = Event.objects.get()
    assert (event.type, event.aggregate_id) == ("accounts.code_requested", user.pk)
    assert event.payload == {"purpose": "verify_email"}
    assert OneTimeCode.objects.count() == 0


@pytest.mark.django_db
def test_more_than_one_request_in_thirty_seconds_and_five_an_hour_are_withheld() -> None:
    user = UserFactory(is_verified=False)
    asked: list[str] = []
    with time_machine.travel(NOW, tick=False) as clock:
        for seconds in (0, 29, 2, 31, 31, 31, 31, 3600):
            clock.shift(seconds)
            request_code(user, VERIFY, actor=STRANGER)
            asked = types()

    sent, withheld = "code_requested", "code_withheld"
    assert asked == [sent, withheld, sent, sent, sent, sent, withheld, sent]


@pytest.mark.django_db
def test_another_purpose_has_thirty_seconds_of_its_own() -> None:
    user = UserFactory(is_verified=False)

    request_code(user, VERIFY, actor=STRANGER)
    request_code(user, RESET, actor=STRANGER)

    assert types() == ["code_requested", "code_requested"]


@pytest.mark.django_db
def test_an_address_gets_twenty_codes_an_hour_however_many_claim_it() -> None:
    for _ in range(21):
        request_code(UserFactory(is_verified=False, email="kim@mail.example"), VERIFY, actor=STRANGER)
    request_code(UserFactory(is_verified=False), VERIFY, actor=STRANGER)

    assert types() == ["code_requested"] * 20 + ["code_withheld", "code_requested"]


@pytest.mark.django_db(transaction=True)
def test_of_four_requests_at_once_one_is_sent() -> None:
    user = UserFactory(is_verified=False)

    outcomes = race(*[lambda: request_code(user, VERIFY, actor=STRANGER)] * 4)

    assert outcomes == [None] * 4
    assert sorted(types()) == ["code_requested", *["code_withheld"] * 3]


@pytest.mark.django_db
def test_every_request_has_one_subscriber_and_as_many_statements(django_assert_num_queries: Any) -> None:
    user = UserFactory(is_verified=False)

    for asked_for in (user, user, None):
        with django_assert_num_queries(6):
            request_code(asked_for, VERIFY, actor=STRANGER)

    assert types() == ["code_requested", "code_withheld", "unknown_code_requested"]
    assert Delivery.objects.count() == 3


@pytest.mark.django_db
def test_every_judgement_that_fails_takes_as_many_statements(django_assert_num_queries: Any) -> None:
    known, without_code = UserFactory(), UserFactory()
    wrong = other_than(make_code(known.pk, VERIFY))

    for user_id in (known.pk, without_code.pk, None):
        with django_assert_num_queries(6):
            judge(user_id, VERIFY, wrong, actor=STRANGER)


@pytest.mark.django_db
def test_codes_of_yesterday_are_purged() -> None:
    user = UserFactory()
    with time_machine.travel(NOW, tick=False) as clock:
        make_code(user.pk, VERIFY)
        clock.shift(timedelta(hours=23))
        make_code(user.pk, VERIFY)
        clock.shift(timedelta(hours=1, seconds=1))
        tasks.purge_codes.apply()

    assert OneTimeCode.objects.count() == 1
    assert tasks.purge_codes.name == "accounts.purge_codes"
