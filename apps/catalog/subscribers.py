"""What the catalogue does when one of its records has been saved, and after a migration."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, post_save
from django.dispatch import receiver

from apps.audit.models import Event
from apps.audit.registry import subscribe
from apps.catalog import services
from apps.catalog.events import DeviceModelMerged
from apps.catalog.models import Brand, DeviceModel
from apps.catalog.models.devices import MODEL_PARTS
from apps.core.actor import Actor


@receiver(post_save, sender=DeviceModel)
def index_saved(instance: DeviceModel, created: bool, **_: Any) -> None:
    """In the transaction of the change: a model is found by its new name from the moment it has it."""
    services.index_models([instance], fresh=created)


@receiver(post_save, sender=Brand)
def describe_renamed(instance: Brand, created: bool, **_: Any) -> None:
    if not created and instance.was_renamed:
        services.describe_brand(instance)


@subscribe("catalog.finish_merging", DeviceModelMerged)
def finish_merging(event: Event) -> None:
    """What came to refer to the duplicate in the moment of its merging, without asking where it goes, follows it."""
    services.move_leftovers(event.aggregate_id, actor=Actor.system("merged models"))


@receiver(post_migrate)
def keep_search_index(sender: AppConfig, using: str, **_: Any) -> None:
    """See to the index for parts of words after every migration.

    To alter a table of SQLite, Django makes it anew and leaves its triggers behind; on PostgreSQL the extension may have
    been missing the first time.
    """
    if sender.name == "apps.catalog" and MODEL_PARTS.table in connections[using].introspection.table_names():
        MODEL_PARTS.ensure(connections[using])
