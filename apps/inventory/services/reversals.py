"""Undoing a movement: by another one that names it, once."""

from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right, require
from apps.core.actor import Actor
from apps.core.exceptions import NotFound, ValidationFailed
from apps.core.ids import new_id
from apps.inventory import selectors
from apps.inventory.enums import MovementType
from apps.inventory.exceptions import AlreadyReversed, NotReversible
from apps.inventory.models import MovedSerial, StockMovement
from apps.inventory.rules import reversal_of
from apps.inventory.services.ledger import open_ledger


@transaction.atomic
def reverse_movement(movement_id: UUID, notes: str, *, actor: Actor, new: UUID | None = None) -> StockMovement:
    """Book the opposite of a movement, with the same units at the same cost; ``notes`` say why.

    ``new`` is the id of the reversal, if the client has made one. Raises ``NotFound`` outside the actor's branches,
    ``Forbidden``, ``AlreadyReversed``, ``NotReversible`` for what a document or a repair order has booked and for a
    reversal itself, and ``InsufficientStock`` when the units are gone.
    """
    require(actor, Right.STOCK_MANAGE)
    if not notes.strip():
        raise ValidationFailed.on("notes", "required", "A reversal says why.")
    movement = _reversible(movement_id, actor)
    branches = (movement.from_branch_id, movement.to_branch_id)
    ledger = open_ledger([(movement.item_id, branch) for branch in branches if branch], actor=actor)
    # Under the locks of the levels, so that of two who undo it one finds it undone.
    if StockMovement.objects.filter(reverses=movement).exists():
        raise AlreadyReversed("This movement has been reversed already.")
    kind, quantity, source, target = reversal_of(MovementType(movement.movement_type), movement.quantity, *branches)
    left, came = movement.from_value_micros, movement.to_value_micros
    value = left if came is None else came
    opposite = StockMovement(
        id=new or new_id(),
        item_id=movement.item_id,
        movement_type=kind,
        quantity=quantity,
        unit_price=movement.unit_price,
        currency=movement.currency,
        from_branch_id=source,
        to_branch_id=target,
        reference_number=movement.reference_number,
        notes=notes,
        repair_order_id=movement.repair_order_id,
        reverses=movement,
    )
    serials = MovedSerial.objects.filter(movement=movement).values_list("serial__number", flat=True)
    ledger.book(opposite, value=_worth(value), value_there=_worth(left), serials=list(serials))
    ledger.close()
    return opposite


def _worth(value: int | None) -> int | None:
    return None if value is None else abs(value)


def _reversible(movement_id: UUID, actor: Actor) -> StockMovement:
    movement = selectors.movements_visible_to(actor).filter(pk=movement_id).first()
    if movement is None:
        raise NotFound("There is no such movement.")
    managed = set(selectors.branches_within(actor, Right.STOCK_MANAGE).values_list("pk", flat=True))
    if not {movement.from_branch_id, movement.to_branch_id} - {None} <= managed:
        raise NotFound("There is no such movement.")
    if movement.reverses_id is not None:
        raise NotReversible("This movement is a reversal itself; record a new movement instead.")
    if movement.document_id is not None or movement.reservation_id is not None:
        raise NotReversible(f"This movement belongs to {movement.reference_number}; correct it there.")
    if movement.quantity == 0:
        raise NotReversible("This movement has moved nothing.")
    return movement
