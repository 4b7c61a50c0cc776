"""What tests of purchases share: orders at a supplier, what comes of them, and what the books say then."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory.models import Branch, Item, PurchaseLine, PurchaseOrder, PurchaseReceipt, StockLevel, Supplier
from apps.inventory.services import purchasing
from apps.inventory.services.purchasing import PurchaseLineRequest, PurchaseRequest, ReceiptRequest, ReceivedLine
from tests.factories import SupplierFactory
from tests.inventory.killing import everything

SYSTEM = Actor.system("test")


def wanted(item: Item, quantity: int, cost: str | None = "10.00", **fields: Any) -> PurchaseLineRequest:
    return PurchaseLineRequest(item.pk, quantity, None if cost is None else Decimal(cost), **fields)


def drafted(
    branch: Branch, *lines: PurchaseLineRequest, supplier: Supplier | None = None, rate: str | None = None
) -> PurchaseOrder:
    """A draft at a supplier who reckons as the branch does, or at the given one."""
    seller = supplier or SupplierFactory(currency=branch.currency)
    request = PurchaseRequest(seller.pk, branch.pk, lines, Decimal(rate) if rate else None)
    return purchasing.draft_purchase(request, actor=SYSTEM)


def ordered(branch: Branch, *lines: PurchaseLineRequest, **fields: Any) -> PurchaseOrder:
    return purchasing.order_purchase(drafted(branch, *lines, **fields).pk, actor=SYSTEM)


def line(order: PurchaseOrder, position: int = 1) -> PurchaseLine:
    found: PurchaseLine = order.lines.get(position=position)
    return found


def delivery(
    order: PurchaseOrder, *came: tuple[int, int], cost: str | None = None, serials: Sequence[str] = (), **fields: Any
) -> ReceiptRequest:
    """(position, quantity) for each line that has come."""
    lines = [
        ReceivedLine(line(order, position).pk, quantity, Decimal(cost) if cost else None, serials)
        for position, quantity in came
    ]
    return ReceiptRequest(lines, **{"id": new_id(), **fields})


def received(order: PurchaseOrder, *came: tuple[int, int], **fields: Any) -> PurchaseReceipt:
    return purchasing.receive_purchase(order.pk, delivery(order, *came, **fields), actor=SYSTEM)


def level(item: Item, branch: Branch) -> tuple[int, int, int]:
    """On hand, incoming, and what the units on hand have cost in millionths."""
    found = StockLevel.objects.filter(item=item, branch=branch).first()
    return (found.quantity, found.incoming, found.value_micros) if found else (0, 0, 0)


def state(order: PurchaseOrder) -> tuple[Any, ...]:
    """The status of an order, and received and cancelled of each of its lines."""
    status = PurchaseOrder.objects.values_list("status", flat=True).get(pk=order.pk)
    return (status, *order.lines.order_by("position").values_list("received", "cancelled"))


def told(event_type: str) -> list[dict[str, Any]]:
    return [event.payload for event in Event.objects.filter(type=event_type).order_by("created_at", "id")]


def kept() -> dict[str, list[str]]:
    """Every row of every table, but for who asked when."""
    return {table: rows for table, rows in everything().items() if table != "accounts_session"}
