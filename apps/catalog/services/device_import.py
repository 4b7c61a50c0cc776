"""Takes a device list into the catalogue."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from apps.audit import services as audit
from apps.catalog.models import Brand, DeviceModel
from apps.catalog.rules import (
    DeviceRow,
    RefusedRow,
    brand_search_text,
    merged,
    parse_device_row,
)
from apps.catalog.services.words import index_models
from apps.core.actor import Actor
from apps.core.imports import Report

_MERGED = (
    "name",
    "model_number",
    "device_type",
    "release_year",
    "screen_size",
    "launch_price",
    "tier_level",
    "aliases",
)
Rows = Iterable[tuple[int, dict[str, str | None]]]
Key = str | tuple[str, str]  # the key of an import, or brand and name
Known = dict[Key, DeviceModel]


@transaction.atomic
def import_devices(rows: Rows, report: Report, *, actor: Actor, remembered: Known | None = None) -> None:
    """Add the models of a chunk of rows that are not there, and what those that are there do not know yet.

    A model is found by the row's key, or by brand and name, and one that was merged leads to where it went; a row that
    comes twice adds to what the first one made. Running it again changes nothing. Every change is an event;
    ``report`` counts each row as created, updated, unchanged or refused.

    A dry run undoes each chunk and gives all of them the same ``remembered``: there the models wait as this file would
    have left them, so that its figures are those of a real run.
    """
    parsed = list(_parsed(rows, report))
    brands = _brands([row for _, row in parsed], actor)
    there, led = _present(row for _, row in parsed)
    present = there | (remembered or {})
    fresh: list[DeviceModel] = []
    for line, row in parsed:
        brand = brands[row.brand.casefold()]
        found = present.get(row.key) or present.get(_name_key(row.brand, row.name))
        if found is None:
            found = _new(brand, row)
            fresh.append(found)
            present[row.key] = present[_name_key(row.brand, row.name)] = found
            report.counts["created"] += 1
        elif row.key in led or (found.import_key is not None and _name_key(row.brand, row.name) in led):
            _update(found, row, report, actor, takes_key=False)
        elif found.import_key not in {None, row.key}:
            report.refuse(line, row.key, f"{found.brand.name} {found.name} came with the key {found.import_key}")
        else:
            _update(found, row, report, actor)
            present[row.key] = found
    for model in fresh:
        model.describe()
    DeviceModel.objects.bulk_create(fresh)
    index_models(fresh, fresh=True)
    audit.record_created(fresh, actor=actor)
    if remembered is not None:
        _remember(remembered, present, fresh)


def _remember(remembered: Known, present: Known, fresh: list[DeviceModel]) -> None:
    for model in fresh:
        model._state.adding = True  # the row is undone
    remembered.update(present)


def _parsed(rows: Rows, report: Report) -> Iterable[tuple[int, DeviceRow]]:
    for line, row in rows:
        try:
            yield line, parse_device_row(row)
        except RefusedRow as refusal:
            report.refuse(line, (row.get("device_key") or "").strip(), str(refusal))


def _brands(rows: list[DeviceRow], actor: Actor) -> dict[str, Brand]:
    """Brands by folded name; the missing ones are made, in the spelling that comes first."""
    known = {brand.name.casefold(): brand for brand in Brand.objects.all()}
    for row in rows:
        if row.brand.casefold() not in known:
            with audit.creating(actor=actor) as created:
                brand = Brand.objects.create(name=row.brand)
                created.append(brand)
            known[row.brand.casefold()] = brand
    return known


def _name_key(brand: str, name: str) -> tuple[str, str]:
    return brand.casefold(), name.casefold()


def _present(rows: Iterable[DeviceRow]) -> tuple[Known, set[Key]]:
    """Models that exist, by import key and by brand and name; and the keys that lead to where a model was merged."""
    wanted = list(rows)
    known = DeviceModel.objects.select_related("brand", "merged_into__brand")
    keyed = known.filter(import_key__in=[row.key for row in wanted])
    named = known.filter(brand__search_text__in={brand_search_text(row.brand) for row in wanted})
    once: dict[Any, DeviceModel] = {}  # or what one row adds to a model would be lost to the next
    found: Known = {}
    led: set[Key] = set()
    for model in [*named, *keyed]:
        end = model.merged_into or model
        keys: set[Key] = {_name_key(model.brand.name, model.name), *([model.import_key] if model.import_key else [])}
        found |= dict.fromkeys(keys, once.setdefault(end.pk, end))
        led |= keys if end is not model else set()
    return found, led


def _new(brand: Brand, row: DeviceRow) -> DeviceModel:
    return DeviceModel(
        brand=brand,
        name=row.name,
        model_number=row.model_number,
        device_type=row.device_type,
        release_year=row.release_year,
        screen_size=row.screen_size,
        launch_price=row.launch_price,
        tier_level=row.tier_level,
        aliases=list(row.aliases),
        import_key=row.key,
    )


def _update(model: DeviceModel, row: DeviceRow, report: Report, actor: Actor, *, takes_key: bool = True) -> None:
    present: dict[str, Any] = {name: getattr(model, name) for name in _MERGED}
    added = merged(present, row)
    if takes_key and model.import_key != row.key:
        added["import_key"] = row.key
    if not added:
        report.counts["unchanged"] += 1
        return
    if not model._state.adding:
        with audit.changing(DeviceModel.objects.all(), model.pk, actor=actor) as locked:
            _fill(locked, added)
            locked.save()
    _fill(model, added)
    report.counts["updated"] += 1


def _fill(model: DeviceModel, added: Mapping[str, Any]) -> None:
    for name, value in added.items():
        setattr(model, name, value)
