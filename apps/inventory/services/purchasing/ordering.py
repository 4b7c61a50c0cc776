"""Sending a purchase order to its supplier, and cancelling what will not come."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core import money
from apps.core.actor import Actor
from apps.inventory import events
from apps.inventory.enums import PurchaseStatus
from apps.inventory.models import PurchaseLine, PurchaseOrder
from apps.inventory.services.purchasing.locking import ON_THE_WAY, locked, open_lines, require_status, save_progress


@transaction.atomic
def order_purchase(
    order_id: UUID, *, actor: Actor, supplier_reference: str = "", expected_on: date | None = None
) -> PurchaseOrder:
    """The draft has gone to the supplier: its units are incoming at the branch from now on.

    ``supplier_reference`` and ``expected_on`` are what the supplier has answered, if anything. Raises ``NotFound``
    outside the actor's scope, ``Conflict`` unless it is a draft.
    """
    order = locked(order_id, actor)
    require_status(order, frozenset({PurchaseStatus.DRAFT}), "ordered")
    lines = list(order.lines.all())
    ledger = open_lines(order, lines, actor=actor)
    for line in lines:
        ledger.expect((line.item_id, order.branch_id), line.quantity)
    order.status, order.ordered_at = PurchaseStatus.ORDERED, timezone.now()
    order.supplier_reference = supplier_reference or order.supplier_reference
    order.expected_on = expected_on or order.expected_on
    order.save(update_fields=["status", "ordered_at", "supplier_reference", "expected_on"])
    event = events.PurchaseOrdered(
        aggregate_id=order.pk,
        number=order.number,
        branch_id=order.branch_id,
        supplier_id=order.supplier_id,
        total=money.rounded(order.total, order.currency),
        currency=order.currency,
    )
    ledger.told.append(event)
    ledger.close()
    return order


@transaction.atomic
def cancel_purchase(order_id: UUID, reason: str = "", *, actor: Actor) -> PurchaseOrder:
    """What has not come will not come: nothing of it is incoming any more. A draft is cancelled as a whole.

    Afterwards the order is received if anything had come, else cancelled. Raises ``NotFound`` outside the actor's
    scope, ``Conflict`` for what is received or cancelled already.
    """
    order = locked(order_id, actor)
    require_status(order, ON_THE_WAY | {PurchaseStatus.DRAFT}, "cancelled")
    is_expected = order.status in ON_THE_WAY
    open_ones = [line for line in order.lines.all() if line.outstanding]
    gone = tuple((line.pk, line.outstanding) for line in open_ones)
    ledger = open_lines(order, open_ones if is_expected else [], actor=actor)
    for line in open_ones:
        if is_expected:
            ledger.expect((line.item_id, order.branch_id), -line.outstanding)
        _cancel(line)
    save_progress(order, open_ones)
    event = events.PurchaseCancelled(
        aggregate_id=order.pk,
        number=order.number,
        branch_id=order.branch_id,
        status=str(order.status),
        reason=reason,
        lines=gone,
    )
    ledger.told.append(event)
    ledger.close()
    return order


def _cancel(line: PurchaseLine) -> None:
    line.cancelled += line.outstanding
