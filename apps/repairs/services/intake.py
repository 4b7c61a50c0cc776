"""Taking a device in."""

from collections.abc import Sequence
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
from apps.repairs.enums import ActivationLock, OrderStatus, PasswordKind, PaymentKind, PaymentMethod, Priority
from apps.repairs.models import RepairLine, RepairOrder
from apps.repairs.services import estimating, stock
from apps.repairs.services.checklists import ChecklistRequest, keep_checklist
from apps.repairs.services.drafting import LineRequest, draft_lines
from apps.repairs.services.numbering import next_order_number
from apps.repairs.services.payments import PaymentRequest, book_payment, require_amount
from apps.repairs.services.secrets import keep_password, require_password
from apps.repairs.services.status import write_history

__all__ = ["Intake", "LineRequest", "create_order"]


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
    device_password_kind: str = PasswordKind.TEXT
    activation_lock: str = ActivationLock.UNKNOWN
    priority: str = Priority.NORMAL
    cosmetic_condition: str = ""
    accessories: Any = field(default_factory=list)
    estimated_completion: datetime | None = None
    deposit_paid: Decimal = Decimal(0)
    diagnosis_fee: Decimal | None = None
    spend_limit: Decimal | None = None
    warranty_of_id: UUID | None = None
    drop_off_id: UUID | None = None
    checklist: ChecklistRequest | None = None
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
    require_password(intake.device_password_kind, intake.device_password)
    branch = branch_for(intake.branch_id, actor)
    hold_customer(intake.customer_id, actor)
    model_id = hold_model(intake.device_model_id)
    if model_id is None:
        raise ReferenceMissing.on("deviceModelId", "device model")
    intake = replace(intake, device_model_id=model_id)
    _check_warranty(intake, actor)
    _check_drop_off(intake, branch, actor)
    moment = at or timezone.now()
    order = _draft(intake, branch, moment)
    terms = selectors.price_terms(branch.pk)
    _settle_terms(order, terms, intake)
    lines = draft_lines(order, intake.items, terms=terms)
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
    if intake.drop_off_id is not None:
        audit.record(events.DeviceAdded(aggregate_id=intake.drop_off_id, order_id=order.pk), actor=actor)
    if intake.checklist is not None:
        keep_checklist(order, intake.checklist, actor=actor, path="checklist.")
    return order


def branch_for(branch_id: UUID | None, actor: Actor) -> Branch:
    """Where a device is taken in: the branch that is named, or the actor's own. Raises ``ReferenceMissing``."""
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


def hold_customer(customer_id: UUID, actor: Actor) -> None:
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
    require_warranty(first)


def _check_drop_off(intake: Intake, branch: Branch, actor: Actor) -> None:
    """A visit is one customer's at one branch, and is paid in one currency."""
    if intake.drop_off_id is None:
        return
    visible = selectors.drop_offs_visible_to(actor, Right.ORDERS_CREATE)
    same = visible.filter(pk=intake.drop_off_id, customer_id=intake.customer_id, branch=branch)
    if not same.exists():
        raise ReferenceMissing.on("dropOffId", "drop-off of this customer at this branch")
    if RepairOrder.objects.filter(drop_off_id=intake.drop_off_id).exclude(currency=branch.currency).exists():
        raise Conflict("The branch charges in another currency since this drop-off.")


def require_warranty(first: RepairOrder) -> None:
    """Raise ``Conflict`` unless the order is one that can come back under warranty."""
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
        spend_limit=checked_limit(intake.spend_limit, branch.currency),
        warranty_of_id=intake.warranty_of_id,
        drop_off_id=intake.drop_off_id,
        activation_lock=intake.activation_lock,
        external_reference=intake.external_reference,
        created_at=moment,
        status_since=moment,
    )


def _settle_terms(order: RepairOrder, terms: selectors.PriceTerms, intake: Intake) -> None:
    """What is agreed with the customer now holds for the order, whatever the branch settles later."""
    order.prices_include_tax = terms.prices_include_tax
    # Who comes back under warranty is not asked for a fee that nobody has named.
    usual = money.ZERO if intake.warranty_of_id else money.rounded(terms.diagnosis_fee, order.currency)
    order.diagnosis_fee = usual if intake.diagnosis_fee is None else intake.diagnosis_fee
    require_amount(order.diagnosis_fee, order.currency, "diagnosisFee")


def checked_limit(limit: Decimal | None, currency: str) -> Decimal | None:
    """A spend limit, or none; raises ``ValidationFailed`` for one that is no amount of the currency."""
    if limit is not None and (limit < 0 or not money.fits(limit, currency)):
        raise ValidationFailed.on("spendLimit", "invalid", f"This is not an amount of {currency}.")
    return limit


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
        keep_password(order, intake.device_password, intake.device_password_kind)
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
    amounts = [rules.LineAmounts(line.quantity, line.unit_price, line.discount, line.tax_percent) for line in lines]
    totals = rules.order_amounts(amounts, order.currency, prices_include_tax=order.prices_include_tax)
    if max(totals.subtotal, totals.total) > money.LARGEST:
        raise ValidationFailed.on(field, "max_value", "The order's total is too large.")
    order.subtotal, order.discount_total = totals.subtotal, totals.discount_total
    order.tax_total, order.total = totals.tax_total, totals.total
