"""What items are found by follows what the catalogue calls their part types and models.

The catalogue lies below and knows no items: it tells what changed, and a renamed brand is carried over to its items in
chunks, each a delivery of the outbox. Triggers would do it within the request, and tens of thousands of rows in one
statement are longer than a request may last.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.inventory.events import WordsMoved
from apps.inventory.models import Item

CHUNK = 500
_WRITTEN_AT_ONCE = 100
_DESCRIBED = ["search_name", "models_text", "search_text"]
# Where the items of what was renamed are.
_ITEMS_OF = {
    "catalog.brand": "compatible_models__brand",
    "catalog.devicemodel": "compatible_models",
    "catalog.parttype": "part_type",
}


@transaction.atomic
def describe_items(item_ids: Iterable[UUID]) -> list[Item]:
    """Bring what these items are found by in line with the catalogue; those that were not.

    Neither their ``updated_at`` nor their ETag changes, as nothing that is answered does.
    """
    locked = Item.objects.select_for_update(of=("self",), no_key=True).select_related("part_type")
    items = list(locked.filter(pk__in=list(item_ids)).order_by("pk"))
    words = _words_of_models([item.pk for item in items])
    outdated = [item for item in items if _describe(item, words[item.pk])]
    Item.objects.bulk_update(outdated, _DESCRIBED, batch_size=_WRITTEN_AT_ONCE)
    return outdated


def describe_all_items() -> int:
    """``describe_items`` for every item, in chunks that are transactions of their own; how many were not in line.

    For what no event tells of: rows written past the services, and a renaming in the moment of an item's own change.
    """
    ids = list(Item.objects.order_by("pk").values_list("pk", flat=True))
    return sum(len(describe_items(ids[start : start + CHUNK])) for start in range(0, len(ids), CHUNK))


@transaction.atomic
def follow_words(source: str, record_id: UUID, *, words: str = "", after: UUID | None = None, actor: Actor) -> None:
    """Describe the next chunk of the items of what was renamed, and leave the rest to the outbox."""
    items = _items_that_hold(words) if words else Item.objects.filter(**{_ITEMS_OF[source]: record_id})
    if after is not None:
        items = items.filter(pk__gt=after)
    ids = list(items.order_by("pk").distinct().values_list("pk", flat=True)[:CHUNK])
    describe_items(ids)
    if len(ids) == CHUNK:
        rest = WordsMoved(aggregate_id=record_id, source=source, words=words, after=ids[-1])
        audit.record(rest, actor=actor)


def _items_that_hold(words: str) -> QuerySet[Item]:
    """Those that may be found by a model which is gone, and its relations with it."""
    items: Any = Item.objects.found_by(words)
    for word in words.split():
        items = items.filter(models_text__contains=word)
    return items  # type: ignore[no-any-return]


def _words_of_models(item_ids: list[UUID]) -> dict[UUID, str]:
    found: dict[UUID, set[str]] = {pk: set() for pk in item_ids}
    rows = Item.compatible_models.through.objects.filter(item__in=item_ids)
    for pk, *texts in rows.values_list("item", "devicemodel__brand__search_text", "devicemodel__search_text"):
        found[pk].update(" ".join(texts).split())
    return {pk: " ".join(sorted(words)) for pk, words in found.items()}


def _describe(item: Item, words: str) -> bool:
    """Set what the item is found by; whether it was something else."""
    before = [getattr(item, name) for name in _DESCRIBED]
    item.models_text = words
    item.describe()
    return before != [getattr(item, name) for name in _DESCRIBED]
