"""What tests of transfers share: branches with stock at a known cost, and transfers between them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.exceptions import DomainError
from apps.core.ids import new_id
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Item, StockLevel, StockMovement, Transfer
from apps.inventory.services import (
    Arrival,
    MovementRequest,
    ReceiptRequest,
    TransferLineRequest,
    TransferRequest,
    draft_transfer,
    receive_transfer,
    record_movement,
    send_transfer,
)
from tests.factories import ItemFactory
from tests.inventory.killing import everything

SYSTEM = Actor.system("test")


def bought(units: int, branch: Branch, price: str = "10.00", serials: Sequence[str] = (), **fields: Any) -> Item:
    """An item of which so many units came to the branch at this price."""
    item: Item = ItemFactory(tracks_serials=bool(serials), **fields)
    restock(item, units, branch, price, serials)
    return item


def restock(item: Item, units: int, branch: Branch, price: str = "10.00", serials: Sequence[str] = ()) -> None:
    request = MovementRequest(
        item.pk, MovementType.IN, units, to_branch_id=branch.pk, unit_price=Decimal(price), serials=serials
    )
    record_movement(request, actor=SYSTEM)


def draft(source: Branch, target: Branch, *units: tuple[Any, ...], actor: Actor = SYSTEM) -> Transfer:
    """A draft with a line for each (item, quantity, serials...)."""
    lines = [TransferLineRequest(item.pk, quantity, serials) for item, quantity, *serials in units]
    return draft_transfer(TransferRequest(source.pk, target.pk, lines), actor=actor)


def sent(source: Branch, target: Branch, *units: tuple[Any, ...]) -> Transfer:
    return send_transfer(draft(source, target, *units).pk, actor=SYSTEM)


def receive(transfer: Transfer, *arrivals: Arrival, actor: Actor = SYSTEM) -> Transfer:
    """Take in what is named; all of it if nothing is."""
    return receive_transfer(transfer.pk, ReceiptRequest(new_id(), list(arrivals) or None), actor=actor)


def level(item: Item, branch: Branch) -> tuple[int, int, int]:
    """On hand, incoming, and what the units on hand have cost in millionths."""
    found = StockLevel.objects.filter(item=item, branch=branch).first()
    return (found.quantity, found.incoming, found.value_micros) if found else (0, 0, 0)


def line(transfer: Transfer, position: int = 1) -> Any:
    return transfer.lines.get(position=position)


def moved(transfer: Transfer) -> list[tuple[Any, ...]]:
    """The movements of a transfer: kind, from, to, units, value out, value in, notes."""
    rows = StockMovement.objects.filter(document_id=transfer.pk).order_by("created_at", "id")
    return [
        (str(row.movement_type), getattr(row.from_branch, "code", None), getattr(row.to_branch, "code", None),
         row.quantity, row.from_value_micros, row.to_value_micros, row.notes)
        for row in rows.select_related("from_branch", "to_branch")
    ]  # fmt: skip


def events(transfer: Transfer) -> list[tuple[str, dict[str, Any]]]:
    """Names and what they say beyond the transfer itself."""
    common = {"number", "from_branch_id", "to_branch_id"}
    found = Event.objects.filter(aggregate="inventory.transfer", aggregate_id=transfer.pk).order_by("created_at", "id")
    return [
        (event.type.removeprefix("inventory.transfer_"), {k: v for k, v in event.payload.items() if k not in common})
        for event in found
    ]


def refused(kind: type[DomainError], work: Any) -> DomainError:
    """What ``work`` is refused with; nothing has changed."""
    before = everything()
    with pytest.raises(kind) as refusal:
        work()
    assert everything() == before
    return refusal.value


def fields(refusal: DomainError) -> list[tuple[str, str]]:
    return [(detail.field, detail.code) for detail in refusal.details]
