"""What every test may use."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client

from apps.accounts.models import User
from apps.accounts.services.sessions import Device, open_session
from apps.core.actor import Actor
from apps.inventory.models import Branch
from tests.factories import BranchFactory, CustomerFactory, UserFactory, member


class Api:
    """A client of the interface that is logged in, or not."""

    def __init__(self, user: User | None = None) -> None:
        self.user = user
        self.client = Client(raise_request_exception=False)
        self.headers: dict[str, str] = {}
        if user is not None:
            with transaction.atomic():
                pair = open_session(user, Device("127.0.0.1", "tests"), actor=Actor.user(user))
            self.headers["Authorization"] = f"Bearer {pair.access}"

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        url = path if path.startswith("/") else f"/api/v1/{path}"
        response = self.client.generic(method, url, data, content_type="application/json", headers=sent)
        response.body = response.json() if response.content else None
        return response

    def get(self, path: str, **headers: str) -> Any:
        return self.request("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.request("POST", path, {} if body is None else body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.request("PUT", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.request("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.request("DELETE", path, **headers)


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    yield
    for name in ("default", "limits"):
        caches[name].clear()


@pytest.fixture
def branch(db: None) -> Branch:
    return BranchFactory(name="Harbour", code="HAR")


@pytest.fixture
def other_branch(db: None) -> Branch:
    return BranchFactory(name="Station", code="STA")


@pytest.fixture
def admin(db: None) -> Api:
    return Api(member("admin", None))


@pytest.fixture
def manager(branch: Branch) -> Api:
    return Api(member("manager", branch))


@pytest.fixture
def technician(branch: Branch) -> Api:
    return Api(member("technician", branch))


@pytest.fixture
def seller(branch: Branch) -> Api:
    return Api(member("seller", branch))


@pytest.fixture
def customer(db: None) -> Api:
    api = Api(UserFactory(role="customer"))
    CustomerFactory(user=api.user)
    return api


@pytest.fixture
def anonymous(db: None) -> Api:
    return Api()


def pytest_configure() -> None:
    """Prepare the process: no collector while tests are collected, and a flush that empties every table."""
    gc.disable()
    _flush_append_only_tables()


def _flush_append_only_tables() -> None:
    """Let the flush between transactional tests empty the append-only tables of SQLite, as TRUNCATE does elsewhere."""
    from django.db.backends.sqlite3.base import DatabaseOperations

    flush = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, style: Any, tables: Any, **options: Any) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drop = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        return [*drop, *flush(self, style, tables, **options), *(sql for _, sql in triggers)]

    DatabaseOperations.sql_flush = sql_flush


def pytest_collection_finish() -> None:
    """Django and thousands of collected tests stay to the end: looking through them again and again costs minutes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
