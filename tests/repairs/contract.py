"""Section 6 of the contract, written down once more by hand; and what a refusal must leave alone."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from apps.audit.models import Delivery, Event
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory.models import Branch, Reservation, StockLevel, StockMovement
from apps.repairs.models import DeviceSecret, OrderNote, Payment, RepairLine, RepairOrder, StatusHistory
from tests.factories import CustomerFactory, DeviceModelFactory, RepairTypeFactory
from tests.tables import rows_of

STATUSES = [
    "pending", "awaiting_approval", "in_progress", "waiting_parts", "completed", "ready_pickup", "delivered", "cancelled",
]  # fmt: skip
TABLE = {
    "pending": {"in_progress", "awaiting_approval", "waiting_parts", "cancelled"},
    "awaiting_approval": {"in_progress", "waiting_parts", "cancelled"},
    "in_progress": {"awaiting_approval", "waiting_parts", "completed", "cancelled"},
    "waiting_parts": {"in_progress", "awaiting_approval", "cancelled"},
    "completed": {"ready_pickup", "in_progress"},
    "ready_pickup": {"delivered", "in_progress"},
    "cancelled": {"ready_pickup", "pending"},
    "delivered": set(),
}
NEEDS_REASON = {("completed", "in_progress"), ("ready_pickup", "in_progress"), ("cancelled", "pending")}
MANAGERS_ONLY = {("cancelled", "pending")}
OF_SELLERS = {
    ("ready_pickup", "delivered"),
    ("pending", "cancelled"),
    ("awaiting_approval", "cancelled"),
    ("cancelled", "ready_pickup"),
}
# How an order gets to each status, as `tests.factories.order` takes it.
WAY_TO = {
    "pending": "pending",
    "awaiting_approval": "awaiting_approval",
    "in_progress": "in_progress",
    "waiting_parts": "waiting_parts",
    "completed": "in_progress>completed",
    "ready_pickup": "in_progress>completed>ready_pickup",
    "delivered": "in_progress>completed>ready_pickup>delivered",
    "cancelled": "cancelled",
}
SYSTEM = Actor.system("test")
_KEPT: tuple[type[Model], ...] = (
    RepairOrder, RepairLine, StatusHistory, OrderNote, Payment, DeviceSecret, StockLevel, StockMovement, Reservation,
    Event, Delivery,
)  # fmt: skip


def books() -> dict[str, list[str]]:
    """Every row that an operation on an order may write. Equal before and after means that nothing happened."""
    return rows_of(_KEPT)


def events_of(order: RepairOrder, event_type: str) -> list[dict[str, Any]]:
    """The payloads of an order's events of one type, oldest first."""
    found = Event.objects.about("repairs.order", order.pk).filter(type=event_type)
    return [event.payload for event in found]


def intake_body(branch: Branch | None, **changes: Any) -> dict[str, Any]:
    """A complete request for an order of one line of 100.00; a change to ``...`` leaves a field out."""
    body = {
        "customerId": str(CustomerFactory().pk),
        "branchId": str(branch.pk) if branch else ...,
        "deviceModelId": str(DeviceModelFactory().pk),
        "issueDescription": "does not turn on",
        "items": [item_body()],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


def item_body(**changes: Any) -> dict[str, Any]:
    """A line of 100.00; a change to ``...`` leaves a field out."""
    body = {"repairTypeId": str(RepairTypeFactory().pk), "unitPrice": "100.00", **changes}
    return {name: value for name, value in body.items() if value is not ...}


def fresh_id() -> str:
    return str(new_id())


def named(answer: Any) -> list[tuple[str, str]]:
    """Field and code of each detail of a refusal."""
    return [(detail["field"], detail["code"]) for detail in answer.body["details"]]
