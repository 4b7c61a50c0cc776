"""A shop with a catalogue of real size and a long price list, and how long it takes to estimate what is not on it."""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.runner import DiscoverRunner

from apps.catalog.enums import PartQuality
from apps.catalog.models import DeviceModel, RepairType
from apps.core.actor import Actor
from apps.pricing import selectors
from apps.pricing.models import EstimatorVersion, Price, today
from apps.pricing.selectors import versions
from apps.pricing.services import train_estimators
from tests.conftest import Api
from tests.factories import member

SYSTEM = Actor.system("benchmark")
REPAIRS = {"screen": 1.0, "battery": 0.4, "back_glass": 0.7, "charging_port": 0.45, "camera": 0.6, "speaker": 0.35}
QUALITIES = dict(zip(PartQuality.values, (1.3, 1.0, 0.85, 0.7), strict=True))


class Shop:
    """The catalogue, and as many prices as are asked for."""

    def __init__(self, data: Path) -> None:
        call_command("import_devices", data / "devices.csv", stdout=StringIO())
        self.chance = random.Random(4711)
        self.models = list(DeviceModel.objects.select_related("brand").order_by("import_key"))
        self.chance.shuffle(self.models)
        self.repairs = {name: RepairType.objects.create(name=name) for name in REPAIRS}
        self.keys: set[tuple[Any, ...]] = set()
        self.published = self._published(data / "repair_prices.csv")

    def _published(self, path: Path) -> int:
        """Prices that shops have published, all taken for dollars; none where the file is absent."""
        if not path.exists():
            return 0
        by_key = {model.import_key: model for model in self.models}
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if row["device_key"] in by_key]
        made = [
            self._price(by_key[row["device_key"]], row["repair_type"], row["part_quality"], row["price"])
            for row in rows
        ]
        return len(Price.objects.bulk_create(price for price in made if price is not None))

    def _price(self, model: DeviceModel, repair: str, quality: str, amount: Any) -> Price | None:
        quality = quality if quality in QUALITIES else "original"
        key = (model.pk, repair, quality)
        if key in self.keys:
            return None
        self.keys.add(key)
        if repair not in self.repairs:
            self.repairs[repair] = RepairType.objects.create(name=repair)
        price = Decimal(str(amount)).quantize(Decimal(1))
        return Price(device_model=model, repair_type=self.repairs[repair], part_quality=quality, price=max(price, 1))

    def grow(self, prices: int) -> None:
        """Fill the list up by a rule: newer and larger is dearer, each model has a mood of its own."""
        made: list[Price] = []
        wanted = prices - Price.objects.count()
        for model in self.models:
            if len(made) >= wanted:
                break
            mood = self.chance.uniform(0.8, 1.25) * (1 + max(0, (model.release_year or 2015) - 2010) / 10)
            for repair, share in REPAIRS.items():
                for quality, factor in QUALITIES.items():
                    price = self._price(model, repair, quality, round(90 * share * factor * mood))
                    if price is not None and len(made) < wanted:
                        made.append(price)
        Price.objects.bulk_create(made, batch_size=2_000)

    def questions(self, rounds: int) -> list[dict[str, str]]:
        """What is asked: models from the end of the catalogue, which have no price."""
        asked = self.models[-rounds:]
        names = list(REPAIRS)
        return [
            {"deviceModelId": str(model.pk), "repairTypeId": str(self.repairs[names[number % len(names)]].pk),
             "partQuality": PartQuality.values[number % 4]}
            for number, model in enumerate(asked)
        ]  # fmt: skip


def measured(work: Callable[[Any], Any], things: list[Any]) -> str:
    """Median and 95th of 100 of ``work``, in milliseconds: on the clock, and of the processor's time."""
    clock, processor = [], []
    for thing in things:
        started, used = time.perf_counter(), time.process_time()
        work(thing)
        clock.append((time.perf_counter() - started) * 1000)
        processor.append((time.process_time() - used) * 1000)
    return " ".join(
        f"{statistics.median(times):8.1f} {statistics.quantiles(times, n=20)[-1]:8.1f}" for times in (clock, processor)
    )


def figures(shop: Shop, rounds: int) -> Iterator[str]:
    started = time.perf_counter()
    train_estimators(actor=SYSTEM, currencies=["USD"])
    training = time.perf_counter() - started
    version = EstimatorVersion.objects.filter(currency="USD").order_by("-number")[0]
    versions._loaded.clear()
    started = time.perf_counter()
    selectors.current_estimator("USD")
    loading = time.perf_counter() - started
    size = len(version.content) / 1e6
    yield f"{Price.objects.count():,} prices: trained in {training:.1f} s, {size:.1f} MB, loaded in {loading * 1000:.0f} ms"
    api = Api(member("seller", None))
    client, questions = Client(headers=api.headers), shop.questions(rounds)
    bodies = [json.dumps(question) for question in questions]

    def request(body: str) -> None:
        answer = client.post("/api/v1/pricing/estimate", body, content_type="application/json")
        assert answer.json()["data"]["method"] != "listed", answer.content

    models = {str(pk): model for pk, model in DeviceModel.objects.in_bulk().items()}
    repairs = {str(one.pk): one for one in shop.repairs.values()}
    asked = [
        selectors.Asked(models[one["deviceModelId"]], repairs[one["repairTypeId"]], quality=one["partQuality"])
        for one in questions
    ]
    request(bodies[0])
    yield f"{f'{rounds} models without a price; ms':34} {'median':>8} {'p95':>8} {'CPU':>8} {'p95':>8}"
    yield f"{'POST /pricing/estimate':34} {measured(request, bodies)}"
    answer = measured(lambda one: selectors.estimated_price(one, actor=SYSTEM, on=today()), asked)
    yield f"{'the answer with its queries':34} {answer}"


def run(asked: argparse.Namespace) -> None:
    """Make the database, fill it, print the figures, and remove it again."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases(serialized_aliases=set())
    try:
        shop = Shop(asked.data)
        print(
            f"{connection.vendor}: {len(shop.models):,} models, {shop.published:,} published prices; "
            f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        for prices in asked.prices:
            shop.grow(prices)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
            for line in figures(shop, asked.rounds):
                print(line, flush=True)
        print(f"load at the end: {os.getloadavg()[0]:.1f}")
    finally:
        runner.teardown_databases(databases)
