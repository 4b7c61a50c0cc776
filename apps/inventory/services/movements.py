"""Recording movements."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Reach, Right, require
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import Forbidden, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Item, StockMovement
from apps.inventory.registry import is_order_of
from apps.inventory.rules import check_shape, costs
from apps.inventory.selectors import branches_within
from apps.inventory.services.ledger import Ledger, Place, open_ledger

_OF_TECHNICIANS = frozenset({MovementType.OUT, MovementType.RETURN})


@dataclass(frozen=True)
class MovementRequest:
    """A movement as it is asked for. ``quantity`` is positive, signed for an ADJUSTMENT, which may name
    ``counted_quantity`` instead: what was found on the shelf.

    ``unit_price`` is what a unit has cost for an IN, else only noted. ``serials`` names each unit of an item that tracks
    them.
    """

    item_id: UUID
    movement_type: MovementType
    quantity: int | None = None
    counted_quantity: int | None = None
    from_branch_id: UUID | None = None
    to_branch_id: UUID | None = None
    unit_price: Decimal | None = None
    reference_number: str = ""
    notes: str = ""
    repair_order_id: UUID | None = None
    serials: Sequence[str] = ()
    id: UUID | None = None

    @property
    def places(self) -> list[Place]:
        return [(self.item_id, branch) for branch in (self.from_branch_id, self.to_branch_id) if branch is not None]


@transaction.atomic
def record_movement(request: MovementRequest, *, actor: Actor) -> StockMovement:
    """Move stock and write down that it moved.

    Raises ``ValidationFailed`` for a movement without what its kind needs, ``ReferenceMissing`` for an item, branch or
    order that does not exist in the actor's scope, ``Forbidden``, and ``InsufficientStock`` below what is reserved.
    """
    _require_right(request, actor)
    check_shape(
        request.movement_type,
        request.quantity,
        request.counted_quantity,
        request.from_branch_id,
        request.to_branch_id,
        request.notes,
    )
    currency = _check_references(request, actor)
    ledger = open_ledger(request.places, actor=actor)
    movement = _book(ledger, request, currency)
    ledger.close()
    return movement


def _require_right(request: MovementRequest, actor: Actor) -> None:
    if require(actor, Right.STOCK_RECORD) is not Reach.OWN:
        return
    if request.movement_type not in _OF_TECHNICIANS or request.repair_order_id is None:
        raise Forbidden("Technicians take and return parts for their own repair orders only.")


def _check_references(request: MovementRequest, actor: Actor) -> str:
    """The currency of the branch whose books the movement is in."""
    if not Item.objects.filter(pk=request.item_id).exists():
        raise ReferenceMissing.on("inventoryItemId", "item")
    wanted = {
        name: pk for name, pk in (("fromBranchId", request.from_branch_id), ("toBranchId", request.to_branch_id)) if pk
    }
    found = {branch.pk: branch for branch in branches_within(actor, Right.STOCK_RECORD).filter(pk__in=wanted.values())}
    for field, branch_id in wanted.items():
        if branch_id not in found:
            raise ReferenceMissing.on(field, "branch among yours")
    if request.repair_order_id is not None and not is_order_of(request.repair_order_id, actor):
        raise ReferenceMissing.on("repairOrderId", "repair order")
    branch: Branch = found[next(iter(wanted.values()))]
    if request.unit_price is not None and not money.fits(request.unit_price, branch.currency):
        raise ValidationFailed.on("unitPrice", "invalid", f"This is not an amount of {branch.currency}.")
    return str(branch.currency)


def _book(ledger: Ledger, request: MovementRequest, currency: str) -> StockMovement:
    quantity = _change(ledger, request)
    is_purchase = request.movement_type is MovementType.IN and request.unit_price is not None
    movement = StockMovement(
        id=request.id or new_id(),
        item_id=request.item_id,
        movement_type=request.movement_type,
        quantity=quantity,
        unit_price=request.unit_price,
        currency=currency,
        from_branch_id=request.from_branch_id,
        to_branch_id=request.to_branch_id,
        reference_number=request.reference_number,
        notes=request.notes,
        repair_order_id=request.repair_order_id,
    )
    value = costs.micros(request.unit_price or Decimal(0)) * quantity if is_purchase else None
    return ledger.book(movement, value=value, serials=request.serials)


def _change(ledger: Ledger, request: MovementRequest) -> int:
    if request.counted_quantity is None or request.to_branch_id is None:
        return request.quantity or 0
    place = (request.item_id, request.to_branch_id)
    if ledger.levels[place].item.tracks_serials:
        message = "The units of this item are counted one by one: start a stock count."
        raise ValidationFailed.on("countedQuantity", "not_allowed", message)
    return request.counted_quantity - ledger.balance(place).quantity
