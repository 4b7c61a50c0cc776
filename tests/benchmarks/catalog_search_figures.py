"""The whole device list in the catalogue, and how long it takes to find some of it."""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.runner import DiscoverRunner

from apps.catalog.models import DeviceModel, ModelWord
from apps.catalog.selectors import device_models_matching, ranked_models
from apps.catalog.services import import_devices
from apps.core.actor import Actor
from apps.core.api.pagination import paginate
from apps.core.imports import Report, chunks, read_csv

ACTOR = Actor.system("benchmark")
AT_ONCE = 20
TEXTS = [
    "iphone x", "iphonex", "iphone 10", "iphone10", "A1901", "iphone 13", "apple iphone 13", "iphone se 2020",
    "galaxy s21", "samsung s21", "samsungs21", "SM-G991B", "g991b", "s21+", "galaxy a5 2016", "ipad 7", "ipad 7th gen",
    "moto g7 power", "redmi note 8 pro", "xperia", "samsung", "galaxy", "plus", "pro", "lte", "5g", "a", "s", "x", "7",
    "sm", "ip", "qz", "note8pro", "991b", "iphnoe 12", "galxy s21", "samsng galaxy", "zeppelin",
]  # fmt: skip
TYPED = ["iphone 13 pro max", "samsung galaxy s21", "sm-g991b"]


def measured(work: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """The median and the 95th of 100 times of ``work``, in milliseconds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def first_page(text: str) -> Any:
    return paginate(ranked_models(DeviceModel.objects.all(), text), {"limit": str(AT_ONCE)}, [])


def figures(asked: argparse.Namespace) -> Iterator[str]:
    yield f"{'search':22}{'found':>6}  {'while typing':>14}  {'page with total':>15}   (p50 p95 in ms)"
    for text in TEXTS:
        yield _line(text, asked)
    for text in TYPED:
        lengths = range(1, len(text) + 1)
        each = [measured(lambda n=n, text=text: device_models_matching(text[:n], ACTOR, AT_ONCE), asked.rounds)
                for n in lengths]  # type: ignore[misc]  # fmt: skip
        slowest = max(range(len(each)), key=lambda n: each[n][0])
        p50, p95 = statistics.median(one for one, _ in each), max(one for _, one in each)
        yield (
            f"“{text}” letter by letter: median of p50 {p50:.1f}, highest p50 {each[slowest][0]:.1f} at "
            f"“{text[: slowest + 1]}”, highest p95 {p95:.1f}"
        )
        if asked.show:
            for n, (middle, high) in zip(lengths, each, strict=True):
                yield f"    {text[:n]:22} {middle:6.1f} {high:6.1f}  {_names(text[:n], 3)}"


def _line(text: str, asked: argparse.Namespace) -> str:
    typed = measured(lambda: device_models_matching(text, ACTOR, AT_ONCE), asked.rounds)
    paged = measured(lambda: first_page(text), asked.rounds)
    total = first_page(text).pagination["total"]
    names = f"   {_names(text, 4)}" if asked.show else ""
    return f"{text:22}{total:>6}  {typed[0]:6.1f} {typed[1]:7.1f}  {paged[0]:7.1f} {paged[1]:7.1f}{names}"


def _names(text: str, most: int) -> str:
    return " | ".join(str(model) for model in device_models_matching(text, ACTOR, most))


def fill(devices: Path) -> Report:
    report = Report()
    for chunk in chunks(read_csv(devices, {"device_key", "brand", "model"}), 1000):
        import_devices(chunk, report, actor=ACTOR)
    return report


def run(asked: argparse.Namespace) -> None:
    """Make the database, fill it, print the figures, and remove it again."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases(serialized_aliases=set())
    try:
        report = fill(asked.devices)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        print(f"{connection.vendor}: {report.summary()}; {ModelWord.objects.count():,} index entries; "
              f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
        for line in figures(asked):
            print(line, flush=True)
        print(f"load at the end: {os.getloadavg()[0]:.1f}")
    finally:
        runner.teardown_databases(databases)
