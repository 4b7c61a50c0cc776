"""manage.py evaluate_estimator FILE: how far the estimator is off on a published price list, beside plain baselines."""

import json
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.catalog.models import DeviceModel
from apps.catalog.rules import RefusedRow, parse_device_row, squeezed
from apps.catalog.selectors import offered_to
from apps.core.actor import Actor
from apps.core.imports import Report, read_csv
from apps.core.money import digits, is_known
from apps.pricing.estimator import DeviceFacts, KnownPrice, baselines, boosting
from apps.pricing.estimator.evaluation import (
    SIZES,
    Measure,
    Score,
    Trial,
    comparison,
    mean_error,
    median_error,
    scores,
    summaries,
    within_10,
)
from apps.pricing.estimator.price_rows import REQUIRED, PriceRow, RefusedPrice, latest, parse_price_row

Catalogue = Mapping[tuple[str, str], DeviceFacts]

_BASELINES: dict[str, baselines.Method] = {
    "repair": baselines.by_repair,
    "brand, quality": baselines.by_brand_and_quality,
    "nearest": baselines.by_nearest_models,
    **({"boosting": boosting.by_boosting} if boosting.AVAILABLE else {}),
}
_MEASURES: dict[str, Measure] = {
    "Median error": median_error, "Mean error": mean_error, "Share within 10 %": within_10,
}  # fmt: skip
_TITLES = {"group": "", "within_10": "within 10 %"}
_NOTE = """Whole devices are held out. error: median, mean: mean of |estimate − price| / price, in per cent; within 10 %:
share of estimates no further off; coverage: share of prices within the 80 % interval; width: median of (high − low) /
estimate.
Baselines, measured on the prices that the estimator answers: median of the repair; of repair, brand and quality; of the
nearest models; gradient boosting with year, size and launch price."""


@dataclass
class Shop:
    """One source in one currency. ``together`` says for the key of each device under which name it is held out."""

    name: str
    currency: str
    prices: list[KnownPrice] = field(default_factory=list)
    together: dict[str, str] = field(default_factory=dict)


class Command(BaseCommand):
    help = (
        "Measures the estimator on a price list (source, currency, brand, model, repair_type, part_quality, price, …)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--devices", type=Path, help="A device list to take the facts from, instead of the catalogue."
        )
        parser.add_argument("--folds", type=_folds, default=10, help="So many parts the devices are held out in (10).")
        parser.add_argument("--json", action="store_true", help="Print the tables as one JSON object.")

    def handle(self, *args: Any, file: Path, devices: Path | None, folds: int, **options: Any) -> None:
        started = time.perf_counter()
        report = Report()
        try:
            rows = _rows(file, report)
            catalogue = _listed_devices(devices) if devices else _catalogue()
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from None
        if not rows:
            raise CommandError("\n".join([*report.lines(), f"{file} holds no price that could be taken."]))
        shops = _shops(rows, catalogue, report)
        tables = _tables(_scored(shops, folds, quiet=options["json"]))
        seconds = round(time.perf_counter() - started, 1)
        if options["json"]:
            answer = {"counts": report.counts, "refused": report.refused, "tables": tables, "seconds": seconds}
            self.stdout.write(json.dumps(answer))
            return
        for line in [*report.lines(), report.summary(), ""]:
            self.stdout.write(line)
        for title, table in tables.items():
            self.stdout.write("\n".join([title, *_drawn(table), ""]))
        self.stdout.write(_NOTE)
        self.stdout.write(f"{seconds} s.")


def _folds(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 2 <= int(text) <= 100:
        raise ArgumentTypeError("must be from 2 to 100")
    return int(text)


def _rows(file: Path, report: Report) -> list[PriceRow]:
    found = []
    for line, row in read_csv(file, set(REQUIRED)):
        try:
            price = parse_price_row(row)
        except RefusedPrice as error:
            report.refuse(line, row.get("model") or "", str(error))
            continue
        if is_known(price.currency):
            found.append(price)
        else:
            report.refuse(line, price.model, f"currency “{price.currency[:30]}” is not known")
    current = latest(found)
    if len(current) < len(found):
        report.counts["superseded by a later price"] += len(found) - len(current)
    return current


def _listed_devices(path: Path) -> Catalogue:
    found: dict[tuple[str, str], DeviceFacts] = {}
    for _, row in read_csv(path, {"device_key", "brand", "model"}):
        try:
            device = parse_device_row(row)
        except RefusedRow:
            continue
        facts = DeviceFacts(
            device.key, device.brand, device.name, device.device_type, device.release_year,
            _float(device.screen_size), _float(device.launch_price), device.tier_level,
        )  # fmt: skip
        _enter(found, facts, device.key, [device.name, device.model_number, *device.aliases])
    return found


def _catalogue() -> Catalogue:
    found: dict[tuple[str, str], DeviceFacts] = {}
    for model in offered_to(Actor.system("price evaluation"), DeviceModel).select_related("brand").order_by("pk"):
        facts = DeviceFacts(
            str(model.pk), model.brand.name, model.name, model.device_type, model.release_year,
            _float(model.screen_size), _float(model.launch_price), model.tier_level,
        )  # fmt: skip
        _enter(found, facts, model.import_key or "", [model.name, model.model_number, *model.aliases])
    return found


def _float(number: Any) -> float | None:
    return None if number is None else float(number)


def _enter(found: dict[tuple[str, str], DeviceFacts], facts: DeviceFacts, key: str, names: Sequence[str]) -> None:
    """Under its key and all its names; the first to have a name keeps it."""
    found.setdefault(("", key), facts)
    for name in names:
        found.setdefault((squeezed(facts.brand), squeezed(str(name))), facts)


def _facts(row: PriceRow, catalogue: Catalogue) -> DeviceFacts | None:
    if row.device_key and ("", row.device_key) in catalogue:
        return catalogue["", row.device_key]
    return catalogue.get((squeezed(row.brand), squeezed(row.model)))


def _shops(rows: Sequence[PriceRow], catalogue: Catalogue, report: Report) -> list[Shop]:
    """The prices of each shop: named as the list names them, with the facts of the catalogue where it knows the model."""
    shops: dict[str, Shop] = {}
    for at, row in enumerate(rows):
        facts = _facts(row, catalogue)
        report.counts["taken by name alone" if facts is None else "taken"] += 1
        named = DeviceFacts(row.device, row.brand, row.model, row.device_type)
        if facts:
            named = replace(facts, brand=row.brand, name=row.model, device_type=facts.device_type or row.device_type)
        shop = shops.setdefault(row.shop, Shop(row.shop, row.currency))
        shop.prices.append(row.known(at, named))
        # Two spellings of one model are held out together, or one would give away the other's price.
        shop.together[row.device] = f"{squeezed(facts.brand)}|{squeezed(facts.name)}" if facts else row.device
    return list(shops.values())


def _scored(shops: Sequence[Shop], folds: int, *, quiet: bool) -> list[Score]:
    runs = [(shop, size) for shop in shops for size in (*SIZES, None) if size is None or size < len(shop.prices)]
    found: list[Score] = []
    with tqdm(total=len(runs) * folds, unit="fold", disable=quiet or None) as bar:
        for shop, size in runs:
            trial = Trial(shop.name, digits(shop.currency), folds, size, shop.together)
            for part in scores(trial, shop.prices, _BASELINES):
                found += part
                bar.update()
    return found


def _tables(found: Sequence[Score]) -> dict[str, list[dict[str, Any]]]:
    full = [score for score in found if score.known is None]
    by_repair = sorted(full, key=lambda score: score.repair)
    by_size = sorted(found, key=lambda score: score.known or sys.maxsize)
    groups: dict[str, tuple[Sequence[Score], Callable[[Score], str]]] = {
        "source": (full, lambda score: score.shop),
        "source and repair type": (by_repair, lambda score: f"{score.shop}: {score.repair}"),
        "repair type": (by_repair, lambda score: score.repair),
        "number of known prices": (by_size, lambda score: str(score.known or "all")),
    }
    tables = {f"By {title}": summaries(*group) for title, group in groups.items()}
    tables["By source"] += summaries(full, lambda _: "all together")
    for title in ("source", "repair type", "number of known prices"):
        for name, measure in _MEASURES.items():
            tables[f"{name}, by {title}"] = comparison(*groups[title], measure)
            if title == "source":
                tables[f"{name}, by {title}"] += comparison(full, lambda _: "all together", measure)
    return tables


def _drawn(table: Sequence[Mapping[str, Any]]) -> list[str]:
    if not table:
        return ["  nothing to score"]
    names = list(table[0])
    cells = [[_TITLES.get(name, name) for name in names], *([_cell(row[name]) for name in names] for row in table)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(names))]
    return ["  " + _line(line, widths) for line in cells]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    return "  ".join([first, *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))])


def _cell(value: Any) -> str:
    return "–" if value is None else str(value)
