"""Questions about invoices and credit notes, within what the asker may see."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.enums import Role
from apps.accounts.rules import Reach, Right, reach
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound
from apps.inventory.selectors import own_branch_ids
from apps.repairs import rules
from apps.repairs.models import Invoice, InvoicedOrder, InvoiceLine, RepairOrder


def invoices_visible_to(actor: Actor, right: Right = Right.PAYMENTS_READ) -> QuerySet[Invoice]:
    """Invoices and credit notes: all, those of the own branches, or those over a customer's own orders."""
    match reach(actor, right):
        case Reach.ALL:
            return Invoice.objects.all()
        case Reach.BRANCH:
            return Invoice.objects.filter(branch_id__in=own_branch_ids(actor))
        case Reach.OWN if actor.role == Role.CUSTOMER and actor.id is not None:
            own = InvoiceLine.objects.filter(order__customer__user_id=actor.id)
            return Invoice.objects.filter(pk__in=own.values("invoice"))
        case _:
            return Invoice.objects.none()


def get_invoice(invoice_id: UUID, *, actor: Actor, right: Right = Right.PAYMENTS_READ) -> Invoice:
    """Raises ``NotFound`` outside the actor's scope."""
    found = invoices_visible_to(actor, right).select_related("branch").filter(pk=invoice_id).first()
    if found is None:
        raise NotFound("There is no such invoice.")
    return found


def invoice_of(order: RepairOrder) -> Invoice | None:
    """The invoice that holds for an order."""
    return Invoice.objects.filter(orders__order=order).first()


def require_not_invoiced(order: RepairOrder) -> None:
    """Raises ``Conflict`` while an invoice holds what the order's lines cost."""
    found = invoice_of(order)
    if found is not None:
        raise Conflict(f"The invoice {found.number} has been issued; it needs a credit note first.")


def rests_of(invoice: Invoice) -> list[rules.Rest]:
    """What is left of each line of an invoice, in their order."""
    lines = list(invoice.lines.all())
    credited: dict[UUID, tuple[Decimal, Decimal]] = defaultdict(lambda: (money.ZERO, money.ZERO))
    taken_off = InvoiceLine.objects.filter(credits__invoice=invoice).order_by()
    for pk, total, tax in taken_off.values_list("credits_id", "total_price", "tax_amount"):
        credited[pk] = credited[pk][0] + total, credited[pk][1] + tax
    return [
        rules.Rest(
            line.pk,
            line.order_id,
            line.total_price - credited[line.pk][0],
            line.tax_amount - credited[line.pk][1],
            line.tax_percent,
        )
        for line in lines
    ]


def standing_on(invoice: Invoice) -> set[UUID]:
    """The orders for which an invoice still holds."""
    return set(InvoicedOrder.objects.filter(invoice=invoice).values_list("order_id", flat=True))


def invoiced_among(orders: Iterable[RepairOrder]) -> dict[UUID, UUID]:
    """Which of the orders stand on which invoice."""
    return dict(InvoicedOrder.objects.filter(order__in=list(orders)).values_list("order_id", "invoice_id"))
