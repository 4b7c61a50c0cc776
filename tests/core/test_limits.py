"""Limits: counted by caller, told in the headers of every answer, refused with the time to wait."""

import time
from contextlib import nullcontext
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache

from apps.core.api import throttling
from tests.conftest import Api
from tests.factories import BrandFactory, UserFactory

LIMIT_HEADERS = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit", "RateLimit-Policy"]


@pytest.fixture
def _still(db: None) -> Any:
    """The clock stands, so that no window ends in the middle of a test."""
    with time_machine.travel(time.time(), tick=False):
        yield


@pytest.fixture
def _tight(settings: Any, _still: None) -> None:
    settings.RATE_LIMITS = {"api": ["3/m"], "staff": ["5/m"], "auth": ["2/m", "4/15m"]}


@pytest.mark.usefixtures("_still")
def test_counters_of_several_limits_keep_apart_and_end_with_their_window() -> None:
    limits = caches["limits"]

    counted = [(limits.add(key, 1, 60) or limits.incr(key)) for key in ["a", "a", "b", "a", "b"]]

    assert counted == [True, 2, True, 3, 2]
    assert (limits.incr("a"), limits.get("a"), limits.get("b")) == (4, 4, 2)
    limits.add("brief", 1, 1)
    with time_machine.travel(time.time() + 1.1) if isinstance(limits, LocMemCache) else nullcontext():
        time.sleep(0 if isinstance(limits, LocMemCache) else 1.1)
        assert limits.add("brief", 1, 60) is True


def statuses(api: Api, times: int, **headers: str) -> list[int]:
    return [api.get("catalog/brands", **headers).status_code for _ in range(times)]


@pytest.mark.usefixtures("_tight")
def test_headers_tell_what_is_left_and_when_the_window_ends() -> None:
    answer = Api(UserFactory(role="seller")).get("auth/me")

    wait = int(answer.headers["X-RateLimit-Reset"]) - int(time.time())
    assert 1 <= wait <= 60
    assert [answer.headers[name] for name in LIMIT_HEADERS if name != "X-RateLimit-Reset"] == [
        "5", "4", f'"default";r=4;t={wait}', '"default";q=5;w=60',
    ]  # fmt: skip


@pytest.mark.usefixtures("_tight")
def test_request_past_the_limit_is_refused_with_the_time_to_wait() -> None:
    api = Api(UserFactory(role="customer"))

    assert statuses(api, 3) == [200, 200, 200]
    refused = api.post("auth/logout", {})

    assert (refused.status_code, refused.body["code"], refused.body["details"]) == (429, "RATE_LIMITED", [])
    assert int(refused.headers["Retry-After"]) == int(refused.headers["X-RateLimit-Reset"]) - int(time.time())
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert set(LIMIT_HEADERS) < set(refused.headers)


@pytest.mark.usefixtures("_tight")
def test_window_that_has_ended_starts_again() -> None:
    now = time.time()
    api = Api(UserFactory(role="customer"))
    assert statuses(api, 4) == [200, 200, 200, 429]

    with time_machine.travel(now + 61, tick=False):
        assert statuses(api, 1) == [200]


@pytest.mark.usefixtures("_tight")
@pytest.mark.parametrize(("role", "limit"), [("customer", 3), ("technician", 5), ("seller", 5), ("admin", 5)])
def test_staff_may_ask_more_often_than_customers(role: str, limit: int) -> None:
    assert statuses(Api(UserFactory(role=role)), limit + 1) == [200] * limit + [429]


@pytest.mark.usefixtures("_tight")
def test_one_caller_does_not_use_up_another_ones_limit() -> None:
    first, second = Api(UserFactory(role="customer")), Api(UserFactory(role="customer"))

    assert statuses(first, 4) == [200, 200, 200, 429]
    assert statuses(second, 1) == [200]


@pytest.mark.usefixtures("_tight")
@pytest.mark.parametrize("token", [{}, {"Authorization": "Bearer nonsense"}], ids=["no token", "false tokens"])
def test_refusals_count_by_address(token: dict[str, str]) -> None:
    anonymous = Api()

    assert statuses(anonymous, 4, **token) == [401, 401, 401, 429]
    elsewhere = anonymous.client.get("/api/v1/catalog/brands", REMOTE_ADDR="198.51.100.1")

    assert elsewhere.status_code == 401


@pytest.mark.usefixtures("_tight")
def test_address_cannot_be_chosen_by_the_caller() -> None:
    anonymous = Api()

    assert [statuses(anonymous, 1, X_Forwarded_For=f"198.51.100.{n}")[0] for n in range(4)] == [401, 401, 401, 429]


@pytest.mark.usefixtures("_tight")
def test_secrets_are_limited_by_address_and_by_identifier() -> None:
    api = Api()

    def tried(identifier: str, address: str) -> int:
        body = f'{{"identifier": "{identifier}", "password": "x"}}'
        status: int = api.client.post(
            "/api/v1/auth/login", body, content_type="application/json", REMOTE_ADDR=address
        ).status_code
        return status

    by_identifier = [
        tried(name, f"198.51.100.{n}") for n, name in enumerate(["kim@a.example", " KIM@a.example", "kim@A.example"])
    ]
    by_address = [tried(f"{n}@b.example", "203.0.113.5") for n in range(3)]

    assert by_identifier == [401, 401, 429]
    assert by_address == [401, 401, 429]


@pytest.mark.usefixtures("_tight")
def test_writes_past_the_limit_change_nothing() -> None:
    api = Api(UserFactory(role="admin"))
    brand = BrandFactory(name="Fairphone")
    statuses(api, 5)

    refused = api.patch(f"catalog/brands/{brand.pk}", {"name": "Shiftphone"})

    assert refused.status_code == 429
    brand.refresh_from_db()
    assert brand.name == "Fairphone"


@pytest.mark.usefixtures("_still")
def test_cache_that_does_not_answer_closes_no_door(settings: Any, request: pytest.FixtureRequest) -> None:
    request.addfinalizer(throttling._cache.reset)
    api = Api(UserFactory(role="customer"))
    settings.RATE_LIMITS = {"api": ["1/m"], "staff": ["1/m"], "auth": ["1/m"]}
    settings.CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.2},
        }
    }

    answers = [api.get("catalog/brands") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert all("X-RateLimit-Limit" not in answer.headers for answer in answers)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("_still")
def test_the_description_of_the_interface_is_limited_and_refused_in_json(settings: Any) -> None:
    settings.RATE_LIMITS = {"api": ["1/m"]}
    api = Api()

    unreadable = api.get("/api/schema", Accept="text/html")
    served, refused = (api.client.get("/api/schema") for _ in range(2))

    assert (unreadable.status_code, unreadable.body["code"]) == (406, "NOT_ACCEPTABLE")
    assert (served.status_code, served["X-RateLimit-Remaining"]) == (200, "0")
    assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMITED")
    assert int(refused["Retry-After"]) >= 1


@pytest.mark.production
def test_counting_goes_on_when_the_connection_was_closed_meanwhile() -> None:
    counters = caches["limits"]
    first = [counters.add("closed", 1, 60), counters.add("closed", 1, 60), counters.incr("closed")]
    redis = counters.client.get_client(write=True)
    own = counters._own[1]

    redis.client_kill(":".join(map(str, own._sock.getsockname())))
    after = [counters.add("closed", 1, 60), counters.incr("closed")]
    again = [counters.add("closed", 1, 60), counters.incr("closed")]

    assert (first, after, again) == ([True, False, 2], [False, 3], [False, 4])
    assert counters._own[1] is own
    assert 0 < counters.ttl("closed") <= 60
