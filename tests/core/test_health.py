"""Whether what Mendery stands on answers; and the first page of the interface."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery, current_app
from django.db import connection
from django.test import Client

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
DEAD_CACHE = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.2},
    }
}


@pytest.fixture
def _dead_broker() -> Iterator[None]:
    ours = current_app._get_current_object()
    down = Celery("down", broker="redis://127.0.0.1:1/0", set_as_current=False)
    down.set_default()  # the current one is each thread's own, and checks run in theirs
    yield
    ours.set_default()


@pytest.fixture
def _dead_database() -> Iterator[None]:
    """The health check opens a connection of its own; this is where it looks for the database."""
    config = connection.settings_dict
    kept = {name: config[name] for name in ("NAME", "HOST", "PORT")}
    config.update({"NAME": "/nowhere/at/all", "HOST": "127.0.0.1", "PORT": "1"})
    yield
    config.update(kept)


@pytest.mark.parametrize(
    ("path", "checks"),
    [
        ("/health", {"database": "healthy", "cache": "healthy", "broker": "healthy"}),
        ("/health/ready", {"database": "healthy"}),
        ("/health/live", {}),
    ],
)
def test_health_tells_what_answers(client: Client, db: None, path: str, checks: dict[str, str]) -> None:
    answer = client.get(path)

    body = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert list(body) == ["status", "timestamp", "checks", "uptime", "responseTime"]
    assert (body["status"], body["checks"]) == ("healthy", checks)
    assert INSTANT.fullmatch(body["timestamp"])
    assert body["uptime"] >= 0
    assert re.fullmatch(r"\d+\.\dms", body["responseTime"])


@pytest.mark.usefixtures("_dead_broker")
def test_health_without_a_broker_is_unhealthy_and_still_ready(client: Client, db: None) -> None:
    health, ready = client.get("/health"), client.get("/health/ready")

    assert (health.status_code, health.json()["status"]) == (503, "unhealthy")
    assert health.json()["checks"] == {"database": "healthy", "cache": "healthy", "broker": "unhealthy"}
    assert ready.status_code == 200


def test_health_without_a_cache_is_unhealthy_and_still_ready(client: Client, db: None, settings: Any) -> None:
    settings.CACHES = DEAD_CACHE

    health, ready = client.get("/health"), client.get("/health/ready")

    assert health.status_code == 503
    assert health.json()["checks"] == {"database": "healthy", "cache": "unhealthy", "broker": "healthy"}
    assert ready.status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_dead_database")
def test_health_without_a_database_is_not_ready_and_still_alive(client: Client) -> None:
    answers = {path: client.get(path) for path in ("/health", "/health/ready", "/health/live")}

    assert {path: answer.status_code for path, answer in answers.items()} == {
        "/health": 503, "/health/ready": 503, "/health/live": 200,
    }  # fmt: skip
    assert answers["/health/ready"].json()["checks"] == {"database": "unhealthy"}
    assert "nowhere" not in answers["/health"].text


@pytest.mark.parametrize("path", ["/health", "/health/live", "/"])
def test_service_routes_are_only_read(client: Client, db: None, path: str) -> None:
    assert client.head(path).status_code == 200
    assert client.delete(path).status_code in {403, 405}


def test_root_names_the_doors(client: Client) -> None:
    answer = client.get("/", headers={"Accept": "application/json"})

    assert answer.status_code == 200
    assert answer.headers["Vary"] == "Accept"
    assert answer.json()["name"] == "Mendery"
    assert answer.json()["links"] == {
        "docs": "/api/docs", "schema": "/api/schema", "health": "/health", "admin": "/admin/",
        "dashboard": "/dashboard/",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("accept", "status"), [("text/html,*/*;q=0.8", 302), ("*/*", 200), ("application/json", 200), ("", 200)]
)
def test_root_sends_a_browser_to_the_dashboard(client: Client, accept: str, status: int) -> None:
    answer = client.get("/", headers={"Accept": accept})

    assert (answer.status_code, answer.headers.get("Location")) == (status, "/dashboard/" if status == 302 else None)
