"""The order's row lock, under which everything about a purchase is decided; levels are locked after it, never before."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.utils import timezone

from apps.accounts.rules import Right, require
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, DomainError, FieldError, NotFound
from apps.inventory.enums import PurchaseStatus
from apps.inventory.models import PurchaseLine, PurchaseOrder
from apps.inventory.rules.purchasing import LineState, status_of
from apps.inventory.selectors import branches_within
from apps.inventory.services.ledger import Ledger, open_ledger

ON_THE_WAY = frozenset({PurchaseStatus.ORDERED, PurchaseStatus.PARTLY_RECEIVED})


def locked(order_id: UUID, actor: Actor) -> PurchaseOrder:
    """The order as it is now, held until the transaction ends. Raises ``Forbidden``, and ``NotFound`` out of scope."""
    require(actor, Right.PURCHASES_WRITE)
    within = branches_within(actor, Right.PURCHASES_WRITE).values("pk")
    held = PurchaseOrder.objects.select_for_update(of=("self",)).select_related("branch", "supplier")
    order: PurchaseOrder | None = held.filter(pk=order_id, branch__in=within).first()
    if order is None:
        raise NotFound("There is no such purchase order.")
    return order


def require_status(order: PurchaseOrder, allowed: frozenset[PurchaseStatus], to: str) -> None:
    """Raises ``Conflict`` unless the order is in one of these statuses."""
    if order.status not in allowed:
        raise Conflict(f"{order.number} is {PurchaseStatus(order.status).label}: it cannot be {to}.")


def open_lines(order: PurchaseOrder, lines: Sequence[PurchaseLine], *, actor: Actor) -> Ledger:
    """Lock the levels that the lines are for."""
    return open_ledger([(line.item_id, order.branch_id) for line in lines], actor=actor)


def save_progress(order: PurchaseOrder, changed: Sequence[PurchaseLine]) -> None:
    """Save how far the lines have come, and the order's status that follows from all of its lines."""
    for line in changed:
        line.updated_at = timezone.now()
    PurchaseLine.objects.bulk_update(changed, ["received", "cancelled", "updated_at"])
    states = [LineState(*row) for row in order.lines.values_list("quantity", "received", "cancelled")]
    order.status = status_of(states)
    order.closed_at = None if order.status in ON_THE_WAY else timezone.now()
    order.save(update_fields=["status", "closed_at"])


@contextmanager
def fields_of(prefix: str) -> Iterator[None]:
    """What is refused in the body is said of the fields below ``prefix``."""
    try:
        yield
    except DomainError as refusal:
        refusal.details = [
            FieldError(f"{prefix}{detail.field}", detail.code, detail.message) for detail in refusal.details
        ]
        raise
