"""How long the one search box of orders takes among a million: `python -m tests.benchmarks.order_search`.

On PostgreSQL (BENCH_DATABASE_URL, else `mendery_bench` on this machine), in the production form without a server: each
request goes through the whole stack in this process, with a token. The shop is filled at the first run, in some minutes,
and kept for the next one.
"""

from __future__ import annotations

import argparse
import os
from importlib import import_module

import django

ORDERS = 1_000_000


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.order_search", description=__doc__)
    options.add_argument("--orders", type=int, default=ORDERS)
    options.add_argument("--rounds", type=int, default=40, help="of each kind, each with a needle of its own")
    options.add_argument("--only", default="", help="kinds whose name holds this")
    options.add_argument(
        "--explain", action="store_true", help="print the statements and plans of one search of each kind"
    )
    asked = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    if os.environ.get("BENCH_DATABASE_URL"):
        os.environ["DATABASE_URL"] = os.environ["BENCH_DATABASE_URL"]
    django.setup()
    import_module("tests.benchmarks.order_search_figures").run(asked)


if __name__ == "__main__":
    main()
