"""Taking a device in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import Customer
from apps.accounts.rules import Right, require
from apps.accounts.selectors import customers_visible_to
from apps.audit import services as audit
from apps.catalog.services import hold_model
from apps.core import composed, money
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.inventory.selectors import branches_within, home_branch
from apps.repairs import events, rules, selectors
from apps.repairs.enums import OrderStatus, PaymentKind, PaymentMethod, Priority
from apps.repairs.models import DeviceSecret, RepairLine, RepairOrder
from apps.repairs.services import estimating, stock
from apps.repairs.services.drafting import LineRequest, draft_lines
from apps.repairs.services.locking import locked_for
from apps.repairs.services.numbering import next_order_number
from apps.repairs.services.payments import PaymentRequest, book_payment
from apps.repairs.services.status import write_history

__all__ = ["Intake", "LineRequest", "claim_warranty", "create_order"]


@dataclass(frozen=True)
class Intake:
    """A device as it comes over the counter. Without a branch it is the one where the actor works."""

    customer_id: UUID
    device_model_id: UUID
    issue_description: str
    items: Sequence[LineRequest]
    branch_id: UUID | None = None
    device_imei: str = ""
    device_serial: str = ""
    device_password: str = ""
    priority: str = Priority.NORMAL
    cosmetic_condition: str = ""
    accessories: Any = field(default_factory=list)
    estimated_completion: datetime | None = None
    deposit_paid: Decimal = Decimal(0)
    warranty_of_id: UUID | None = None
    external_reference: str | None = None
    id: UUID | None = None


@transaction.atomic
def create_order(intake: Intake, *, actor: Actor, notify: bool = True, at: datetime | None = None) -> RepairOrder:
    """Take a device in: number, lines, reservations, deposit, first history row and the event, all or nothing.

    A model that was merged leads to where it went.
    ``at`` is the time of an intake that happened before it was entered. Raises ``Forbidden``, ``ReferenceMissing`` for
    anything named that is not in the actor's scope, ``ValidationFailed`` for amounts that are none.
    """
    require(actor, Right.ORDERS_CREATE)
    if not intake.items:
        raise ValidationFailed.on("items", "min_length", "An order has at least one line.")
    branch = _branch(intake.branch_id, actor)
    _require_customer(intake.customer_id, actor)
    model_id = hold_model(intake.device_model_id)
    if model_id is None:
        raise ReferenceMissing.on("deviceModelId", "device model")
    intake = replace(intake, device_model_id=model_id)
    _check_warranty(intake, actor)
    moment = at or timezone.now()
    order = _draft(intake, branch, moment)
    lines = draft_lines(order, intake.items)
    _insert(order, lines, intake, actor=actor)
    event = events.OrderCreated(
        aggregate_id=order.pk,
        order_number=order.order_number,
        branch_id=branch.pk,
        customer_id=intake.customer_id,
        warranty_of_id=intake.warranty_of_id,
        notify=notify,
    )
    audit.record(event, actor=actor)
    return order


@transaction.atomic
def claim_warranty(order_id: UUID, fields: Mapping[str, Any], *, actor: Actor) -> RepairOrder:
    """A new order for a device that came back: linked, for the same customer and device; what was done before is free.

    ``fields`` are those of an ``Intake``; without ``items`` the lines of the first order are done again at price zero.
    Raises ``Conflict`` while the first order has not been handed over, and what ``create_order`` raises.
    """
    first = locked_for(actor, Right.ORDERS_CREATE, order_id)
    _require_warranty(first)
    again = [
        LineRequest(line.repair_type_id, line.part_type_id, line.quantity, Decimal(0), item_id=line.item_id)
        for line in first.lines.all()
    ]
    device = {"device_imei": first.device_imei, "device_serial": first.device_serial}
    intake = Intake(
        customer_id=first.customer_id,
        device_model_id=first.device_model_id,
        branch_id=first.branch_id,
        warranty_of_id=first.pk,
        **{"items": again, **device, **fields},
    )
    return create_order(intake, actor=actor)


def _branch(branch_id: UUID | None, actor: Actor) -> Branch:
    if branch_id is None:
        home = home_branch(actor, Right.ORDERS_CREATE)
        if home is None:
            raise ValidationFailed.on("branchId", "required", "Say at which branch the device is taken in.")
        return home
    found = composed.records(
        Branch,
        ("repairs.intake", actor.kind, actor.role),
        lambda: branches_within(actor, Right.ORDERS_CREATE).filter(pk=branch_id, is_active=True).order_by(),
        {"actor": actor.id, "branch": branch_id},
    )
    if not found:
        raise ReferenceMissing.on("branchId", "branch among yours")
    return found[0]


def _require_customer(customer_id: UUID, actor: Actor) -> None:
    """Locks the customer, so that nobody merges them away between this look and the new order."""
    key = ("repairs.intake.customer", actor.kind, actor.role)

    def make() -> QuerySet[Customer, Any]:
        held = customers_visible_to(actor).select_for_update().filter(pk=customer_id)
        return held.order_by().values_list("pk")

    if not composed.rows(key, make, {"actor": actor.id, "customer": customer_id}):
        raise ReferenceMissing.on("customerId", "customer")


def _check_warranty(intake: Intake, actor: Actor) -> None:
    if intake.warranty_of_id is None:
        return
    visible = selectors.orders_visible_to(actor)
    first = visible.filter(pk=intake.warranty_of_id, customer_id=intake.customer_id).first()
    if first is None:
        raise ReferenceMissing.on("warrantyOfId", "order of this customer")
    _require_warranty(first)


def _require_warranty(first: RepairOrder) -> None:
    if first.status != OrderStatus.DELIVERED or first.unrepaired:
        raise Conflict("Only a repaired device that was handed over can come back under warranty.")


def _draft(intake: Intake, branch: Branch, moment: datetime) -> RepairOrder:
    return RepairOrder(
        id=intake.id or new_id(),
        customer_id=intake.customer_id,
        branch=branch,
        device_model_id=intake.device_model_id,
        device_imei=intake.device_imei,
        device_serial=intake.device_serial,
        priority=intake.priority,
        issue_description=intake.issue_description,
        cosmetic_condition=intake.cosmetic_condition,
        accessories=intake.accessories,
        estimated_completion=intake.estimated_completion,
        currency=branch.currency,
        warranty_of_id=intake.warranty_of_id,
        external_reference=intake.external_reference,
        created_at=moment,
    )


def _insert(order: RepairOrder, lines: list[RepairLine], intake: Intake, *, actor: Actor) -> None:
    set_totals(order, lines, field="items")
    with_parts = any(line.item_id for line in lines)
    if with_parts:
        _number(order)  # reservations name it
        stock.reserve(order, lines, actor=actor)
    # What belongs to the order comes before it; references are checked at the commit.
    RepairLine.objects.bulk_create(lines)
    estimating.keep(order, lines, actor=actor)
    if intake.device_password:
        DeviceSecret.objects.create(order=order, password=intake.device_password)
    write_history(order, None, "", actor=actor, at=order.created_at)
    if not with_parts:
        _number(order)
    order.save(force_insert=True)
    if intake.deposit_paid:
        deposit = PaymentRequest(intake.deposit_paid, PaymentKind.DEPOSIT, PaymentMethod.OTHER, "intake")
        book_payment(order, deposit, actor=actor, field="depositPaid")


def _number(order: RepairOrder) -> None:
    """Give the order its number. The counter's row is held until the commit, so all intakes wait for what follows."""
    order.order_number = next_order_number(order.created_at.astimezone(order.branch.zone).year)


def set_totals(order: RepairOrder, lines: Sequence[RepairLine], *, field: str) -> None:
    """Compute the order's totals from its lines. Does not save it.

    Raises ``ValidationFailed`` on ``field`` for sums that no column holds.
    """
    amounts = [rules.LineAmounts(line.quantity, line.unit_price, line.discount) for line in lines]
    totals = rules.order_amounts(amounts, order.currency)
    if totals.subtotal > money.LARGEST:
        raise ValidationFailed.on(field, "max_value", "The order's total is too large.")
    order.subtotal, order.discount_total, order.total = totals.subtotal, totals.discount_total, totals.total
