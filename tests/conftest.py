"""What every test may use."""

from __future__ import annotations

import gc
import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from pytest_django import DjangoDbBlocker

from apps.accounts.models import User
from apps.accounts.services.sessions import Device, open_session
from apps.core.actor import Actor
from apps.inventory.models import Branch
from tests import prepared
from tests.answers import read
from tests.factories import BranchFactory, CustomerFactory, UserFactory, member

pytest_plugins = ["tests.quick"]
# The suite has a worker for each core: threads of numeric libraries would only wait for each other, ten times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")


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
        response: Any = self.client.generic(method, url, data, content_type="application/json", headers=sent)
        read(response)
        is_json = response.headers.get("Content-Type") == "application/json"
        response.body = response.json() if is_json and response.content else None
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
def no_files() -> None:
    """For tests that count files: those of other tests, which are kept in the process's memory, are gone."""
    _remove_files_in("")


def _remove_files_in(folder: str) -> None:
    folders, names = default_storage.listdir(folder)
    for name in names:
        default_storage.delete(f"{folder}/{name}" if folder else name)
    for inner in folders:
        _remove_files_in(f"{folder}/{inner}" if folder else inner)


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
    """No collector while tests are collected."""
    gc.disable()


def migrated(config: pytest.Config) -> Path:
    return prepared.migrated(config.cache.mkdir("migrated"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """While the workers collect, the process that only waits for them has the database prepared."""
    if connection.vendor == "sqlite" and session.config.getoption("numprocesses", None):
        threading.Thread(target=migrated, args=[session.config]).start()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """On SQLite the database is there already when Django is to make it."""
    return django_db_keepdb or connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, pytestconfig: pytest.Config) -> Iterator[None]:
    """Lays a migrated database where Django makes the one of the tests."""
    if connection.vendor != "sqlite":
        yield
        return
    database = Path(connection.settings_dict["TEST"]["NAME"])
    prepared.place(migrated(pytestconfig), database)
    yield
    connection.close()
    prepared.remove(database)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The prepared database; on SQLite a test that commits is followed by a copy of it instead of by a flush.

    A flush would stop at the append-only tables, and takes twenty times as long.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with closing(sqlite3.connect(":memory:")) as prepared, pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            connection.ensure_connection()
            connection.connection.backup(prepared)

        def restore(test: TransactionTestCase) -> None:
            connection.ensure_connection()
            prepared.backup(connection.connection)

        patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield


def pytest_collection_finish() -> None:
    """Django and thousands of collected tests stay to the end: looking through them again and again costs minutes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    gc.enable()
