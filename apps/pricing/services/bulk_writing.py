"""Writing many prices at once: with one event for each, and a number of statements that does not grow with each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from apps.audit import services as audit
from apps.catalog.models import DeviceModel
from apps.core import writing
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.core.imports import chunks
from apps.pricing.models import BulkChangeLine, Price, PriceProposal
from apps.pricing.services.estimates import follow_prices
from apps.pricing.services.prices import refusing_overlaps
from apps.pricing.services.superseding import supersede_proposals

CHUNK = 500
# What a bulk write may change of a price; all else says which repair it is the price of.
_COLUMNS = (
    "price", "cost", "currency", "valid_from", "valid_until", "is_estimated", "confidence_score", "notes", "source",
    "updated_at",
)  # fmt: skip


@dataclass
class PriceBatch:
    """Prices that are changed, each with its columns of before, and prices that are made and removed."""

    changed: list[tuple[Price, dict[str, Any]]] = field(default_factory=list)
    made: list[Price] = field(default_factory=list)
    removed: list[Price] = field(default_factory=list)


def hold_models(model_ids: Iterable[UUID]) -> None:
    """Lock the models, whose prices are changed one after the other, in the order of their ids."""
    # Orders and items only refer to their model, and do not wait for this.
    models = DeviceModel.objects.select_for_update(no_key=True).order_by("pk")
    for chunk in chunks(iter(sorted(set(model_ids))), CHUNK):
        list(models.filter(pk__in=chunk).values_list("pk"))


def models_of(price_ids: Iterable[UUID]) -> set[UUID]:
    """The models that these are the prices of."""
    found: set[UUID] = set()
    for chunk in chunks(iter(sorted(set(price_ids))), CHUNK):
        found.update(Price.objects.filter(pk__in=chunk).order_by().values_list("device_model_id", flat=True))
    return found


def prices_in(ids: Iterable[UUID], prices: QuerySet[Price] | None = None) -> Iterator[Price]:
    """Those of the prices that there are, in parts that every database can take."""
    found = Price.objects.all() if prices is None else prices
    for chunk in chunks(iter(sorted(set(ids))), CHUNK):
        yield from found.filter(pk__in=chunk)


def end_with_successor(price: Price, begins: date) -> Price:
    """Another price for the same, from a day on until ``price`` would have ended; that one ends on the day before."""
    successor = Price(**{field.attname: getattr(price, field.attname) for field in price._meta.concrete_fields})
    successor.pk, successor.created_at, successor.valid_from = new_id(), timezone.now(), begins
    price.valid_until = begins - timedelta(days=1)
    return successor


def write_prices(batch: PriceBatch, *, actor: Actor, reason: str, also: Mapping[str, Any] | None = None) -> None:
    """Save a batch and record an event for each price, with the reason and ``also`` beside its changes.

    Runs in the transaction of its caller, who holds the models and answers for periods that do not overlap.
    """
    now = timezone.now()
    for price, _ in batch.changed:
        price.updated_at = now
    # What ends earlier makes room for what ends later or is new: the database looks at each row as it is written.
    with refusing_overlaps():
        _remove(batch.removed)
        writing.update([price for price, before in batch.changed if _shrinks(price, before)], _COLUMNS)
        writing.update([price for price, before in batch.changed if not _shrinks(price, before)], _COLUMNS)
        writing.insert(batch.made)
    told = [
        *((price, before, audit.columns(price)) for price, before in batch.changed),
        *((price, {}, audit.columns(price)) for price in batch.made),
        *((price, audit.columns(price), {}) for price in batch.removed),
    ]
    audit.record_all_saved(told, actor=actor, reason=reason, also=also)
    repriced = [price for price, before in batch.changed if before["price"] != audit.columns(price)["price"]]
    follow_prices([*batch.made, *repriced], actor=actor)
    supersede_proposals((price.pk for price, _ in batch.changed), actor=actor, reason=reason)


def _shrinks(price: Price, before: Mapping[str, Any]) -> bool:
    was = before["valid_until"]
    return price.valid_until is not None and (was is None or price.valid_until < was)


def _remove(prices: Sequence[Price]) -> None:
    """Without them go the proposals about them; lines of changes stay, and say in words what they were about."""
    for chunk in chunks(iter([price.pk for price in prices]), CHUNK):
        PriceProposal.objects.filter(price__in=chunk).delete()
        BulkChangeLine.objects.filter(made__in=chunk).update(made=None)
        BulkChangeLine.objects.filter(price__in=chunk).update(price=None)
    writing.delete(prices)
