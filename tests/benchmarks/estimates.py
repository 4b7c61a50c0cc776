"""How long an estimate takes among 20,925 models, on either database: `python -m tests.benchmarks.estimates`.

Without TEST_DATABASE_URL on SQLite, in a file of its own; with it on that PostgreSQL server, whose database of tests is
made, filled and removed again. Models and prices come from `../shared/data`, which is no part of the project; prices are
filled up by a rule until there are as many as asked for. What is measured is the whole request and the answer alone.
"""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from pathlib import Path

import django

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.estimates", description=__doc__)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--prices", type=int, nargs="+", default=[2_000, 20_000])
    options.add_argument("--rounds", type=int, default=300)
    asked = options.parse_args()
    if not (asked.data / "devices.csv").exists():
        raise SystemExit(f"There is no {asked.data / 'devices.csv'}: nothing is measured.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    import_module("tests.benchmarks.estimates_figures").run(asked)


if __name__ == "__main__":
    main()
