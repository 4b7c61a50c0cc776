"""Money that comes in and goes back."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right
from apps.accounts.services import require_recent_second_factor
from apps.audit import services as audit
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import ValidationFailed
from apps.core.ids import new_id
from apps.repairs import events, rules
from apps.repairs.enums import PaymentKind
from apps.repairs.models import Payment, RepairOrder, Tender
from apps.repairs.services.locking import actor_columns, locked_for


@dataclass(frozen=True)
class PaymentRequest:
    """An amount as it changes hands; positive, also for a refund. ``notify`` is false where nobody is to be messaged."""

    amount: Decimal
    kind: str
    method: str
    reference: str = ""
    id: UUID | None = None
    notify: bool = True


@transaction.atomic
def take_payment(order_id: UUID, request: PaymentRequest, *, actor: Actor) -> Payment:
    """Book a payment on an order.

    Never more than is owed, and never more back than was paid: ``ValidationFailed``. A refund is a manager's right:
    ``Forbidden``; who has a second factor must have given it just now: ``MfaRequired``. Raises ``NotFound`` outside the
    actor's scope.
    """
    refund = request.kind == PaymentKind.REFUND
    order = locked_for(actor, Right.PAYMENTS_REFUND if refund else Right.PAYMENTS_TAKE, order_id)
    if refund:
        require_recent_second_factor(actor)
    return book_payment(order, request, actor=actor, field="amount")


def book_payment(
    order: RepairOrder, request: PaymentRequest, *, actor: Actor, field: str, tender: Tender | None = None
) -> Payment:
    """``take_payment`` on an order that is locked already; ``field`` is how the client names the amount."""
    _check_amount(order, request, field)
    payment = Payment(
        id=request.id or new_id(),
        order=order,
        kind=request.kind,
        method=request.method,
        amount=request.amount,
        currency=order.currency,
        reference=request.reference,
        tender=tender,
        **actor_columns(actor),
    )
    payment.save(force_insert=True)
    order.paid += -request.amount if request.kind == PaymentKind.REFUND else request.amount
    if request.kind == PaymentKind.DEPOSIT:
        order.deposit_paid += request.amount
    order.save(update_fields=["paid", "deposit_paid"])
    event = events.PaymentTaken(
        aggregate_id=order.pk,
        payment_id=payment.pk,
        kind=request.kind,
        amount=request.amount,
        currency=order.currency,
        notify=request.notify,
    )
    audit.record(event, actor=actor)
    return payment


def most_of(order: RepairOrder, kind: str) -> Decimal:
    """How much may be booked on an order: what it still owes, and back what was paid."""
    return order.paid if kind == PaymentKind.REFUND else max(rules.balance(order.charged), money.ZERO)


def require_amount(amount: Decimal, currency: str, field: str) -> None:
    """Raises ``ValidationFailed`` for what is no amount of the currency, or less than nothing."""
    if amount < 0 or not money.fits(amount, currency):
        raise ValidationFailed.on(field, "invalid", f"This is not an amount of {currency}.")


def _check_amount(order: RepairOrder, request: PaymentRequest, field: str) -> None:
    if request.amount <= 0:
        raise ValidationFailed.on(field, "invalid", f"This is not an amount of {order.currency}.")
    require_amount(request.amount, order.currency, field)
    refund = request.kind == PaymentKind.REFUND
    most = most_of(order, request.kind)
    if request.amount > most:
        limit = f"{money.text(most, order.currency)} {order.currency}"
        words = f"Only {limit} was paid." if refund else f"Only {limit} is owed."
        raise ValidationFailed.on(field, "max_value", words)
