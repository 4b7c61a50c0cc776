"""``python -m tests.benchmarks.login``: what a log-in costs, and what many at once do to other requests of the process.

Log-ins are with the right password (one hash) and with a wrong one for an identifier that nobody has (two hashes). An
ordinary request, an account reading itself, is timed in the same single process while nobody logs in and while four
times as many try as it has threads, first waiting when they are told to and then at once again. Limits and lockout are
out of the way: each wrong try is of another identifier.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from typing import Any

import django

from tests.benchmarks.load import Client, Request, message
from tests.benchmarks.servers import Server

PASSWORD, NAMES = "Measured-Horse-9", 50
UNLIMITED = {"RATE_LIMIT_AUTH": "100000000/m"}
RETRY_AFTER = 2.0  # what `TooBusy` tells
APPLICATION = "config.wsgi:application"
BOUNDS = {
    "no bound": {"HASHES_AT_ONCE": "1000", "HASH_PLACES": "1000"},
    "all threads but one hash": {"HASHES_AT_ONCE": "1000"},
    "one hashes, all but one wait": {},
}


def main() -> None:
    asked = _arguments()
    token, names = _people()
    print(f"one hash: {_hash_time() * 1000:.0f} ms")
    right, wrong = _log_ins(names)
    _print_rates(asked, right, wrong)
    for title, bounds in BOUNDS.items():
        _print_waits(asked, title, bounds, token, right)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.login", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=4, help="of each process; as many as production has")
    return parser.parse_args()


def _people() -> tuple[str, list[str]]:
    """An access token, and the identifiers of accounts with the password."""
    import_module("tests.benchmarks.command").make_database()
    management: Any = import_module("django.core.management")
    management.call_command("migrate", verbosity=0)
    users: Any = import_module("apps.accounts.models").User.objects
    names = [f"measured{number}@shop.example" for number in range(NAMES)]
    encoded = import_module("django.contrib.auth.hashers").make_password(PASSWORD)
    for name in names:
        fields = {"is_verified": True, "password": encoded, "role": "manager", "is_active": True}
        users.update_or_create(email=name, defaults=fields)
    return _token(users.get(email=names[0])), names


def _token(user: Any) -> str:
    sessions = import_module("apps.accounts.services.sessions")
    actor = import_module("apps.core.actor").Actor.user(user)
    with import_module("django.db.transaction").atomic():
        return str(sessions.open_session(user, sessions.Device("127.0.0.1", "benchmark"), actor=actor).access)


def _hash_time() -> float:
    hashers = import_module("django.contrib.auth.hashers")
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        hashers.make_password(PASSWORD)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _log_ins(names: list[str]) -> tuple[Request, Request]:
    """Makers of log-ins that succeed, and of log-ins of nobody."""
    known, number = itertools.cycle(names), itertools.count()

    def body(identifier: str) -> bytes:
        return json.dumps({"identifier": identifier, "password": PASSWORD}).encode()

    return (
        lambda: message("POST", "/api/v1/auth/login", "", body(next(known))),
        lambda: message("POST", "/api/v1/auth/login", "", body(f"nobody{next(number)}@shop.example")),
    )


class Asking:
    """Threads that ask until they are told to stop."""

    def __init__(self, port: int, request: Request, clients: int, pause: float = 0.0) -> None:
        self.port, self.request, self.pause = port, request, pause
        self.times: list[float] = []
        self.statuses: Counter[int] = Counter()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]
        self._started = time.perf_counter()
        for thread in self._threads:
            thread.start()

    def _ask(self) -> None:
        client = Client(self.port)
        while not self._over.is_set():
            sent = time.perf_counter()
            status, _ = client.ask(self.request())
            self.times.append(time.perf_counter() - sent)
            self.statuses[status] += 1
            if status == 503:
                self._over.wait(self.pause)
        client.close()

    def stop(self) -> float:
        """The seconds that it took."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        return time.perf_counter() - self._started


def _served(processes: int, threads: int, extra: dict[str, str], measure: Callable[[int], None]) -> None:
    server = Server(APPLICATION, processes, threads, {**UNLIMITED, **extra})
    try:
        Client(server.port).ask(message("GET", "/health/ready", ""))
        measure(server.port)
    finally:
        server.stop()


def _print_rates(asked: argparse.Namespace, right: Request, wrong: Request) -> None:
    def measure(port: int) -> None:
        for title, request, expected in (("right password", right, 200), ("unknown identifier", wrong, 401)):
            asking = Asking(port, request, 2 * asked.threads, RETRY_AFTER)
            time.sleep(asked.seconds)
            seconds = asking.stop()
            print(
                f"2 processes of {asked.threads} threads, {title}: {asking.statuses[expected] / seconds:.1f} log-ins/s,"
                f" p50 {_part(asking.times, 50):.0f} ms, p95 {_part(asking.times, 95):.0f} ms; {dict(asking.statuses)}"
            )

    _served(2, asked.threads, {}, measure)


def _print_waits(asked: argparse.Namespace, bound: str, extra: dict[str, str], token: str, log_in: Request) -> None:
    own_account = message("GET", "/api/v1/auth/me", token)

    def measure(port: int) -> None:
        crowd = 4 * asked.threads
        for title, clients, pause in (("nobody", 0, 0.0), ("waiting", crowd, RETRY_AFTER), ("storming", crowd, 0.0)):
            hammering = Asking(port, log_in, clients, pause)
            time.sleep(1)
            asking = Asking(port, lambda: own_account, 1)
            time.sleep(asked.seconds)
            asking.stop()
            seconds = hammering.stop()
            print(
                f"1 process of {asked.threads} threads, {bound}, {title}: "
                f"GET p50 {_part(asking.times, 50):.1f} ms, p95 {_part(asking.times, 95):.1f} ms; "
                f"{hammering.statuses[200] / seconds:.1f} log-ins/s; {dict(hammering.statuses)}"
            )

    _served(1, asked.threads, extra, measure)


def _part(times: list[float], percent: int) -> float:
    """A percentile in milliseconds."""
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)] * 1000 if times else 0.0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    if os.environ.get("BENCH_DATABASE_URL"):
        os.environ["DATABASE_URL"] = os.environ["BENCH_DATABASE_URL"]
    django.setup()
    main()
