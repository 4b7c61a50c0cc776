"""How long each paper of a repair takes as PDF: `python -m tests.benchmarks.documents`.

On SQLite in memory, or with TEST_DATABASE_URL on that server. Every file is made once, of an order of its own, by the
service that the interface calls: no name, number or code is one that was printed before. The first file of a process is
measured in a process that has printed nothing.
"""

from __future__ import annotations

import argparse
import os
from importlib import import_module

import django


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.documents", description=__doc__)
    options.add_argument("--rounds", type=int, default=15, help="orders of each script and number of lines")
    options.add_argument("--keep", default="", help="a folder for one file of each")
    asked = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    import_module("tests.benchmarks.documents_figures").run(asked)


if __name__ == "__main__":
    main()
