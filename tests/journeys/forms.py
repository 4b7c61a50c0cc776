"""The two forms in which Mendery runs, started as people start them."""

import base64
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.journeys import compose
from tests.journeys.client import Caller
from tests.journeys.processes import Service, answers, base_environment, free_port, run, until

SERVED = ("web", "ws", "worker", "beat")
STOP_WITHIN = 10.0  # what container runtimes wait before they kill


class Form(ABC):
    """A running shop with the demo data in it."""

    domain: str
    password: str
    base: str
    sockets: str
    environment: dict[str, str]

    def __init__(self) -> None:
        self._callers: list[Caller] = []
        self._sessions: dict[str, tuple[str, dict[str, Any]]] = {}

    @abstractmethod
    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the shop's database, read past all of its code; ``%s`` stands for a value."""

    def pending(self) -> int:
        """How many deliveries have not been made."""
        return self.query("SELECT count(*) FROM audit_delivery WHERE status = 'pending'")[0][0]

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return run(["python", "manage.py", *arguments], self.environment)

    def caller(self, name: str | None = None) -> Caller:
        """A client that is logged in as one of the demo shop's people, or not. Each of them logs in once."""
        caller = Caller(self.base)
        self._callers.append(caller)
        if name in self._sessions:
            caller.resume(*self._sessions[name])
        elif name:
            caller.login(f"{name}@{self.domain}", self.password)
            self._sessions[name] = (caller.token, caller.user)
        return caller

    def hang_up(self) -> None:
        """Close the connections of all callers."""
        while self._callers:
            self._callers.pop().http.close()


class Embedded(Form):
    """``manage.py run`` with a data folder of its own."""

    domain = "demo.example"

    def __init__(self, data: Path, **more: str) -> None:
        super().__init__()
        self.data, self.port = data, free_port()
        self.base, self.sockets = f"http://127.0.0.1:{self.port}", f"ws://127.0.0.1:{self.port}"
        self.environment = base_environment(
            DJANGO_SETTINGS_MODULE="tests.journeys.embedded", DATA_DIR=str(data), PORT=str(self.port),
            RATE_LIMIT_AUTH="1000/m", RATE_LIMIT_STAFF="100000/m", **more,
        )  # fmt: skip
        self.service = Service(["python", "manage.py", "run"], self.environment, data.with_suffix(".log"))

    def start(self) -> "Embedded":
        self.service.start()
        until(lambda: self._is_up() or self.service.process.poll() is not None, "the embedded form is up", 90)
        assert self._is_up(), self.service.said()
        self.password = re.findall(r"with the password (\S+)", self.service.said())[-1]
        return self

    def _is_up(self) -> bool:
        return "Mendery is running at" in self.service.said()

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.data / "mendery.sqlite3", timeout=20)) as database:
            return database.execute(statement.replace("%s", "?"), values).fetchall()

    def copy_to(self, data: Path) -> "Embedded":
        """The same shop in another folder, not started; nothing is left to be delivered in it."""
        until(lambda: not self.pending(), "every event is delivered", 75)
        data.mkdir()
        for name in ("secrets.json", "demo-password"):
            shutil.copy(self.data / name, data / name)
        source = sqlite3.connect(self.data / "mendery.sqlite3")
        with closing(source), closing(sqlite3.connect(data / "mendery.sqlite3")) as target:
            source.backup(target)
        return Embedded(data)

    def dump(self) -> list[str]:
        """Everything that is in the database."""
        with closing(sqlite3.connect(self.data / "mendery.sqlite3")) as database:
            return list(database.iterdump())


class Stack(Form):
    """The services of docker-compose.yml, started with its commands, on a database and a Redis of their own."""

    domain = "shop.example"

    def __init__(self, folder: Path, server: str) -> None:
        super().__init__()
        self.folder = folder
        self.password = f"Shop-{secrets.token_hex(6)}-A1"
        self.database = f"mendery_journeys_{secrets.token_hex(4)}"
        self.ports = {name: free_port() for name in ("web", "ws", "redis")}
        self.base, self.sockets = f"http://127.0.0.1:{self.ports['web']}", f"ws://127.0.0.1:{self.ports['ws']}"
        self._server = urlsplit(server)._replace(path="/postgres").geturl()
        self._url = urlsplit(server)._replace(path=f"/{self.database}").geturl()
        self._dot_env = fresh_dot_env()
        self.environment = self.environment_of("web")
        self.services = {name: self._service(name) for name in SERVED}
        self.redis = Service(self._redis_command(), base_environment(), folder / "redis.log")

    def environment_of(self, name: str, **more: str) -> dict[str, str]:
        """What the compose file gives to a service; only places are others here, and limits that many logins need."""
        places = {
            "DJANGO_SETTINGS_MODULE": "tests.journeys.settings",
            "DATABASE_URL": self._url,
            "REDIS_URL": f"redis://127.0.0.1:{self.ports['redis']}/0",
            "BIND_ADDRESS": "127.0.0.1",
            "PORT": str(self.ports["web"]),
            "UVICORN_HOST": "127.0.0.1",
            "UVICORN_PORT": str(self.ports["ws"]),
            "FILES_DIR": str(self.folder / "files"),
            "BEAT_FILE": str(self.folder / "beat"),
            "STATIC_ROOT": str(self.folder / "static"),
            "RATE_LIMIT_AUTH": "1000/m",
            "RATE_LIMIT_STAFF": "100000/m",
        }
        return base_environment(**{**compose.environment(name, self._dot_env), **places, **more})

    def _service(self, name: str) -> Service:
        return Service(compose.command(name), self.environment_of(name), self.folder / f"{name}.log")

    def _redis_command(self) -> list[str]:
        if shutil.which("redis-server") is None:
            pytest.fail("redis-server is not on the path; these tests start, kill and restart one of their own.")
        place = ["--port", str(self.ports["redis"]), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        return [*compose.command("redis"), *place]

    def start(self) -> "Stack":
        self._sql(f'CREATE DATABASE "{self.database}"')
        self.redis.start()
        with ThreadPoolExecutor() as side:
            static = side.submit(run, ["python", "manage.py", "collectstatic", "--noinput"], self.environment)
            migration = run(compose.command("migrate"), self.environment_of("migrate"))
            assert migration.returncode == 0, migration.stderr
            self._seed()
            assert static.result().returncode == 0, static.result().stderr
        for service in self.services.values():
            service.start()
        self.await_readiness()
        return self

    def _seed(self) -> None:
        more = {
            "DJANGO_SETTINGS_MODULE": "tests.journeys.seeding",
            "DEMO_PASSWORD": self.password,
            "DATA_DIR": str(self.folder),
        }
        seeding = run(["python", "manage.py", "bootstrap"], self.environment_of("migrate", **more))
        assert seeding.returncode == 0, seeding.stderr
        # Production refuses the users of the demo shop: here they move to a shop of their own.
        with psycopg.connect(self._url, autocommit=True) as database:
            database.execute("UPDATE accounts_user SET email = replace(email, '@demo.example', '@shop.example')")

    def await_readiness(self) -> None:
        """Wait until web and sockets answer."""
        until(lambda: answers(self.ports["web"]), "web answers")
        until(lambda: answers(self.ports["ws"]), "the socket server answers")

    def _sql(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as database:
            database.execute(statement)

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._url) as database:
            return database.execute(statement, values).fetchall()

    def stop(self) -> dict[str, tuple[int, float]]:
        """End everything, first politely and side by side; exit status and seconds of each service."""
        running = {name: service for name, service in self.services.items() if service.started is not None}
        try:
            with ThreadPoolExecutor() as side:
                ends = {name: side.submit(service.stop) for name, service in running.items()}
            return {name: end.result() for name, end in ends.items()}
        finally:
            for service in [*running.values(), self.redis]:
                service.kill()
            self._sql(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')


def fresh_dot_env() -> dict[str, str]:
    """What an operator writes into ``.env``."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "TOKEN_KEYS": f"k1:{secrets.token_urlsafe(48)}",
        "FIELD_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "ALLOWED_HOSTS": "127.0.0.1",
        "POSTGRES_PASSWORD": secrets.token_hex(24),
        "HTTPS": "false",
    }
