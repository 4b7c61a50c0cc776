"""How long the search for items takes among 100,000, on either database: `python -m tests.benchmarks.item_search`.

Without TEST_DATABASE_URL on SQLite, in a file of its own; with it on that PostgreSQL server, whose database of tests is
made, filled and removed again. It takes two to four minutes. What is measured is what the list of items asks the database
for its first page: how many, and which. `--without-index` measures the same without the index for parts of words.
"""

from __future__ import annotations

import argparse
import os
from importlib import import_module

import django

ITEMS = 100_000


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.item_search", description=__doc__)
    options.add_argument("--items", type=int, default=ITEMS)
    options.add_argument("--rounds", type=int, default=31)
    options.add_argument("--without-index", action="store_true")
    asked = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    import_module("tests.benchmarks.item_search_figures").run(asked)


if __name__ == "__main__":
    main()
