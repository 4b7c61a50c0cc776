"""Purchase orders before they are sent: written, changed and thrown away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import FieldError, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.inventory import events
from apps.inventory.enums import PurchaseStatus
from apps.inventory.models import Branch, Item, PurchaseLine, PurchaseOrder, Supplier, SupplierItem
from apps.inventory.registry import order_numbers
from apps.inventory.rules.purchasing import MOST_LINES, check_amounts
from apps.inventory.selectors import branches_within
from apps.inventory.services.numbering import next_number
from apps.inventory.services.purchasing.locking import fields_of, locked, require_status

DRAFT = frozenset({PurchaseStatus.DRAFT})


@dataclass(frozen=True)
class PurchaseLineRequest:
    """Units of an item, in the supplier's currency each; without a cost it is what the supplier's list says.

    ``repair_order_id`` is the repair order that waits for it.
    """

    item_id: UUID
    quantity: int
    unit_cost: Decimal | None = None
    repair_order_id: UUID | None = None
    id: UUID | None = None


@dataclass(frozen=True)
class PurchaseRequest:
    """A purchase order as it is asked for. ``exchange_rate`` is what one unit of the supplier's currency costs in the
    branch's; needed where the two differ.
    """

    supplier_id: UUID
    branch_id: UUID
    lines: Sequence[PurchaseLineRequest]
    exchange_rate: Decimal | None = None
    supplier_reference: str = ""
    expected_on: date | None = None
    notes: str = ""
    id: UUID | None = None


@transaction.atomic
def draft_purchase(request: PurchaseRequest, *, actor: Actor) -> PurchaseOrder:
    """Write a purchase order that is not sent yet; nothing is expected of it.

    Raises ``Forbidden``, ``ReferenceMissing`` for a supplier, branch, item or repair order that does not exist in the
    actor's scope, and ``ValidationFailed`` for amounts that are none.
    """
    require(actor, Right.PURCHASES_WRITE)
    order = PurchaseOrder(id=request.id or new_id(), created_at=timezone.now())
    lines = _write(order, request, actor)
    order.actor_kind, order.actor_id, order.actor_label = actor.kind, actor.id, actor.label[:200]
    order.number = next_number("PO", order.created_at.astimezone(order.branch.zone).year)
    order.save(force_insert=True)
    PurchaseLine.objects.bulk_create(lines)
    event = events.PurchaseDrafted(
        aggregate_id=order.pk, number=order.number, branch_id=order.branch_id, supplier_id=order.supplier_id
    )
    audit.record(event, actor=actor)
    return order


@transaction.atomic
def edit_purchase(order_id: UUID, changes: Mapping[str, Any], *, actor: Actor) -> PurchaseOrder:
    """Change a draft: fields of a ``PurchaseRequest`` but the id; ``lines`` replace all there were.

    Raises ``NotFound`` outside the actor's scope, ``Conflict`` for what has been ordered, and as ``draft_purchase``.
    """
    order = locked(order_id, actor)
    require_status(order, DRAFT, "changed")
    present = _as_requested(order)
    wanted = replace(present, **{**changes, "id": order.pk})
    is_moved = (wanted.supplier_id, wanted.branch_id) != (order.supplier_id, order.branch_id)
    if is_moved and "exchange_rate" not in changes:  # the present rate was between two other currencies
        wanted = replace(wanted, exchange_rate=None)
    changed = tuple(
        field.name for field in fields(wanted) if getattr(wanted, field.name) != getattr(present, field.name)
    )
    lines = _write(order, wanted, actor)
    order.lines.all().delete()
    PurchaseLine.objects.bulk_create(lines)
    order.save()
    event = events.PurchaseChanged(
        aggregate_id=order.pk, number=order.number, branch_id=order.branch_id, changed=changed
    )
    audit.record(event, actor=actor)
    return order


@transaction.atomic
def discard_purchase(order_id: UUID, *, actor: Actor) -> None:
    """Delete a draft. Raises as ``edit_purchase``: what has been ordered is cancelled instead."""
    order = locked(order_id, actor)
    require_status(order, DRAFT, "deleted")
    event = events.PurchaseDiscarded(aggregate_id=order.pk, number=order.number, branch_id=order.branch_id)
    order.lines.all().delete()
    order.delete()
    audit.record(event, actor=actor)


def _as_requested(order: PurchaseOrder) -> PurchaseRequest:
    lines = [
        PurchaseLineRequest(line.item_id, line.quantity, line.unit_cost, line.repair_order_id, line.pk)
        for line in order.lines.all()
    ]
    return PurchaseRequest(
        order.supplier_id,
        order.branch_id,
        lines,
        order.exchange_rate,
        order.supplier_reference,
        order.expected_on,
        order.notes,
        order.pk,
    )


def _write(order: PurchaseOrder, request: PurchaseRequest, actor: Actor) -> list[PurchaseLine]:
    """Set the order's fields; its unsaved lines."""
    order.branch, order.supplier = _branch(request.branch_id, actor), _supplier(request.supplier_id)
    order.currency = order.supplier.currency
    order.exchange_rate = _rate(request.exchange_rate, order)
    order.supplier_reference, order.notes = request.supplier_reference, request.notes
    order.expected_on = request.expected_on
    lines = _lines(order, request.lines, actor)
    order.total = sum((line.unit_cost * line.quantity for line in lines), Decimal(0))
    if order.total > money.LARGEST:
        raise ValidationFailed.on("lines", "max_value", "The total is too large.")
    return lines


def _branch(branch_id: UUID, actor: Actor) -> Branch:
    branch: Branch | None = branches_within(actor, Right.PURCHASES_WRITE).filter(pk=branch_id, is_active=True).first()
    if branch is None:
        raise ReferenceMissing.on("branchId", "branch among yours")
    return branch


def _supplier(supplier_id: UUID) -> Supplier:
    supplier: Supplier | None = Supplier.objects.filter(pk=supplier_id).first()
    if supplier is None:
        raise ReferenceMissing.on("supplierId", "supplier")
    if not supplier.is_active:
        raise ValidationFailed.on("supplierId", "inactive", "Nothing is ordered from this supplier any more.")
    return supplier


def _rate(rate: Decimal | None, order: PurchaseOrder) -> Decimal:
    own = order.branch.currency
    if order.currency == own:
        if rate not in (None, 1):
            raise ValidationFailed.on("exchangeRate", "invalid", f"Both sides reckon in {own}: the rate is 1.")
        return Decimal(1)
    if rate is None:
        message = f"Say how many {own} one {order.currency} costs."
        raise ValidationFailed.on("exchangeRate", "required", message)
    if rate <= 0:
        raise ValidationFailed.on("exchangeRate", "min_value", "An exchange rate is more than 0.")
    return rate


def _lines(order: PurchaseOrder, requests: Sequence[PurchaseLineRequest], actor: Actor) -> list[PurchaseLine]:
    if not requests:
        raise ValidationFailed.on("lines", "min_length", "An order has at least one line.")
    if len(requests) > MOST_LINES:
        raise ValidationFailed.on("lines", "max_length", f"An order has at most {MOST_LINES} lines.")
    numbers = order_numbers({one.repair_order_id for one in requests if one.repair_order_id}, actor)
    wanted = {one.item_id for one in requests}
    items = Item.objects.in_bulk(wanted)
    sold = SupplierItem.objects.filter(supplier=order.supplier, item__in=wanted)
    listed = dict(sold.values_list("item_id", "unit_cost"))
    _require_references(requests, items, numbers)
    lines = []
    for position, request in enumerate(requests):
        with fields_of(f"lines.{position}."):
            cost = _cost(request, items[request.item_id], listed, order.currency)
            check_amounts(request.quantity, cost, order.exchange_rate, order.currency, prefix="")
        line = PurchaseLine(
            id=request.id or new_id(),
            order=order,
            item_id=request.item_id,
            position=position + 1,
            quantity=request.quantity,
            unit_cost=cost,
            repair_order_id=request.repair_order_id,
            repair_order_number=numbers[request.repair_order_id] if request.repair_order_id else "",
        )
        lines.append(line)
    return lines


def _require_references(
    requests: Sequence[PurchaseLineRequest], items: Mapping[UUID, Item], numbers: Mapping[UUID, str]
) -> None:
    missing = []
    for position, one in enumerate(requests):
        if one.item_id not in items:
            missing.append(FieldError(f"lines.{position}.itemId", "does_not_exist", "There is no such item."))
        if one.repair_order_id is not None and one.repair_order_id not in numbers:
            message = "There is no such repair order."
            missing.append(FieldError(f"lines.{position}.repairOrderId", "does_not_exist", message))
    if missing:
        raise ReferenceMissing(missing[0].message, missing)


def _cost(request: PurchaseLineRequest, item: Item, listed: Mapping[UUID, Decimal], currency: str) -> Decimal:
    if request.unit_cost is not None:
        return request.unit_cost
    if item.pk in listed:
        return listed[item.pk]
    if item.currency == currency:
        return item.cost_price
    raise ValidationFailed.on("unitCost", "required", "The supplier lists no cost for this item; name one.")
