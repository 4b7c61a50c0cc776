"""Imports of items: every row is judged first, and only when each is good is any of them written, in one transaction."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Lower

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.catalog.models import PartType
from apps.core import money
from apps.core.actor import Actor
from apps.core.file_rows import FileRow, Outcome, outcome_of, refuse_repeated
from apps.core.imports import chunks
from apps.inventory.models import Category, Item
from apps.inventory.selectors.vocabulary import Names, Path, category_paths, folded, models_by_name, part_types_by_name
from apps.inventory.services.categories import rearranging
from apps.inventory.services.words import describe_items

CHUNK = 500
_FIELDS = {
    "name": "name", "description": "description", "unitOfMeasure": "unit_of_measure", "unitPrice": "unit_price",
    "costPrice": "cost_price", "currency": "currency", "reorderLevel": "reorder_level",
    "reorderQuantity": "reorder_quantity", "barcode": "barcode", "tracksSerials": "tracks_serials",
    "isActive": "is_active",
}  # fmt: skip
_WRITTEN = [*_FIELDS.values(), "category", "part_type"]


@dataclass
class _Decision:
    """What becomes of one row: the item as it will be, and as it was. ``path`` is a category that is to be made."""

    row: FileRow
    item: Item
    before: dict[str, Any]
    had: set[UUID]
    fits: set[UUID]
    path: Path | None = None

    @property
    def is_new(self) -> bool:
        return not self.before

    @property
    def is_changed(self) -> bool:
        return self.is_new or self.path is not None or self.after() != self.before

    def after(self) -> dict[str, Any]:
        return _snapshot(self.item, self.fits)


def import_items(rows: Sequence[FileRow], *, dry_run: bool, actor: Actor) -> Outcome:
    """Create the items that do not exist, by their SKU, and change the others to what the rows say.

    Columns that a file does not have are left as they are. Nothing is written on a dry run, nor when any row has a
    problem; each created or changed item is an event, as are categories that were made. Raises ``Forbidden``.
    """
    require(actor, Right.ITEMS_WRITE)
    with nullcontext() if dry_run else transaction.atomic():
        fresh = [row.fresh() for row in rows]
        decisions = _judged(fresh, lock=not dry_run)
        changed = [one for one in decisions if one.is_changed and not one.row.problems]
        outcome = outcome_of(
            fresh,
            created=sum(one.is_new for one in changed),
            changed=sum(not one.is_new for one in changed),
            dry_run=dry_run,
        )
        if outcome.applied:
            _apply(changed, actor)
    return outcome


def items_by_sku(skus: Iterable[str], *, lock: bool = False) -> dict[str, Item]:
    """The items with these SKUs, whatever their case, by their SKU in small letters; locked in the order of their ids."""
    wanted = sorted({sku.lower() for sku in skus})
    keyed = Item.objects.annotate(key=Lower("sku"))
    ids = [
        pk for chunk in chunks(iter(wanted), CHUNK) for pk in keyed.filter(key__in=chunk).values_list("pk", flat=True)
    ]
    # Stock of them moves meanwhile: movements only refer to their item, and do not wait for this.
    items = Item.objects.select_for_update(of=("self",), no_key=True) if lock else Item.objects.all()
    found = {}
    for chunk in chunks(iter(sorted(ids)), CHUNK):
        for item in items.select_related("part_type").filter(pk__in=chunk).order_by("pk"):
            found[item.sku.lower()] = item
    return found


# --- judging --------------------------------------------------------------------------------------------------------


def _judged(rows: Sequence[FileRow], *, lock: bool) -> list[_Decision]:
    refuse_repeated(rows, "sku", lambda values: values.get("sku", "").lower(), "SKU")
    refuse_repeated(rows, "barcode", lambda values: values.get("barcode"), "barcode")
    named = [row for row in rows if "sku" in row.values]
    items = items_by_sku((row.values["sku"] for row in named), lock=lock)
    had = _models_of([item.pk for item in items.values()])
    judge = _Judge()
    decisions = [judge.decide(row, items.get(row.values["sku"].lower()), had) for row in named]
    _refuse_taken_barcodes(decisions)
    return decisions


class _Judge:
    """Knows what names stand for."""

    def __init__(self) -> None:
        self.categories = {_folded(path): pk for pk, path in category_paths().items()}
        self.part_types = part_types_by_name()
        self.part_type_rows = PartType.objects.in_bulk()
        self.models = models_by_name()

    def decide(self, row: FileRow, present: Item | None, had: dict[UUID, set[UUID]]) -> _Decision:
        item = present or Item(sku=row.values["sku"])
        models = had.get(item.pk, set())
        before = _snapshot(item, models) if present else {}
        if present and row.values.get("tracksSerials", item.tracks_serials) != item.tracks_serials:
            # The units that there are would have to be named, or forgotten, under the locks of their levels.
            row.refuse("tracksSerials", "not_allowed", "This is changed on the item itself, not by a file.")
        for column, name in _FIELDS.items():
            if column in row.values and getattr(item, name) != row.values[column]:
                setattr(item, name, row.values[column])
        if present is None and "name" not in row.values and not _has_problem(row, "name"):
            row.refuse("name", "required", "A new item needs a name.")
        decision = _Decision(row, item, before, models, self._fitting(row, models))
        self._classify(decision)
        _check_money(row, item)
        item.describe()
        return decision

    def _classify(self, decision: _Decision) -> None:
        row, item = decision.row, decision.item
        if "category" in row.values:
            path = row.values["category"]
            item.category_id = self.categories.get(_folded(path)) if path else None
            decision.path = path if path and item.category_id is None else None
        if "partType" in row.values:
            name = row.values["partType"]
            found = self._meant(row, "partType", name, self.part_types, "part type") if name else None
            item.part_type = self.part_type_rows[found] if found else None

    def _fitting(self, row: FileRow, models: set[UUID]) -> set[UUID]:
        if "compatibleModels" not in row.values:
            return models
        found = (self._meant(row, "compatibleModels", name, self.models, "device model")
                 for name in row.values["compatibleModels"])  # fmt: skip
        return {pk for pk in found if pk is not None}

    def _meant(self, row: FileRow, column: str, name: str, names: Names, what: str) -> UUID | None:
        key = folded(name)
        if key in names.ambiguous:
            row.refuse(column, "ambiguous", f"More than one {what} is called “{name[:60]}”.")
        elif key not in names.ids:
            row.refuse(column, "does_not_exist", f"There is no {what} “{name[:60]}”.")
        return names.ids.get(key)


def _folded(path: Path) -> Path:
    return tuple(folded(name) for name in path)


def _snapshot(item: Item, models: set[UUID]) -> dict[str, Any]:
    """As events keep an item."""
    return audit.columns(item) | {"compatible_models": sorted(map(str, models))}


def _has_problem(row: FileRow, column: str) -> bool:
    return any(problem.column == column for problem in row.problems)


def _check_money(row: FileRow, item: Item) -> None:
    for column, name in (("unitPrice", "unit_price"), ("costPrice", "cost_price")):
        if not money.fits(Decimal(getattr(item, name)), item.currency):
            blamed = column if column in row.values else "currency"
            row.refuse(blamed, "invalid", f"This is not an amount of {item.currency}.")


def _models_of(item_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for chunk in chunks(iter(item_ids), CHUNK):
        rows = Item.compatible_models.through.objects.filter(item__in=chunk)
        for item_id, model_id in rows.values_list("item_id", "devicemodel_id"):
            found.setdefault(item_id, set()).add(model_id)
    return found


def _refuse_taken_barcodes(decisions: Sequence[_Decision]) -> None:
    """A barcode may pass from one item of the file to another, but not be taken from an item that keeps it."""
    wanted = {one.item.barcode: one for one in decisions if one.item.barcode}
    final = {one.item.pk: one.item.barcode for one in decisions}
    for chunk in chunks(iter(sorted(wanted)), CHUNK):
        for pk, barcode, sku in Item.objects.filter(barcode__in=chunk).values_list("pk", "barcode", "sku"):
            asking = wanted[barcode]
            if pk != asking.item.pk and final.get(pk, barcode) == barcode and not _has_problem(asking.row, "barcode"):
                asking.row.refuse("barcode", "unique", f"The item {sku} has this barcode.")


# --- writing --------------------------------------------------------------------------------------------------------


def _apply(decisions: Sequence[_Decision], actor: Actor) -> None:
    _make_categories(decisions, actor)
    _free_barcodes(decisions)
    for one in decisions:
        if not one.is_new:
            one.item.save(update_fields=_WRITTEN)
    Item.objects.bulk_create([one.item for one in decisions if one.is_new], batch_size=CHUNK)
    _relate(decisions)
    audit.record_all_saved(((one.item, one.before, one.after()) for one in decisions), actor=actor)


def _make_categories(decisions: Sequence[_Decision], actor: Actor) -> None:
    waiting = [one for one in decisions if one.path]
    if not waiting:
        return
    with rearranging():
        # Read anew: another import may have made some of them since the rows were judged.
        ids = {_folded(path): pk for pk, path in category_paths().items()}
        for one in waiting:
            assert one.path is not None
            one.item.category_id = _category(one.path, ids, actor)


def _category(path: Path, ids: dict[Path, UUID], actor: Actor) -> UUID:
    """The id of the category with this path, made with all that is above it where it is missing."""
    key = _folded(path)
    if key not in ids:
        parent = _category(path[:-1], ids, actor) if len(path) > 1 else None
        with audit.creating(actor=actor) as created:
            category = Category.objects.create(name=path[-1], parent_id=parent)
            created.append(category)
        ids[key] = category.pk
    return ids[key]


def _free_barcodes(decisions: Sequence[_Decision]) -> None:
    """Two items may exchange theirs, and no two have one at the same moment."""
    leaving = [one.item.pk for one in decisions if one.before.get("barcode", one.item.barcode) != one.item.barcode]
    for chunk in chunks(iter(leaving), CHUNK):
        Item.objects.filter(pk__in=chunk).update(barcode="")


def _relate(decisions: Sequence[_Decision]) -> None:
    relation = Item.compatible_models.through
    touched = [one for one in decisions if one.fits != one.had]
    for one in touched:
        if gone := one.had - one.fits:
            relation.objects.filter(item_id=one.item.pk, devicemodel_id__in=gone).delete()
    relation.objects.bulk_create(
        (relation(item_id=one.item.pk, devicemodel_id=pk) for one in touched for pk in sorted(one.fits - one.had)),
        batch_size=CHUNK,
    )
    for chunk in chunks(iter(sorted(one.item.pk for one in touched)), CHUNK):
        describe_items(chunk)
