"""What the workshop does when others tell it something."""

from uuid import UUID

from apps.audit.models import Event
from apps.audit.registry import subscribe
from apps.core.actor import Actor
from apps.inventory.events import StockBecameAvailable
from apps.repairs import services


@subscribe("repairs.fill_backorders", StockBecameAvailable)
def fill_backorders(event: Event) -> None:
    actor = Actor.system("back-orders")
    services.fill_backorders(event.aggregate_id, UUID(event.payload["branch_id"]), actor=actor)
