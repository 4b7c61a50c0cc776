"""Questions about changes of many prices."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from apps.catalog.models import Brand, DeviceModel, PartType, RepairType
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.inventory.models import Branch
from apps.pricing.models import BulkChange, BulkChangeLine, Price
from apps.pricing.models.prices import PriceQuerySet
from apps.pricing.rules.changes import Selection
from apps.pricing.selectors.prices import branches_priced_by, prices_found_by, prices_writable_by

_COLUMNS = {"brand_id": "device_model__brand_id", "device_type": "device_model__device_type"}
_RECORDS: dict[str, Any] = {
    "brandId": Brand, "branchId": Branch, "deviceModelId": DeviceModel, "partTypeId": PartType, "repairTypeId": RepairType,
}  # fmt: skip
_WORDS = {
    "brandId": "brand", "branchId": "branch", "deviceModelId": "model", "deviceType": "device type", "partTypeId": "part",
    "partQuality": "quality", "repairTypeId": "repair", "q": "words",
}  # fmt: skip
_ORDER = ("device_model__brand__name", "device_model__name", "repair_type__name", "part_quality", "valid_from", "pk")
_DOES = ~Q(after={})
_STAYS = ~Q(kept_because="")


def changes_visible_to(actor: Actor) -> QuerySet[BulkChange]:
    """All of them: whoever may read changes of prices may read each."""
    return BulkChange.objects.all()


def choices_for(actor: Actor) -> dict[str, QuerySet[Any]]:
    """What a selection may name, but for models, of which there are too many to choose from."""
    return {
        "brand": Brand.objects.all(),
        "repair_type": RepairType.objects.all(),
        "part_type": PartType.objects.all(),
        "branch": branches_priced_by(actor),
    }


def selection_in_words(change: BulkChange) -> str:
    """Which prices it is about, for people: records by their names."""
    parts = []
    # In an order of its own: PostgreSQL keeps none of the keys of JSON.
    for name in sorted(change.selection, key=lambda name: ([*_WORDS, name].index(name), name)):
        value = change.selection[name]
        records = _RECORDS.get(name)
        record = records.objects.filter(pk=value).first() if records else None
        parts.append(f"{_WORDS.get(name, name)}: {record or value}")
    return ", ".join(parts) or "all prices"


def get_change(change_id: UUID) -> BulkChange:
    """Raises ``NotFound``."""
    change = BulkChange.objects.filter(pk=change_id).first()
    if change is None:
        raise NotFound("There is no such change.")
    return change


def prices_selected(selection: Selection, valid_from: date, *, actor: Actor) -> QuerySet[Price]:
    """The prices within the selection and the actor's reach that are valid on a day or later."""
    said = selection.said()
    text = said.pop("q", "")
    found = prices_writable_by(actor).filter(Q(valid_until=None) | Q(valid_until__gte=valid_from))
    found = found.filter(**{_COLUMNS.get(name, name): value for name, value in said.items()})
    if text:
        assert isinstance(found, PriceQuerySet)
        found = prices_found_by(found, text)
    return found.select_related("device_model__brand", "repair_type", "part_type", "branch").order_by(*_ORDER)


def change_lines(change: BulkChange) -> QuerySet[BulkChangeLine]:
    """What the change does, or did, to each price."""
    return BulkChangeLine.objects.filter(change=change)


def lines_that(lines: QuerySet[BulkChangeLine], what: str) -> QuerySet[BulkChangeLine]:
    """Those that are ``changed``, that are ``skipped``, or that are ``kept`` as they are although the change is undone."""
    return lines.filter({"changed": _DOES, "skipped": _STAYS & ~_DOES, "kept": _STAYS & _DOES}[what])


def change_totals(change: BulkChange) -> dict[str, int]:
    """How many lines do what."""
    counts: dict[str, Any] = {
        "lines": Count("pk"), "changed": Count("pk", filter=_DOES), "skipped": Count("pk", filter=_STAYS & ~_DOES),
        "kept": Count("pk", filter=_STAYS & _DOES),
    }  # fmt: skip
    return change_lines(change).aggregate(**counts)
