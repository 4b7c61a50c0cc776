"""A shop of 100,000 items, and how long it takes to find some of them."""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.test.runner import DiscoverRunner

from apps.catalog.models import Brand, DeviceModel, PartType
from apps.core.actor import Actor
from apps.core.api.pagination import Ranked, paginate
from apps.core.ids import new_id
from apps.inventory.models import Category, Item
from apps.inventory.models.items import ITEM_WORDS
from apps.inventory.selectors.items import item_counts
from apps.inventory.services import follow_words, words

CATEGORIES = 1_000
CHUNK = 5_000
WRITTEN_AT_ONCE = 2_000
# Brands with their share of the items.
BRANDS = {"Apple": 30, "Samsung": 28, "Xiaomi": 14, "Huawei": 8, "Google": 6, "Motorola": 5, "OPPO": 4, "Nokia": 3,
          "Fairphone": 1, "Sony": 1}  # fmt: skip
SERIES = {
    "Apple": ["iPhone", "iPad", "iPad Pro", "MacBook Air"],
    "Samsung": ["Galaxy S", "Galaxy A", "Galaxy Note", "Galaxy Tab"],
    "Xiaomi": ["Redmi", "Redmi Note", "Mi", "Poco X"],
    "Google": ["Pixel", "Nexus"],
    "Motorola": ["Moto G", "Moto E", "Edge"],
    "Sony": ["Xperia"],
}
GENERATIONS = range(1, 25)
FORMS = ["", "Pro", "Plus", "Mini"]
PARTS = ["Screen", "Battery", "Rear camera", "Front camera", "Charging port", "Back cover", "Speaker", "SIM tray",
         "Tempered glass", "Case", "Frame", "Earpiece"]  # fmt: skip
KINDS = ["OLED", "soft OLED", "incell", "refurbished", "original pulled", "aftermarket", "high copy", "service pack"]
COLOURS = ["black", "white", "blue", "green", "purple", "gold", "silver", "red"]
TEXTS = {
    "name, most frequent": "screen", "name, its last word": "glass", "brand": "samsung", "rare brand": "fairphone",
    "part of a SKU": "-04711", "exact SKU": "APL-FRA-011111", "barcode": "4000001743", "model": "iphone 12",
    "model and part": "iphone 12 screen", "model, part, colour": "iphone 12 pro screen black",
    "beginning of a name": "screen for iphone", "model number": "a2024", "part and number": "battery a2024",
    "alias": "gen 12", "two frequent, rarely both": "nokia tempered", "description": "adhesive samsung",
    "no hit": "zeppelin", "no hit of two": "iphone zeppelin", "one letter": "a", "one figure": "7",
    "two letters": "xp", "two letters, rare": "qz", "one letter, no hit": "ж",
}  # fmt: skip
BY_CURSOR = ["brand", "model", "model and part", "one letter"]


def fill(items: int) -> None:
    """A shop with models by the hundred, most items for one or a few of them, some for many.

    The index is made when all is there, as one does with a table of this size.
    """
    chance = random.Random(4711)
    parts = PartType.objects.bulk_create(PartType(name=name) for name in PARTS)
    tops = Category.objects.bulk_create(Category(name=f"Category {number}") for number in range(CATEGORIES // 10))
    categories = tops + Category.objects.bulk_create(
        Category(name=f"Category {number}", parent=tops[number % len(tops)]) for number in range(len(tops), CATEGORIES)
    )
    models = _models()
    brands = chance.choices(list(models), [BRANDS[name] for name in models], k=items)
    ITEM_WORDS.remove(connection)
    for start in range(0, items, CHUNK):
        numbers = range(start, min(start + CHUNK, items))
        fitting = [chance.sample(models[brands[number]], _breadth(chance)) for number in numbers]
        made = [
            _item(number, brands[number], fits, parts, categories, chance)
            for number, fits in zip(numbers, fitting, strict=True)
        ]
        with transaction.atomic():
            Item.objects.bulk_create(made, batch_size=WRITTEN_AT_ONCE)
            Item.compatible_models.through.objects.bulk_create(
                (
                    Item.compatible_models.through(item_id=item.pk, devicemodel_id=model.pk)
                    for item, fits in zip(made, fitting, strict=True)
                    for model in fits
                ),
                batch_size=WRITTEN_AT_ONCE,
            )


def _models() -> dict[str, list[DeviceModel]]:
    found: dict[str, list[DeviceModel]] = {}
    for name in BRANDS:
        brand = Brand.objects.create(name=name)
        found[name] = [
            DeviceModel(
                brand=brand,
                name=f"{series} {generation} {form}".strip(),
                model_number=f"{name[0]}{2000 + line * 100 + generation * 4 + number}",
                aliases=[f"{series} Gen {generation}"] if not number else [],
            )
            for line, series in enumerate(SERIES.get(name, [name[:2]]))
            for generation in GENERATIONS
            for number, form in enumerate(FORMS)
        ]
        for model in found[name]:
            model.save()
    return found


def _breadth(chance: random.Random) -> int:
    return chance.choice([1, 1, 1, 1, 1, 2, 2, 3, 6, 20])


def _item(
    number: int,
    brand: str,
    fits: list[DeviceModel],
    parts: list[PartType],
    categories: list[Category],
    chance: random.Random,
) -> Item:
    part = chance.randrange(len(parts))
    kind, colour = chance.choice(KINDS), chance.choice(COLOURS)
    # Half of the names say the model; the others leave that to the models they fit.
    name = f"{PARTS[part]} for {fits[0].name} {kind} {colour}" if number % 2 else f"{kind} {PARTS[part]} {colour}"
    item = Item(
        id=new_id(),
        sku=f"{brand[0]}{brand[2]}{brand[-2]}-{PARTS[part][:3]}-{number:06d}".upper(),
        name=name,
        barcode=f"{4_000_000_000_000 + number * 37}",
        description="Tested before dispatch; with tools and adhesive." if chance.random() < 0.3 else "",
        part_type=parts[part],
        category=categories[number % len(categories)],
    )
    named = {word for model in fits for word in f"{model.brand.search_text} {model.search_text}".split()}
    item.models_text = " ".join(sorted(named))
    item.describe()
    return item


def measured(work: Callable[[], Any], rounds: int) -> str:
    """The median and the 95th of 100 times of ``work``, in milliseconds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return f"{statistics.median(times):8.1f} {statistics.quantiles(times, n=20)[-1]:8.1f}"


def first_page(text: str, params: dict[str, str] | None = None) -> Any:
    items = Item.objects.all()
    parts, walks = items.ranked_by(text), items.ranked_by(text, one_by_one=True)
    found = Ranked(items.found_by(text), items.rank_by(text), parts, walks, ["search_name"])
    return paginate(found, params or {}, [])


def figures(rounds: int) -> Iterator[str]:
    yield f"{'search':26}{'text':28}{'found':>6} {'median':>8} {'p95':>8}  (ms, first page with its total)"
    for name, text in TEXTS.items():
        total = first_page(text).pagination["total"]
        times = measured(lambda text=text: first_page(text), rounds)  # type: ignore[misc]
        yield f"{name:26}{text:28}{total:>6} {times}"
    for name in BY_CURSOR:
        times = measured(lambda name=name: first_page(TEXTS[name], {"cursor": ""}), rounds)  # type: ignore[misc]
        yield f"{name + ', by cursor':54}{'':>6} {times}"
    yield f"{'counts of all categories':54}{Category.objects.count():>6} {measured(item_counts, rounds)}"


def renaming() -> str:
    """How long the first chunk of a renamed brand takes, within one transaction."""
    brand = Brand.objects.get(name="Samsung")
    brand.name = "Sam Sung"
    brand.save()
    started = time.perf_counter()
    follow_words("catalog.brand", brand.pk, actor=Actor.system("benchmark"))
    return f"a renamed brand, {words.CHUNK} of its items: {(time.perf_counter() - started) * 1000:.0f} ms"


def run(asked: argparse.Namespace) -> None:
    """Make the database, fill it, print the figures, and remove it again."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases(serialized_aliases=set())
    try:
        started = time.perf_counter()
        fill(asked.items)
        if not asked.without_index and not ITEM_WORDS.ensure(connection):
            raise SystemExit("This database has no index for parts of words; see the log.")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        pairs = Item.compatible_models.through.objects.count()
        print(
            f"{connection.vendor}, {'without' if asked.without_index else 'with'} the index: {asked.items:,} items, "
            f"{DeviceModel.objects.count():,} models, {pairs:,} fits; filled in {time.perf_counter() - started:.0f} s; "
            f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        for line in figures(asked.rounds):
            print(line, flush=True)
        print(renaming())
        print(f"load at the end: {os.getloadavg()[0]:.1f}")
    finally:
        runner.teardown_databases(databases)
