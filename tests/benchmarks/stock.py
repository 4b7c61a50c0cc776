"""``python -m tests.benchmarks.stock`` races through the stock's services; ``--verify 1000000`` proves a large stock.

Sixteen processes with a connection each reserve, issue, take, carry, receive and count, on one row and over a thousand,
one document after the other; beside them, in the same rounds, a bare psycopg form of the same work. After each round the
stock is verified.
"""

from __future__ import annotations

import argparse
import os
from importlib import import_module

import django


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.stock", description=__doc__)
    parser.add_argument(
        "--verify", type=int, metavar="MOVEMENTS", help="seed so many on both databases, and verify them"
    )
    parser.add_argument("--seed-only", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--verify-only", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--each", action="store_true", help="with --verify-only: the seconds of each check")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--only", help="one kind of work")
    asked = parser.parse_args()
    _prepare()
    verify = import_module("tests.benchmarks.stock_verify")
    if asked.verify:
        verify.compare_databases(asked.verify)
    elif asked.seed_only:
        verify.seed_only(asked.seed_only)
    elif asked.verify_only:
        verify.verify_only()
    else:
        import_module("tests.benchmarks.stock_races").run(asked)


def _prepare() -> None:
    """The settings, of production or, for the verification on SQLite, of the embedded form."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    if os.environ.get("BENCH_DATABASE_URL"):
        os.environ["DATABASE_URL"] = os.environ["BENCH_DATABASE_URL"]
    django.setup()


if __name__ == "__main__":
    main()
