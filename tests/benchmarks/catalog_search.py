"""How long it takes to find a device model among all of a device list: `python -m tests.benchmarks.catalog_search`.

Without TEST_DATABASE_URL on SQLite, in a file of its own; with it on that PostgreSQL server, whose database of tests is
made, filled and removed again. The list is that of `--devices`, else ../shared/data/devices.csv beside the project; without
one it says so and ends. What is measured is what the pages ask while somebody types (the first 20 models with their
brands), and what the list of the interface asks for its first page with its total.
"""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from pathlib import Path

import django

DEVICES = Path(__file__).resolve().parents[3] / "shared" / "data" / "devices.csv"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.catalog_search", description=__doc__)
    options.add_argument("--devices", type=Path, default=DEVICES)
    options.add_argument("--rounds", type=int, default=41)
    options.add_argument("--show", action="store_true", help="Print what is found, too.")
    asked = options.parse_args()
    if not asked.devices.exists():
        raise SystemExit(f"There is no device list at {asked.devices}; name one with --devices.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    import_module("tests.benchmarks.catalog_search_figures").run(asked)


if __name__ == "__main__":
    main()
