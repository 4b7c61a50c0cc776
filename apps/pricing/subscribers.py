"""What the price list does when it hears that a part costs something else."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.audit.models import Event
from apps.audit.registry import subscribe
from apps.core.actor import Actor
from apps.core.events import DomainEvent
from apps.inventory.events import PurchaseReceived, ReceiptReversed
from apps.pricing.services.costs import propose_from_item, propose_from_purchases

ACTOR = Actor.system("margin rules")


@dataclass(frozen=True, kw_only=True)
class ItemUpdated(DomainEvent):
    """What the event of a change to an item is called; such events are recorded without a class."""

    event_type: ClassVar[str] = "inventory.item.updated"
    aggregate: ClassVar[str] = "inventory.item"


@subscribe("pricing.propose_from_item", ItemUpdated)
def follow_item(event: Event) -> None:
    if {"cost_price", "currency"} & event.payload["changes"].keys():
        propose_from_item(event.aggregate_id, actor=ACTOR)


@subscribe("pricing.propose_from_purchase", PurchaseReceived, ReceiptReversed)
def follow_purchase(event: Event) -> None:
    propose_from_purchases([UUID(str(line_id)) for line_id, _ in event.payload["lines"]], actor=ACTOR)
