"""Money that is handed over, or given back, at once for the orders of a drop-off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right, require
from apps.accounts.services import require_recent_second_factor
from apps.audit import services as audit
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.repairs import events, rules, selectors
from apps.repairs.enums import PaymentKind
from apps.repairs.models import RepairOrder, Tender
from apps.repairs.services.invoices import locked_of
from apps.repairs.services.locking import actor_columns
from apps.repairs.services.payments import PaymentRequest, book_payment, most_of, require_amount


@dataclass(frozen=True)
class Allocation:
    """The share of one order."""

    order_id: UUID
    amount: Decimal


@dataclass(frozen=True)
class TenderRequest:
    """An amount as it changes hands; positive, also for a refund. Without allocations the oldest order comes first."""

    amount: Decimal
    kind: str
    method: str
    reference: str = ""
    allocations: Sequence[Allocation] | None = None
    id: UUID | None = None


@transaction.atomic
def take_tender(drop_off_id: UUID, request: TenderRequest, *, actor: Actor) -> Tender:
    """Book one amount on the orders of a drop-off, a payment on each, all or none.

    Never more than all of them owe, and never more back than was paid on all: ``ValidationFailed``; the same holds for
    each order that is named. Rights and refusals are otherwise those of ``take_payment``.
    """
    refund = request.kind == PaymentKind.REFUND
    right = Right.PAYMENTS_REFUND if refund else Right.PAYMENTS_TAKE
    require(actor, right)
    drop_off = selectors.get_drop_off(drop_off_id, actor=actor, right=right)
    if refund:
        require_recent_second_factor(actor)
    orders = locked_of(drop_off)
    currency = _currency(orders)
    if request.amount <= 0:
        raise ValidationFailed.on("amount", "invalid", f"This is not an amount of {currency}.")
    require_amount(request.amount, currency, "amount")
    shares = _shares(orders, request, currency)
    tender = Tender(
        id=request.id or new_id(),
        drop_off=drop_off,
        kind=request.kind,
        method=request.method,
        amount=request.amount,
        currency=currency,
        reference=request.reference,
        **actor_columns(actor),
    )
    tender.save(force_insert=True)
    for order in orders:
        if order.pk in shares:
            share = PaymentRequest(shares[order.pk], request.kind, request.method, request.reference)
            book_payment(order, share, actor=actor, field="amount", tender=tender)
    event = events.TenderTaken(
        aggregate_id=drop_off.pk, tender_id=tender.pk, kind=request.kind, amount=request.amount, currency=currency
    )
    audit.record(event, actor=actor)
    return tender


def _currency(orders: Sequence[RepairOrder]) -> str:
    found = {order.currency for order in orders}
    if len(found) != 1:
        raise Conflict("The orders of this drop-off are not of one currency; pay them one by one.")
    return found.pop()


def _shares(orders: Sequence[RepairOrder], request: TenderRequest, currency: str) -> Mapping[UUID, Decimal]:
    if request.allocations is not None:
        return _named(orders, request, request.allocations, currency)
    most = [(order.pk, most_of(order, request.kind)) for order in orders]
    in_all = sum((limit for _, limit in most), money.ZERO)
    if request.amount > in_all:
        words = "was paid" if request.kind == PaymentKind.REFUND else "is owed"
        raise ValidationFailed.on(
            "amount", "max_value", f"Only {money.text(in_all, currency)} {currency} {words} in all."
        )
    # What is to be given back comes first of what could be.
    due = [(order.pk, max(-rules.balance(order.charged), money.ZERO)) for order in orders]
    return rules.allocated(request.amount, [*_within(due, most), *most] if _is_refund(request) else most)


def _is_refund(request: TenderRequest) -> bool:
    return request.kind == PaymentKind.REFUND


def _within(due: Sequence[tuple[UUID, Decimal]], most: Sequence[tuple[UUID, Decimal]]) -> list[tuple[UUID, Decimal]]:
    limits = dict(most)
    return [(pk, min(amount, limits[pk])) for pk, amount in due]


def _named(
    orders: Sequence[RepairOrder], request: TenderRequest, allocations: Sequence[Allocation], currency: str
) -> Mapping[UUID, Decimal]:
    known, shares = {order.pk: order for order in orders}, dict[UUID, Decimal]()
    for number, share in enumerate(allocations):
        field = f"allocations.{number}"
        if share.order_id not in known:
            raise ReferenceMissing.on(f"{field}.repairOrderId", "order in this drop-off")
        if share.order_id in shares:
            raise ValidationFailed.on(f"{field}.repairOrderId", "repeated", "This order is named twice.")
        if share.amount <= 0:
            raise ValidationFailed.on(f"{field}.amount", "invalid", f"This is not an amount of {currency}.")
        require_amount(share.amount, currency, f"{field}.amount")
        most = most_of(known[share.order_id], request.kind)
        if share.amount > most:
            message = f"Only {money.text(most, currency)} {currency} can be booked on this order."
            raise ValidationFailed.on(f"{field}.amount", "max_value", message)
        shares[share.order_id] = share.amount
    if sum(shares.values(), money.ZERO) != request.amount:
        raise ValidationFailed.on("allocations", "mismatch", "The shares do not add up to the amount.")
    return shares
