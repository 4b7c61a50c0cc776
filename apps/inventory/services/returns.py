"""Units that were handed out and come back to the shelf unused."""

from uuid import UUID

from django.db import transaction

from apps.core.actor import Actor
from apps.core.exceptions import Conflict
from apps.core.ids import new_id
from apps.inventory import selectors
from apps.inventory.enums import MovementType
from apps.inventory.exceptions import AlreadyReversed
from apps.inventory.models import MovedSerial, StockMovement
from apps.inventory.services.ledger import open_ledger


@transaction.atomic
def take_back(source_type: str, source_id: UUID, notes: str, *, actor: Actor) -> StockMovement:
    """Put what was last handed out to a source back where it came from, the same units at the same cost.

    Raises ``Conflict`` if nothing was, ``AlreadyReversed`` if it is back already, and ``SerialElsewhere``.
    """
    went = selectors.last_issued(source_type, source_id)
    if went is None:
        raise Conflict("Nothing was handed out for this.")
    assert went.from_branch_id is not None
    ledger = open_ledger([(went.item_id, went.from_branch_id)], actor=actor)
    # Under the lock of the level, so that of two who bring it back one finds it there.
    if StockMovement.objects.filter(reverses=went).exists():
        raise AlreadyReversed("This has been put back already.")
    back = StockMovement(
        id=new_id(),
        item_id=went.item_id,
        movement_type=MovementType.RETURN,
        quantity=went.quantity,
        currency=went.currency,
        to_branch_id=went.from_branch_id,
        reference_number=went.reference_number,
        notes=notes,
        repair_order_id=went.repair_order_id,
        reverses=went,
    )
    moved = MovedSerial.objects.filter(movement=went).order_by("serial__number")
    serials = list(moved.values_list("serial__number", flat=True))
    value = None if went.from_value_micros is None else abs(went.from_value_micros)
    ledger.book(back, value=value, serials=serials)
    ledger.close()
    return back
