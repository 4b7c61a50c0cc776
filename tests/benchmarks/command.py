"""The interface over a large shop, beside the same statements without Django."""

from __future__ import annotations

import argparse
import itertools
import json
import pickle
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import setup_test_environment

from apps.accounts.models import Customer, User
from apps.accounts.services.sessions import Device, open_session
from apps.catalog.models import DeviceModel, PartType, RepairType
from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from tests.benchmarks.load import Request, Round, message, run
from tests.benchmarks.plans import Plan, record
from tests.benchmarks.seed import seed
from tests.benchmarks.servers import Server

LIST = "/api/v1/repairs?limit=50"
SERVERS = {
    "bare": ("tests.benchmarks.bare_wsgi:application", {}),
    "mendery": ("config.wsgi:application", {}),
    "mendery, no middleware": ("config.wsgi:application", {"BENCH_WITHOUT_MIDDLEWARE": "1"}),
}
# What the project holds itself to, as parts of the bare form: with all middleware, and without.
BOUNDS = {"list": (0.45, 0.60), "one": (0.50, None), "create": (0.35, None), "status": (None, None)}


def main() -> None:
    asked = _arguments()
    make_database()
    call_command("migrate", verbosity=0)
    seed(asked.orders)
    token = _token()
    operations = _operations(token)
    with tempfile.TemporaryDirectory() as folder:
        plans = Path(folder) / "plans"
        plans.write_bytes(pickle.dumps(_plans(token)))
        servers = {
            name: Server(application, asked.processes, asked.threads, {**extra, "BENCH_PLANS": str(plans)})
            for name, (application, extra) in SERVERS.items()
        }
        try:
            _compare_bytes(servers, operations)
            results = _measure(servers, operations, asked)
            print(f"\n{asked.orders:,} orders, {asked.clients} clients, {asked.processes} processes of {asked.threads}"
                  f" threads, {asked.rounds} rounds of {asked.seconds} s each, interleaved; medians")  # fmt: skip
            _print(results)
            if asked.large:
                _large(servers, operations, asked)
        finally:
            for server in servers.values():
                server.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=0, help="then grow to so many orders and measure the list again")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4, help="of each process; as many as production has")
    parser.add_argument("--only", choices=["list", "one", "create", "status"], default=None)
    return parser.parse_args()


def make_database() -> None:
    database = settings.DATABASES["default"]
    to_server = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"]}
    try:
        with psycopg.connect(**to_server, password=database["PASSWORD"], dbname="postgres", autocommit=True) as server:
            name = database["NAME"]
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                server.execute(f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError as error:
        raise SystemExit(f"The benchmark needs a PostgreSQL server (BENCH_DATABASE_URL): {error}") from None


def _token() -> str:
    manager = User.objects.filter(role="manager").earliest("created_at")
    with transaction.atomic():
        return open_session(manager, Device("127.0.0.1", "benchmark"), actor=Actor.user(manager)).access


def _intake() -> dict[str, Any]:
    lines = [
        {"repairTypeId": str(RepairType.objects.all()[n].pk), "partTypeId": str(PartType.objects.all()[n].pk),
         "quantity": 1, "unitPrice": "90.00", "discount": "5.00"}
        for n in range(2)
    ]  # fmt: skip
    return {
        "customerId": str(Customer.objects.all()[0].pk), "branchId": str(Branch.objects.all()[0].pk),
        "deviceModelId": str(DeviceModel.objects.all()[0].pk), "issueDescription": "The screen is cracked.",
        "deviceSerial": "SN-1", "items": lines,
    }  # fmt: skip


def _open_orders() -> list[str]:
    orders = RepairOrder.objects.filter(status="in_progress").order_by("-created_at")
    return [str(pk) for pk in orders.values_list("pk", flat=True)[:4000]]


def _operations(token: str) -> dict[str, Callable[[], Request]]:
    """For each operation, a maker of a maker of requests."""
    orders = _open_orders()
    created = message("POST", "/api/v1/repairs", token, json.dumps(_intake()).encode())
    listed = message("GET", LIST, token)
    statuses = _status_requests(orders, token)

    def one() -> Request:
        requests = itertools.cycle([message("GET", f"/api/v1/repairs/{pk}", token) for pk in orders[:500]])
        return lambda: next(requests)

    return {
        "list": lambda: lambda: listed,
        "one": one,
        "create": lambda: lambda: created,
        "status": lambda: lambda: next(statuses),
    }


def _status_requests(orders: list[str], token: str) -> Iterator[bytes]:
    """Each order to `waiting_parts` and, a whole round of orders later, back."""
    for status in itertools.cycle(["waiting_parts", "in_progress"]):
        body = json.dumps({"status": status}).encode()
        for pk in orders:
            yield message("PUT", f"/api/v1/repairs/{pk}/status", token, body)


def _plans(token: str) -> dict[str, Plan]:
    setup_test_environment()
    client = Client(headers={"Authorization": f"Bearer {token}"})
    order = f"/api/v1/repairs/{_open_orders()[-1]}"
    asked = {
        "list": ("GET", LIST, None, 200),
        "one": ("GET", order, None, 200),
        "create": ("POST", "/api/v1/repairs", _intake(), 201),
        "status waiting_parts": ("PUT", f"{order}/status", {"status": "waiting_parts"}, 200),
        "status in_progress": ("PUT", f"{order}/status", {"status": "in_progress"}, 200),
    }
    for request in asked.values():
        record(client, *request)  # at the second time everything that is composed once has been composed
    plans = {name: record(client, *request) for name, request in asked.items()}
    for name, plan in plans.items():
        print(f"{name}: {len(plan.steps)} statements")
    connection.close()
    return plans


def _compare_bytes(servers: dict[str, Server], operations: dict[str, Callable[[], Request]]) -> None:
    """The bare form answers the same bytes, but for the time and the request's id in ``meta``."""
    from tests.benchmarks.load import Client as Connection

    for name in ("list", "one"):
        request = operations[name]()()
        answers = set()
        for server in servers.values():
            client = Connection(server.port)
            answers.add(client.ask(request)[1].partition(b'"meta":')[0])
            client.close()
        if len(answers) != 1:
            raise SystemExit(f"{name}: the servers do not answer the same bytes.")
        print(f"{name}: {len(answers.pop()):,} bytes, the same from every server")


Results = dict[tuple[str, str], list[Round]]


def _measure(servers: dict[str, Server], operations: dict[str, Callable[[], Request]], asked: Any) -> Results:
    results: Results = {}
    names = [asked.only] if asked.only else list(operations)
    for name in names:
        for server in servers.values():
            run(server.port, operations[name](), clients=asked.clients, seconds=0.5, cpu=server.cpu)
        for _ in range(asked.rounds):
            for title, server in servers.items():
                taken = run(server.port, operations[name](), clients=asked.clients, seconds=asked.seconds,
                            cpu=server.cpu)  # fmt: skip
                results.setdefault((name, title), []).append(taken)
    return results


def _print(results: Results) -> None:
    print(
        f"{'':8} {'':24} {'req/s':>8} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'CPU ms':>8} {'of bare':>8} {'asked':>6}"
    )
    for (name, title), rounds in results.items():
        times = sorted(time for taken in rounds for time in taken.times)
        ratio = statistics.median(
            mine.rate / bare.rate for mine, bare in zip(rounds, results[name, "bare"], strict=True)
        )
        bound = None if title == "bare" else BOUNDS[name]["no middleware" in title]
        print(
            f"{name:8} {title:24} {statistics.median(taken.rate for taken in rounds):8.0f}"
            f" {_percentile(times, 50):8.1f} {_percentile(times, 95):8.1f} {_percentile(times, 99):8.1f}"
            f" {statistics.median(taken.cpu_per_request for taken in rounds) * 1000:8.2f} {ratio:8.2f}"
            f" {bound or '':>6}"
        )


def _percentile(times: list[float], percent: int) -> float:
    return times[min(len(times) - 1, len(times) * percent // 100)] * 1000


def _large(servers: dict[str, Server], operations: dict[str, Callable[[], Request]], asked: Any) -> None:
    """The list over a table ten times as large, beside the same list in the smaller one, measured just before."""
    server = {"mendery": servers["mendery"]}
    only_list = {"list": operations["list"]}
    asked.only = "list"
    small = _measure(server, only_list, asked)["list", "mendery"]
    seed(asked.large)
    large = _measure(server, only_list, asked)["list", "mendery"]
    rates = [statistics.median(taken.rate for taken in rounds) for rounds in (small, large)]
    print(
        f"\nlist at {asked.large:,} orders: {rates[1]:.0f} req/s, {rates[1] / rates[0]:.2f} of the {rates[0]:.0f} before"
    )
