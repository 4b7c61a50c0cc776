"""Who tries in vain too often is not heard for a while; strangers keep nobody out of where they have been before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.test import Client

from apps.accounts import tasks
from apps.accounts.models import FailedLogins, Session, User
from apps.accounts.rules import lock_seconds, lock_seconds_everywhere
from apps.audit.models import Event
from tests.accounts.conftest import outcome
from tests.conftest import Api
from tests.factories import UserFactory
from tests.factories.people import PASSWORD
from tests.racing import race

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
IN, WRONG, LOCKED = (200, ""), (401, "INVALID_CREDENTIALS"), (429, "RATE_LIMITED")
HOME, CAFE = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def clock(db: None) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def attempt(identifier: str, password: str = PASSWORD, address: str = HOME) -> Any:
    api = Api()
    api.client.defaults["REMOTE_ADDR"] = address
    return api.post("auth/login", {"identifier": identifier, "password": password})


def fail(identifier: str, times: int = 1, address: str = HOME) -> list[tuple[int, str]]:
    return [outcome(attempt(identifier, "Wrong-Horse-9", address)) for _ in range(times)]


def fail_everywhere(identifier: str, times: int = 20) -> list[tuple[int, str]]:
    """As strangers do: each time from another address."""
    return [fail(identifier, address=f"192.0.2.{number}")[0] for number in range(times)]


def counted() -> list[int]:
    return sorted(FailedLogins.objects.values_list("failures", flat=True))


def locks() -> list[int]:
    return [event.payload["seconds"] for event in Event.objects.filter(type="accounts.locked_out").order_by("id")]


@pytest.mark.parametrize(
    ("failures", "here", "everywhere"),
    [
        (0, 0, 0), (4, 0, 0), (5, 60, 0), (6, 120, 0), (7, 300, 0), (8, 900, 0), (9, 3600, 0), (10, 3600, 0),
        (19, 3600, 0), (20, 3600, 60), (21, 3600, 120), (22, 3600, 300), (23, 3600, 900), (1_000_000, 3600, 900),
    ],
)  # fmt: skip
def test_locks_grow_to_a_bound(failures: int, here: int, everywhere: int) -> None:
    assert (lock_seconds(failures), lock_seconds_everywhere(failures)) == (here, everywhere)


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_five_failures_in_a_row_lock_the_identifier_at_the_address(clock: Any, known: bool) -> None:
    identifier = UserFactory().email if known else "nobody@shop.example"

    tries = fail(identifier, 5)
    locked = attempt(identifier)

    assert tries == [WRONG] * 5
    assert outcome(locked) == LOCKED
    assert locked.headers["Retry-After"] == "60"
    assert locked.body["error"] == "Too many tries. Wait 60 seconds and try again."
    assert counted() == [5, 5]
    assert Session.objects.count() == 0


@pytest.mark.exhaustive
def test_a_lock_ends_and_the_next_one_is_longer(clock: Any) -> None:
    user = UserFactory()
    fail(user.email, 5)
    waits = []
    for _ in range(6):
        waits.append(int(attempt(user.email).headers["Retry-After"]))
        clock.shift(waits[-1])
        assert fail(user.email) == [WRONG]

    clock.shift(3600)

    assert waits == [60, 120, 300, 900, 3600, 3600]
    assert outcome(attempt(user.email)) == IN


def test_a_lock_holds_to_its_last_second(clock: Any) -> None:
    user = UserFactory()
    fail(user.email, 5)

    clock.shift(59.5)
    late = attempt(user.email)
    clock.shift(0.5)

    assert (outcome(late), late.headers["Retry-After"]) == (LOCKED, "1")
    assert outcome(attempt(user.email)) == IN


def test_what_is_tried_during_a_lock_is_neither_judged_nor_counted(clock: Any, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.CountingHasher"]
    user = UserFactory()
    fail(user.email, 5)
    before = counted()

    assert fail(user.email, 9) == [LOCKED] * 9
    assert counted() == before
    assert Event.objects.filter(type="accounts.login_failed").count() == 5


@pytest.mark.exhaustive
def test_a_success_begins_anew_at_this_address(clock: Any) -> None:
    user = UserFactory()
    fail(user.email, 4)

    inside = outcome(attempt(user.email))

    assert inside == IN
    assert fail(user.email, 5) == [WRONG] * 5
    assert fail(user.email) == [LOCKED]


@pytest.mark.parametrize("verified", [True, False])
def test_who_has_claimed_an_address_as_well_does_not_begin_anew_with_the_own_password(
    clock: Any, verified: bool
) -> None:
    owner = UserFactory(role="customer", is_verified=verified, password=make_password("Owner-Horse-9"))
    UserFactory(email=owner.email, role="customer", is_verified=False)

    heard = [outcome(attempt(owner.email, password)) for password in ["Guess-1", "Guess-2", PASSWORD] * 3]

    assert heard == [WRONG, WRONG, IN, WRONG, WRONG, IN, WRONG, LOCKED, LOCKED]


def test_who_has_claimed_an_address_alone_begins_anew(clock: Any) -> None:
    claim = UserFactory(role="customer", is_verified=False)
    fail(claim.email, 4)

    attempt(claim.email)

    assert fail(claim.email, 4) == [WRONG] * 4


def test_other_identifiers_and_other_addresses_are_heard_during_a_lock(clock: Any) -> None:
    user, other = UserFactory(), UserFactory()
    fail(user.email, 5)

    answers = [attempt(user.email), attempt(other.email), attempt(user.email, address=CAFE)]

    assert [outcome(answer) for answer in answers] == [LOCKED, IN, IN]


@pytest.mark.parametrize("written", ["ADA@shop.example", "  ada@shop.example "])
def test_an_identifier_is_counted_however_it_is_written(clock: Any, written: str) -> None:
    UserFactory(email="ada@shop.example")

    fail("ada@shop.example", 3)
    fail(written, 2)

    assert fail("ada@shop.example") == [LOCKED]


def test_an_identifier_that_looks_like_a_key_counts_for_nobody_else(clock: Any) -> None:
    fail(f"{HOME} ada@shop.example", 5, address=CAFE)
    fail(f"here {HOME} ada@shop.example", 5, address=CAFE)

    assert fail("ada@shop.example") == [WRONG]


@pytest.mark.exhaustive
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_strangers_lock_an_identifier_for_strange_addresses_a_minute_first(clock: Any, known: bool) -> None:
    identifier = UserFactory().email if known else "nobody@shop.example"

    tries = fail_everywhere(identifier)
    locked = attempt(identifier, address=CAFE)

    assert tries == [WRONG] * 20
    assert (outcome(locked), locked.headers["Retry-After"]) == (LOCKED, "60")


@pytest.mark.exhaustive
def test_strangers_never_lock_for_more_than_a_quarter_of_an_hour(clock: Any) -> None:
    user, waits = UserFactory(), []
    fail_everywhere(user.email)
    for number in range(6):
        waits.append(int(attempt(user.email, address=CAFE).headers["Retry-After"]))
        clock.shift(waits[-1])
        fail(user.email, address=f"192.0.2.{100 + number}")

    clock.shift(900)

    assert waits == [60, 120, 300, 900, 900, 900]
    assert outcome(attempt(user.email, address=CAFE)) == IN


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("known", "now", "expected"),
    [
        (HOME, HOME, IN),
        ("2001:db8:1:2::5", "2001:db8:1:2:ffff::9", IN),  # one household has a /64
        ("2001:db8:1:2::5", "2001:db8:1:3::5", LOCKED),
        (CAFE, HOME, LOCKED),
    ],
)
def test_strangers_keep_nobody_out_of_where_they_have_been(
    clock: Any, known: str, now: str, expected: tuple[int, str]
) -> None:
    user = UserFactory()
    attempt(user.email, address=known)
    clock.shift(timedelta(days=89))
    fail_everywhere(user.email)

    assert outcome(attempt(user.email, address=now)) == expected


@pytest.mark.exhaustive
def test_strangers_keep_nobody_out_by_the_limits_on_tries_either(clock: Any, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["5/m", "30/15m"]}
    user = UserFactory()
    attempt(user.email)
    clock.shift(60)
    fail_everywhere(user.email, 30)

    answers = [attempt(user.email, address=CAFE), attempt(user.email)]

    assert [outcome(answer) for answer in answers] == [LOCKED, IN]
    assert answers[1].headers["X-RateLimit-Remaining"] == "4"


@pytest.mark.exhaustive
def test_an_address_is_known_for_ninety_days(clock: Any) -> None:
    user = UserFactory()
    attempt(user.email)
    clock.shift(timedelta(days=90, seconds=1))
    fail_everywhere(user.email)

    assert outcome(attempt(user.email)) == LOCKED


@pytest.mark.exhaustive
def test_who_only_claims_an_address_is_not_known_as_its_owner(clock: Any) -> None:
    owner = UserFactory(email="ada@shop.example")
    UserFactory(email=owner.email, is_verified=False, role="customer", password=User(password="").password)
    claim = UserFactory(email=owner.email, is_verified=False, role="customer")
    owner.set_password("Owner-Horse-9")
    owner.save()
    came_in = attempt(owner.email, address=CAFE)
    fail_everywhere(owner.email)

    assert came_in.body["data"]["user"]["id"] == str(claim.pk)
    assert outcome(attempt(owner.email, "Owner-Horse-9", address=CAFE)) == LOCKED


@pytest.mark.exhaustive
def test_failures_where_the_owner_has_been_lock_only_there(clock: Any) -> None:
    user = UserFactory()
    attempt(user.email)
    for _ in range(20):
        fail(user.email)
        clock.shift(3600)

    assert counted() == [20]
    assert outcome(attempt(user.email, address=CAFE)) == IN


@pytest.mark.exhaustive
def test_a_lock_is_recorded_once_when_it_begins(clock: Any) -> None:
    user = UserFactory()
    fail(user.email, 8)
    clock.shift(60)
    fail(user.email)

    events = Event.objects.filter(type="accounts.locked_out").order_by("id")
    assert [(event.aggregate_id, event.address, event.payload) for event in events] == [
        (user.pk, HOME, {"seconds": 60}), (user.pk, HOME, {"seconds": 120}),
    ]  # fmt: skip


def test_the_failures_of_nobody_are_recorded_as_nobody_s(clock: Any) -> None:
    fail("nobody@shop.example", 5)

    found = Event.objects.order_by("id").values_list("type", "aggregate_id", "payload")
    nobody = "00000000-0000-0000-0000-000000000000"
    assert {str(user) for _, user, _ in found} == {nobody}
    assert [(kind, payload) for kind, _, payload in found] == [
        *[("accounts.login_failed", {"reason": "unknown identifier"})] * 5, ("accounts.locked_out", {"seconds": 60}),
    ]  # fmt: skip


def test_counters_hold_nobody_s_identifier(clock: Any) -> None:
    fail("ada@shop.example")

    assert all(len(key) == 64 and "ada" not in key for key in FailedLogins.objects.values_list("key", flat=True))


def test_old_failures_are_forgotten(clock: Any) -> None:
    user = UserFactory()
    fail(user.email, 4)

    clock.shift(timedelta(days=1, seconds=1))

    assert fail(user.email, 4) == [WRONG] * 4
    assert counted() == [4, 4]


def test_a_job_deletes_what_is_forgotten(clock: Any) -> None:
    fail("old@shop.example")
    clock.shift(timedelta(hours=12))
    fail("new@shop.example")
    clock.shift(timedelta(hours=12, seconds=1))

    tasks.purge_failures.apply()

    assert tasks.purge_failures.name == "accounts.purge_failures"
    assert {found.last_failed_at for found in FailedLogins.objects.all()} == {NOW + timedelta(hours=12)}


def test_the_pages_and_the_interface_count_together(clock: Any) -> None:
    user, browser = UserFactory(role="manager"), Client(REMOTE_ADDR=HOME)
    form = {"username": user.email, "password": "Wrong-Horse-9"}
    tries = [browser.post("/dashboard/login/", form).status_code for _ in range(3)]
    fail(user.email, 2)

    answers = [browser.post("/dashboard/login/", {**form, "password": PASSWORD}), attempt(user.email)]

    assert tries == [200] * 3
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(429, "60")] * 2
    assert "Wait 60 seconds" in answers[0].content.decode()
    assert Session.objects.count() == 0


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_parallel_failures_are_all_counted_and_lock_once() -> None:
    user = UserFactory()

    answers = race(*[lambda: fail(user.email)[0]] * 16)

    assert answers == [WRONG] * 16
    assert counted() == [16, 16]
    assert locks() == [60]
    assert fail(user.email) == [LOCKED]


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_parallel_failures_of_several_addresses_count_into_one() -> None:
    user = UserFactory()

    answers = race(*[lambda n=n: fail(user.email, address=f"192.0.2.{n}")[0] for n in range(16)])

    assert answers == [WRONG] * 16
    assert counted() == [*[1] * 16, 16]
