"""Drafts of what repair orders wait for."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right, require
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ReferenceMissing, ValidationFailed
from apps.inventory import selectors
from apps.inventory.models import Branch, PurchaseOrder, Supplier, SupplierItem
from apps.inventory.registry import order_numbers
from apps.inventory.rules.purchasing import order_quantity
from apps.inventory.services.purchasing.drafts import PurchaseLineRequest, PurchaseRequest, draft_purchase


@transaction.atomic
def draft_from_needs(
    branch_id: UUID,
    *,
    actor: Actor,
    item_ids: Collection[UUID] | None = None,
    exchange_rates: dict[str, Decimal] | None = None,
) -> list[PurchaseOrder]:
    """One draft for each preferred supplier, of what waits at a branch and is neither in stock nor on order.

    Lines name the repair orders that wait; what a pack holds beyond that is a line of its own. What is in drafts already
    is not drafted again. ``exchange_rates`` are by the suppliers' currencies, for those that are not the branch's. Raises
    ``Forbidden``, ``ReferenceMissing`` for a foreign branch, ``ValidationFailed`` without a rate that is needed, and
    ``Conflict`` when there is nothing to draft.
    """
    require(actor, Right.PURCHASES_WRITE)
    # Two who draft the same needs at once would order them twice.
    held = selectors.branches_within(actor, Right.PURCHASES_WRITE).select_for_update(no_key=True)
    branch: Branch | None = held.filter(pk=branch_id, is_active=True).order_by().first()
    if branch is None:
        raise ReferenceMissing.on("branchId", "branch among yours")
    by_supplier: dict[Supplier, list[PurchaseLineRequest]] = defaultdict(list)
    for need in selectors.purchase_needs(branch_id, actor=actor):
        if need.to_order and need.offer is not None and (item_ids is None or need.item.pk in item_ids):
            by_supplier[need.offer.supplier] += _lines(need, need.offer, actor)
    if not by_supplier:
        raise Conflict("Nothing waits here that is not on its way already and has a supplier.")
    rates = exchange_rates or {}
    drafts = []
    for supplier in sorted(by_supplier, key=lambda one: (one.name, one.pk)):
        rate = rates.get(supplier.currency)
        if rate is None and supplier.currency != branch.currency:
            message = f"Say how many {branch.currency} one {supplier.currency} of {supplier} costs."
            raise ValidationFailed.on(f"exchangeRates.{supplier.currency}", "required", message)
        request = PurchaseRequest(
            supplier.pk, branch_id, by_supplier[supplier], rate if supplier.currency != branch.currency else None
        )
        drafts.append(draft_purchase(request, actor=actor))
    return drafts


def _lines(need: selectors.PurchaseNeed, offer: SupplierItem, actor: Actor) -> list[PurchaseLineRequest]:
    # Staff of the branch see what waits there; a line names only orders that the actor may read.
    named = order_numbers({part.waiting.document_id for part in need.parts}, actor)
    by_order: dict[UUID | None, int] = defaultdict(int)
    for part in need.parts:
        if part.to_order:
            order_id = part.waiting.document_id
            by_order[order_id if order_id in named else None] += part.to_order
    extra = order_quantity(need.to_order, offer.pack_size, offer.minimum_quantity) - need.to_order
    if extra:
        by_order[None] += extra
    return [
        PurchaseLineRequest(need.item.pk, quantity, offer.unit_cost, order_id)
        for order_id, quantity in by_order.items()
    ]
