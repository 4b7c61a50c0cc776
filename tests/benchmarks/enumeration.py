"""``python -m tests.benchmarks.enumeration``: does the interface tell, by its time, who has an account?

Starts the embedded form with its real hashing, asks each route in turn about an address that it knows and about one that
it does not know, and prints status, whether the bodies are the same, and the medians side by side.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.journeys.forms import Embedded

Body = dict[str, Any]
PASSWORD = "Correct-Horse-9"
HASHING = {"register", "login"}  # asked a quarter as often: a hash takes a quarter of a second
BOUND = 0.10  # the part of the time by which known and unknown may differ


@dataclass
class Side:
    """What was seen of one of the two: milliseconds, statuses, and the bodies without what differs in all of them."""

    times: list[float] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    bodies: set[str] = field(default_factory=set)

    def ask(self, http: httpx.Client, route: str, body: Body) -> None:
        """One request, timed from the first byte sent to the last byte read."""
        started = time.perf_counter()
        answer = http.post(f"/api/v1/auth/{route}", json=body)
        self.times.append((time.perf_counter() - started) * 1000)
        self.statuses.add(answer.status_code)
        self.bodies.add(_comparable(answer.json()))


def _comparable(body: Body) -> str:
    """The body; of tokens and of the account only the shape, because they are new in each answer."""
    data = body.get("data")
    shape = {name: sorted(value) if isinstance(value, dict) else "" for name, value in data.items()} if data else data
    has_tokens = bool(data) and "accessToken" in data
    kept = {name: value for name, value in body.items() if name not in {"meta", "data"}}
    return repr((kept, shape if has_tokens else data))


def _registration(email: str) -> Body:
    return {"firstName": "Kim", "lastName": "Reader", "email": email, "password": PASSWORD}


def _login(email: str) -> Body:
    return {"identifier": email, "password": "Wrong-Horse-9"}


def _identifier(email: str) -> Body:
    return {"identifier": email}


ROUTES: dict[str, Callable[[str], Body]] = {
    "register": _registration,
    "login": _login,
    "resend-otp": _identifier,
    "forgot-password": _identifier,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.enumeration", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="requests about each of the two, for each route")
    rounds: int = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        form = Embedded(Path(folder) / "data")
        form.environment |= {"RATE_LIMIT_AUTH": "1000000/m", "RATE_LIMIT_API": "1000000/m"}
        try:
            form.start()
            with httpx.Client(base_url=form.base, timeout=30, trust_env=False) as http:
                _measure(http, rounds)
            form.service.stop()
        finally:
            form.service.kill()


def _measure(http: httpx.Client, rounds: int) -> None:
    known = [f"known{number}@mail.example" for number in range(rounds)]
    for email in known:
        http.post("/api/v1/auth/register", json=_registration(email)).raise_for_status()
    strangers = (f"stranger{number}@mail.example" for number in itertools.count())
    # Who has registered has an account; only an address that somebody has verified is taken, as those of the demo shop.
    taken = itertools.cycle(f"{role}@demo.example" for role in ("admin", "manager", "technician", "seller", "customer"))
    print(f"{'route':16} {'status':>8} {'bodies':>10} {'known ms':>9} {'unknown ms':>11} {'differ by':>10}")
    for route, body_for in ROUTES.items():
        addresses = taken if route == "register" else iter(known)
        turns = range(rounds // 4 if route in HASHING else rounds)
        _print(route, *_compare(http, route, body_for, zip(turns, addresses, strangers, strict=False)))


def _compare(
    http: httpx.Client, route: str, body_for: Callable[[str], Body], pairs: Iterator[tuple[int, str, str]]
) -> tuple[Side, Side]:
    known, unknown = Side(), Side()
    for number, familiar, strange in pairs:
        both = [(known, familiar), (unknown, strange)]
        # Neither is always the one that comes after the other.
        for side, address in both if number % 2 else reversed(both):
            side.ask(http, route, body_for(address))
    return known, unknown


def _print(route: str, known: Side, unknown: Side) -> None:
    statuses = "/".join(map(str, sorted(known.statuses | unknown.statuses)))
    bodies = "the same" if known.bodies == unknown.bodies and len(known.bodies) == 1 else "DIFFERENT"
    medians = [statistics.median(side.times) for side in (known, unknown)]
    difference = medians[0] / medians[1] - 1
    verdict = "" if abs(difference) <= BOUND else f"  more than {BOUND:.0%}"
    print(f"{route:16} {statuses:>8} {bodies:>10} {medians[0]:9.1f} {medians[1]:11.1f} {difference:>+10.1%}{verdict}")


if __name__ == "__main__":
    main()
