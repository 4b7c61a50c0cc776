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
Known = dict[str | tuple[str, str], DeviceModel]  # by import key, and by brand and name


@transaction.atomic
def import_devices(rows: Rows, report: Report, *, actor: Actor, remembered: Known | None = None) -> None:
    """Add the models of a chunk of rows that are not there, and what those that are there do not know yet.

    A model is found by the row's key, or by brand and name; a row that comes twice adds to what the first one made.
    Running it again changes nothing. Every change is an event;
    ``report`` counts each row as created, updated, unchanged or refused.

    A dry run undoes each chunk and gives all of them the same ``remembered``: there the models wait as this file would
    have left them, so that its figures are those of a real run.
    """
    parsed = list(_parsed(rows, report))
    brands = _brands([row for _, row in parsed], actor)
    present = _present(row for _, row in parsed) | (remembered or {})
    fresh: list[DeviceModel] = []
    for line, row in parsed:
        brand = brands[row.brand.casefold()]
        found = present.get(row.key) or present.get(_name_key(row.brand, row.name))
        if found is None:
            found = _new(brand, row)
            fresh.append(found)
            present[row.key] = present[_name_key(row.brand, row.name)] = found
            report.counts["created"] += 1
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


def _present(rows: Iterable[DeviceRow]) -> Known:
    """Models that exist, by import key and by brand and name."""
    wanted = list(rows)
    keyed = DeviceModel.objects.select_related("brand").filter(import_key__in=[row.key for row in wanted])
    named = DeviceModel.objects.select_related("brand").filter(
        brand__search_text__in={brand_search_text(row.brand) for row in wanted}
    )
    found: Known = {_name_key(model.brand.name, model.name): model for model in named}
    return found | {model.import_key: model for model in keyed if model.import_key}


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


def _update(model: DeviceModel, row: DeviceRow, report: Report, actor: Actor) -> None:
    present: dict[str, Any] = {name: getattr(model, name) for name in _MERGED}
    added = merged(present, row)
    if not added and model.import_key == row.key:
        report.counts["unchanged"] += 1
        return
    if not model._state.adding:
        with audit.changing(DeviceModel.objects.all(), model.pk, actor=actor) as locked:
            _fill(locked, added, row)
            locked.save()
    _fill(model, added, row)
    report.counts["updated"] += 1


def _fill(model: DeviceModel, added: Mapping[str, Any], row: DeviceRow) -> None:
    for name, value in added.items():
        setattr(model, name, value)
    model.import_key = row.key
