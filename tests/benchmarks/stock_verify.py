"""How long the verification takes over a large stock, and how much memory: ``python -m tests.benchmarks.stock --verify``."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from apps.inventory import selectors
from apps.inventory.models import MovedSerial, Reservation, TransferLine
from apps.inventory.services import verification
from apps.inventory.services.verification.differences import differences
from tests.benchmarks.command import make_database
from tests.benchmarks.stock_seed import seed


def compare_databases(movements: int) -> None:
    """Seed and verify on both databases, each in processes of its own, so that the memory is that of the verification."""
    database = settings.DATABASES["default"]
    name = f"{database['NAME']}_stock"
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{name}"
    with tempfile.TemporaryDirectory() as folder:
        for title, environment in (
            ("PostgreSQL", {"BENCH_DATABASE_URL": url}),
            ("SQLite", {"BENCH_SQLITE": str(Path(folder) / "stock.sqlite3")}),
        ):
            for step in (["--seed-only", str(movements)], ["--verify-only"]):
                print(f"{title}: ", end="", flush=True)
                command = [sys.executable, "-m", "tests.benchmarks.stock", *step]
                subprocess.run(command, env={**os.environ, **environment}, check=True)


def seed_only(movements: int) -> None:
    """Make the database anew and fill it."""
    if connection.vendor == "postgresql":
        drop_database()
        make_database()
    call_command("migrate", verbosity=0)
    started = time.perf_counter()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
    seed(movements)
    levels, recorded = selectors.stock_figures()
    print(
        f"{recorded:,} movements, {levels:,} levels, {Reservation.objects.count():,} reservations,"
        f" {MovedSerial.objects.count():,} moves of serials, {TransferLine.objects.count():,} lines of transfers"
        f" in {time.perf_counter() - started:.0f} s"
    )


def verify_only() -> None:
    """Verify what is there, and print seconds and memory; exit status 1 on a difference."""
    connection.ensure_connection()
    before = _peak()
    started = time.perf_counter()
    found = verification.verify_stock()
    taken = time.perf_counter() - started
    print(f"verified in {taken:.1f} s, {_peak():.0f} MB at most ({before:.0f} MB before), {len(found)} differences")
    if "--each" in sys.argv:
        for check in verification.CHECKS:
            started = time.perf_counter()
            list(differences(check))
            print(f"  {time.perf_counter() - started:5.1f} s {', '.join(check.names)}")
    for difference in found[:10]:
        print(f"  {difference}")
    if found:
        raise SystemExit(1)


def drop_database() -> None:
    """Remove the database of this benchmark, which is its own."""
    database = settings.DATABASES["default"]
    name = database["NAME"]
    if not name.endswith("_stock"):
        raise SystemExit(f"The benchmark of the stock removes its database, and {name} does not look like it.")
    to_server = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"]}
    with psycopg.connect(**to_server, password=database["PASSWORD"], dbname="postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
