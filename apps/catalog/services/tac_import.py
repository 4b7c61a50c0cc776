"""Takes a list of type allocation codes into the catalogue, and links them to the models that they were given to."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from apps.audit import services as audit
from apps.catalog.models import TypeAllocation
from apps.catalog.rules.device_rows import RefusedRow
from apps.catalog.rules.tac_rows import TacRow, names_of, parse_tac_row
from apps.catalog.selectors import ModelNames
from apps.core.actor import Actor
from apps.core.db import one_at_a_time
from apps.core.imports import Report

Rows = Iterable[tuple[int, dict[str, str | None]]]
Remembered = dict[str, TypeAllocation]  # by code
_CHUNK = 1000


@transaction.atomic
def import_allocations(
    rows: Rows, report: Report, *, models: ModelNames, actor: Actor, remembered: Remembered | None = None
) -> None:
    """Add the codes of a chunk of rows that are not there, and correct those that say something else now.

    A code leads to the one model that its names fit, and to none where there is none or several; one that leads somewhere
    already stays. Running it again changes nothing. Every change is an event; ``report`` counts each row as created,
    updated, unchanged or refused. A dry run undoes each chunk and gives all of them the same ``remembered``.
    """
    one_at_a_time("catalog.import_allocations")
    parsed = list(_parsed(rows, report))
    known = {one.tac: one for one in TypeAllocation.objects.filter(tac__in=[row.tac for row in parsed])}
    known |= remembered or {}
    fresh: dict[str, TypeAllocation] = {}
    changed: dict[str, tuple[TypeAllocation, dict[str, Any]]] = {}
    for row in parsed:
        found = known.get(row.tac)
        if found is None:
            known[row.tac] = fresh[row.tac] = _filled(TypeAllocation(tac=row.tac), row, models)
            report.counts["created"] += 1
            continue
        before = audit.columns(found)
        if audit.columns(_filled(found, row, models)) == before:
            report.counts["unchanged"] += 1
            continue
        report.counts["updated"] += 1
        if row.tac not in fresh:
            changed.setdefault(row.tac, (found, before))
    TypeAllocation.objects.bulk_create(fresh.values())
    audit.record_created(fresh.values(), actor=actor)
    _save(changed, actor)
    if remembered is not None:
        remembered.update(known)


def link_allocations(*, actor: Actor) -> int:
    """Link the codes that lead to no model yet to those that have been added since; how many lead to one now."""
    ids = list(TypeAllocation.objects.filter(device_model=None).order_by("pk").values_list("pk", flat=True))
    models = ModelNames(loose=False) if ids else None
    linked = 0
    for start in range(0, len(ids), _CHUNK):
        assert models is not None
        linked += _link(ids[start : start + _CHUNK], models, actor)
    return linked


@transaction.atomic
def _link(ids: list[Any], models: ModelNames, actor: Actor) -> int:
    held = TypeAllocation.objects.select_for_update().filter(pk__in=ids, device_model=None).order_by("pk")
    changed = {}
    for one in held:
        before = audit.columns(one)
        one.device_model_id = _model_of(one, models)
        if one.device_model_id is not None:
            changed[one.tac] = (one, before)
    _save(changed, actor)
    return len(changed)


def _parsed(rows: Rows, report: Report) -> Iterable[TacRow]:
    for line, row in rows:
        try:
            yield parse_tac_row(row)
        except RefusedRow as refusal:
            report.refuse(line, (row.get("tac") or "").strip(), str(refusal))


def _filled(one: TypeAllocation, row: TacRow, models: ModelNames) -> TypeAllocation:
    one.brand, one.name, one.also_known_as = row.brand, row.name, row.also_known_as
    if one.device_model_id is None:
        one.device_model_id = _model_of(one, models)
    return one


def _model_of(one: TypeAllocation, models: ModelNames) -> Any:
    own, also = names_of(one.name, one.also_known_as)
    found = models.find_all(one.brand, own)
    return (found if found.id or found.is_ambiguous else models.find_all(one.brand, also)).id


def _save(changed: Mapping[str, tuple[TypeAllocation, dict[str, Any]]], actor: Actor) -> None:
    for one, _ in changed.values():
        one.save()
    saved = ((one, before, audit.columns(one)) for one, before in changed.values())
    audit.record_all_saved(saved, actor=actor)
