"""What the inventory does when it hears that the catalogue, or an item's models, have changed."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import m2m_changed, post_migrate
from django.dispatch import receiver

from apps.audit.models import Event
from apps.audit.registry import subscribe
from apps.catalog.rules import model_search_text
from apps.core.actor import Actor
from apps.core.events import DomainEvent
from apps.inventory import services
from apps.inventory.events import WordsMoved
from apps.inventory.models import Item
from apps.inventory.models.items import ITEM_WORDS
from apps.inventory.services.photos import drop_photo_files

ACTOR = Actor.system("search words")
_NAMES = {"name", "model_number", "aliases", "brand_id"}


@dataclass(frozen=True, kw_only=True)
class BrandUpdated(DomainEvent):
    """What the event of a change to reference data is called; such events are recorded without a class."""

    event_type: ClassVar[str] = "catalog.brand.updated"
    aggregate: ClassVar[str] = "catalog.brand"


@dataclass(frozen=True, kw_only=True)
class ModelUpdated(DomainEvent):
    event_type: ClassVar[str] = "catalog.devicemodel.updated"
    aggregate: ClassVar[str] = "catalog.devicemodel"


@dataclass(frozen=True, kw_only=True)
class ModelDeleted(DomainEvent):
    event_type: ClassVar[str] = "catalog.devicemodel.deleted"
    aggregate: ClassVar[str] = "catalog.devicemodel"


@dataclass(frozen=True, kw_only=True)
class PartTypeUpdated(DomainEvent):
    event_type: ClassVar[str] = "catalog.parttype.updated"
    aggregate: ClassVar[str] = "catalog.parttype"


@dataclass(frozen=True, kw_only=True)
class ItemDeleted(DomainEvent):
    event_type: ClassVar[str] = "inventory.item.deleted"
    aggregate: ClassVar[str] = "inventory.item"


@subscribe("inventory.follow_renaming", BrandUpdated, ModelUpdated, PartTypeUpdated)
def follow_renaming(event: Event) -> None:
    if _NAMES & event.payload["changes"].keys():
        services.follow_words(event.aggregate, event.aggregate_id, actor=ACTOR)


@subscribe("inventory.follow_removal", ModelDeleted)
def follow_removal(event: Event) -> None:
    was = {name: change[0] for name, change in event.payload["changes"].items()}
    words = model_search_text(was["name"], was["model_number"], was["aliases"], was["release_year"])
    services.follow_words(event.aggregate, event.aggregate_id, words=words, actor=ACTOR)


@subscribe("inventory.follow_words", WordsMoved)
def follow_words(event: Event) -> None:
    payload = event.payload
    services.follow_words(
        payload["source"], event.aggregate_id, words=payload["words"], after=UUID(payload["after"]), actor=ACTOR
    )


@subscribe("inventory.drop_photo", ItemDeleted)
def drop_photo(event: Event) -> None:
    photo = event.payload["changes"]["photo"][0]
    if photo is not None:
        drop_photo_files(UUID(photo))


@receiver(m2m_changed, sender=Item.compatible_models.through)
def describe_changed(instance: Any, action: str, reverse: bool, pk_set: set[UUID] | None, **_: Any) -> None:
    """In the transaction of the change: an item is found by its models from the moment it has them."""
    if reverse and action == "pre_clear":
        instance.items_to_describe = list(instance.items.values_list("pk", flat=True))
    if action not in {"post_add", "post_remove", "post_clear"}:
        return
    if reverse:
        services.describe_items(instance.items_to_describe if pk_set is None else pk_set)
        return
    for described in services.describe_items([instance.pk]):
        # The instance at hand may be saved once more.
        instance.models_text, instance.search_text = described.models_text, described.search_text


@receiver(post_migrate)
def keep_search_index(sender: AppConfig, using: str, **_: Any) -> None:
    """See to the index of items after every migration.

    To alter a table of SQLite, Django makes it anew and leaves its triggers behind; on PostgreSQL the extension may have
    been missing the first time.
    """
    if sender.name == "apps.inventory" and ITEM_WORDS.table in connections[using].introspection.table_names():
        ITEM_WORDS.ensure(connections[using])
