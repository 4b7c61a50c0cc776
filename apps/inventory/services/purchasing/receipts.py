"""What comes from suppliers: booked in once, in full or in part, and taken back if it was a mistake."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import Duplicate, NotFound, ValidationFailed
from apps.core.ids import new_id
from apps.inventory import events
from apps.inventory.enums import DocumentType, MovementType
from apps.inventory.exceptions import AlreadyReversed
from apps.inventory.models import (
    MovedSerial,
    PurchaseLine,
    PurchaseOrder,
    PurchaseReceipt,
    PurchaseReceiptLine,
    StockMovement,
)
from apps.inventory.rules.purchasing import check_amounts, landed
from apps.inventory.rules.serials import normal
from apps.inventory.services.ledger import Ledger
from apps.inventory.services.purchasing.locking import (
    ON_THE_WAY,
    fields_of,
    locked,
    open_lines,
    require_status,
    save_progress,
)


@dataclass(frozen=True)
class ReceivedLine:
    """Units of a line that have come; ``unit_cost`` is what they really cost, if not what was ordered."""

    line_id: UUID
    quantity: int
    unit_cost: Decimal | None = None
    serials: Sequence[str] = ()


@dataclass(frozen=True)
class ReceiptRequest:
    """A delivery. Its ``id`` is made by who books it: the same one again is the same delivery."""

    lines: Sequence[ReceivedLine]
    delivery_note: str = ""
    notes: str = ""
    id: UUID | None = None


@transaction.atomic
def receive_purchase(order_id: UUID, request: ReceiptRequest, *, actor: Actor) -> PurchaseReceipt:
    """Take what has come into stock at its cost, which is the unit cost at the order's exchange rate.

    The same receipt sent again is answered as it was booked, and nothing is booked again. Raises ``NotFound`` outside
    the actor's scope, ``Duplicate`` for another receipt with its id, ``Conflict`` unless the order is on its way,
    ``ValidationFailed`` for a line of another order, for more than is still to come and for serial numbers that do not
    fit, and ``SerialElsewhere``.
    """
    order = locked(order_id, actor)
    known = PurchaseReceipt.objects.filter(pk=request.id).first() if request.id else None
    if known is not None:
        if known.order_id != order.pk or not _says(known, request):
            raise Duplicate("Another receipt has this id already.")
        return known
    require_status(order, ON_THE_WAY, "received")
    lines = _lines_of(order, request.lines)
    receipt = PurchaseReceipt(
        id=request.id or new_id(),
        order=order,
        delivery_note=request.delivery_note,
        notes=request.notes,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
    )
    ledger = open_lines(order, lines, actor=actor)
    booked = []
    for number, (line, came) in enumerate(zip(lines, request.lines, strict=True)):
        with fields_of(f"lines.{number}."):
            booked.append(_book(ledger, receipt, line, came))
    save_progress(order, lines)
    _tell(ledger, receipt, lines, booked)
    ledger.close()
    receipt.save(force_insert=True)
    PurchaseReceiptLine.objects.bulk_create(booked)
    return receipt


@transaction.atomic
def reverse_receipt(
    order_id: UUID, receipt_id: UUID, notes: str, *, actor: Actor, line_ids: Collection[UUID] | None = None
) -> PurchaseReceipt:
    """Take back what was booked by mistake: the same units leave at the cost at which they came, and are awaited again.

    ``line_ids`` are lines of the receipt; without them all that stand are taken back. ``notes`` say why. Raises
    ``NotFound``, ``AlreadyReversed``, and ``InsufficientStock`` or ``SerialElsewhere`` when the units are gone or promised.
    """
    if not notes.strip():
        raise ValidationFailed.on("notes", "required", "A reversal says why.")
    order = locked(order_id, actor)
    receipt = PurchaseReceipt.objects.filter(pk=receipt_id, order=order).first()
    if receipt is None:
        raise NotFound("There is no such receipt on this order.")
    wrong = _standing(receipt, line_ids)
    lines = list({booked.line_id: booked.line for booked in wrong}.values())
    ledger = open_lines(order, lines, actor=actor)
    for booked in wrong:
        _take_back(ledger, order, booked, notes)
    save_progress(order, lines)
    event = events.ReceiptReversed(
        aggregate_id=order.pk,
        number=order.number,
        branch_id=order.branch_id,
        receipt_id=receipt.pk,
        status=str(order.status),
        reason=notes,
        lines=tuple((booked.line_id, booked.quantity) for booked in wrong),
    )
    ledger.told.append(event)
    ledger.close()
    return receipt


def _says(known: PurchaseReceipt, request: ReceiptRequest) -> bool:
    """Whether ``request`` is the receipt that has been booked: otherwise what came would be lost without a word."""
    booked = {one.line_id: one for one in known.lines.select_related("line")}
    said = {
        one.line_id: (one.quantity, booked[one.line_id].line.unit_cost if one.unit_cost is None else one.unit_cost)
        for one in request.lines
        if one.line_id in booked
    }
    moved = MovedSerial.objects.filter(movement__receipt_line__receipt=known)
    numbers = sorted(moved.values_list("movement__receipt_line__line", "serial__number"))
    return (
        (known.delivery_note, known.notes) == (request.delivery_note, request.notes)
        and len(request.lines) == len(booked)
        and said == {pk: (one.quantity, one.unit_cost) for pk, one in booked.items()}
        and sorted((one.line_id, normal(number)) for one in request.lines for number in one.serials) == numbers
    )


def _lines_of(order: PurchaseOrder, came: Sequence[ReceivedLine]) -> list[PurchaseLine]:
    """The lines that have come, in the order in which they are named."""
    if not came:
        raise ValidationFailed.on("lines", "min_length", "A receipt has at least one line.")
    lines = {line.pk: line for line in order.lines.all()}
    found: list[PurchaseLine] = []
    for number, one in enumerate(came):
        line = lines.get(one.line_id)
        if line is None:
            raise ValidationFailed.on(f"lines.{number}.lineId", "does_not_exist", "This order has no such line.")
        if line in found:
            raise ValidationFailed.on(f"lines.{number}.lineId", "duplicate", "This line is named twice.")
        if one.quantity < 1:
            raise ValidationFailed.on(f"lines.{number}.quantity", "min_value", "At least one unit has come.")
        if one.quantity > line.outstanding:
            message = f"Only {line.outstanding} of line {line.position} are still to come."
            raise ValidationFailed.on(f"lines.{number}.quantity", "max_value", message)
        found.append(line)
    return found


def _book(ledger: Ledger, receipt: PurchaseReceipt, line: PurchaseLine, came: ReceivedLine) -> PurchaseReceiptLine:
    order = receipt.order
    cost = line.unit_cost if came.unit_cost is None else came.unit_cost
    check_amounts(came.quantity, cost, order.exchange_rate, order.currency, prefix="")
    movement = StockMovement(
        id=new_id(),
        item_id=line.item_id,
        movement_type=MovementType.IN,
        quantity=came.quantity,
        unit_price=money.rounded(cost * order.exchange_rate, order.branch.currency),
        currency=order.branch.currency,
        to_branch_id=order.branch_id,
        reference_number=order.number,
        notes=receipt.delivery_note,
        repair_order_id=line.repair_order_id,
        document_type=DocumentType.PURCHASE_ORDER,
        document_id=order.pk,
        document_line_id=line.pk,
    )
    ledger.book(movement, value=landed(came.quantity, cost, order.exchange_rate), serials=came.serials)
    ledger.expect((line.item_id, order.branch_id), -came.quantity)
    line.received += came.quantity
    return PurchaseReceiptLine(
        id=new_id(), receipt=receipt, line=line, movement=movement, quantity=came.quantity, unit_cost=cost
    )


def _tell(
    ledger: Ledger, receipt: PurchaseReceipt, lines: Sequence[PurchaseLine], booked: Sequence[PurchaseReceiptLine]
) -> None:
    order = receipt.order
    event = events.PurchaseReceived(
        aggregate_id=order.pk,
        number=order.number,
        branch_id=order.branch_id,
        receipt_id=receipt.pk,
        status=str(order.status),
        lines=tuple((one.line_id, one.quantity) for one in booked),
        repair_order_ids=tuple(sorted({line.repair_order_id for line in lines if line.repair_order_id})),
    )
    ledger.told.append(event)


def _standing(receipt: PurchaseReceipt, line_ids: Collection[UUID] | None) -> list[PurchaseReceiptLine]:
    """The lines of the receipt that are to be taken back; under the order's lock, so that each is taken back once."""
    booked = list(receipt.lines.select_related("line", "movement"))
    if line_ids is not None:
        unknown = set(line_ids) - {one.pk for one in booked}
        if unknown or not line_ids:
            raise ValidationFailed.on("lineIds", "does_not_exist", "This receipt has no such line.")
        booked = [one for one in booked if one.pk in line_ids]
    movements = [one.movement_id for one in booked]
    undone = set(StockMovement.objects.filter(reverses__in=movements).values_list("reverses_id", flat=True))
    standing = [one for one in booked if one.movement_id not in undone]
    if not standing or (line_ids is not None and undone):
        raise AlreadyReversed("This has been taken back already.")
    return standing


def _take_back(ledger: Ledger, order: PurchaseOrder, booked: PurchaseReceiptLine, notes: str) -> None:
    came, line = booked.movement, booked.line
    opposite = StockMovement(
        id=new_id(),
        item_id=came.item_id,
        movement_type=MovementType.OUT,
        quantity=came.quantity,
        unit_price=came.unit_price,
        currency=came.currency,
        from_branch_id=came.to_branch_id,
        reference_number=came.reference_number,
        notes=notes,
        repair_order_id=came.repair_order_id,
        document_type=came.document_type,
        document_id=came.document_id,
        document_line_id=came.document_line_id,
        reverses=came,
    )
    numbers = MovedSerial.objects.filter(movement=came).order_by("serial__number")
    serials = list(numbers.values_list("serial__number", flat=True))
    ledger.book(opposite, value=came.to_value_micros, serials=serials)
    ledger.expect((line.item_id, order.branch_id), booked.quantity)
    line.received -= booked.quantity
