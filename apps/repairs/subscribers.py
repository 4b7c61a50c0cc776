"""What the workshop does when others tell it something."""

from typing import Any
from uuid import UUID

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from apps.audit.models import Event
from apps.audit.registry import subscribe
from apps.core.actor import Actor
from apps.inventory.events import (
    PurchaseCancelled,
    PurchaseOrdered,
    PurchaseReceived,
    ReceiptReversed,
    StockBecameAvailable,
)
from apps.inventory.selectors import items_of_purchase
from apps.repairs import services
from apps.repairs.events import WaitingChanged
from apps.repairs.models.orders import DEVICE_WORDS

_ACTOR = Actor.system("back-orders")


@subscribe("repairs.fill_backorders", StockBecameAvailable)
def fill_backorders(event: Event) -> None:
    services.fill_backorders(event.aggregate_id, UUID(event.payload["branch_id"]), actor=_ACTOR)


@subscribe("repairs.follow_purchases", PurchaseOrdered, PurchaseCancelled, PurchaseReceived, ReceiptReversed)
def follow_purchases(event: Event) -> None:
    branch_id = UUID(event.payload["branch_id"])
    for item_id in sorted(items_of_purchase(event.aggregate_id)):
        services.cover_backorders(item_id, branch_id, actor=_ACTOR)


@subscribe("repairs.follow_queue", WaitingChanged)
def follow_queue(event: Event) -> None:
    services.cover_backorders(UUID(event.payload["item_id"]), UUID(event.payload["branch_id"]), actor=_ACTOR)


@receiver(post_migrate)
def keep_search_index(sender: AppConfig, using: str, **_: Any) -> None:
    """See to the index of orders after every migration, for the reasons of the one over items."""
    if sender.name == "apps.repairs" and DEVICE_WORDS.table in connections[using].introspection.table_names():
        DEVICE_WORDS.ensure(connections[using])
