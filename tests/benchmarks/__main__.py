"""``python -m tests.benchmarks`` measures; ``--help`` says what can be chosen."""

import os
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
if os.environ.get("BENCH_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["BENCH_DATABASE_URL"]
django.setup()
import_module("tests.benchmarks.command").main()
