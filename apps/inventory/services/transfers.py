"""Transfers on their way: sent out of a branch into transit, taken in at another one, or called back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.exceptions import Conflict, DomainError, FieldError, ValidationFailed
from apps.core.ids import new_id
from apps.inventory import events
from apps.inventory.enums import DocumentType, MovementType, TransferStatus
from apps.inventory.exceptions import InsufficientStock
from apps.inventory.models import StockMovement, Transfer, TransferLine
from apps.inventory.services.ledger import Ledger, open_ledger
from apps.inventory.services.transfer_drafts import about, held, require_draft


@transaction.atomic
def send_transfer(transfer_id: UUID, *, actor: Actor) -> Transfer:
    """Let all units of a draft leave their branch, with their value; from then on they belong to none.

    Raises ``NotFound``, ``Forbidden``, ``Conflict`` unless it is a draft to a branch that is open, and, naming the lines,
    ``InsufficientStock`` beyond what is available, ``ValidationFailed`` without the serial numbers of units that have
    them, and ``SerialElsewhere``.
    """
    transfer = held(transfer_id, "from_branch", actor)
    require_draft(transfer)
    if not transfer.to_branch.is_active:
        raise Conflict(f"{transfer.to_branch.name} is closed.")
    lines = lines_of(transfer)
    ledger = open_ledger(
        [(line.item_id, end) for line in lines for end in (transfer.from_branch_id, transfer.to_branch_id)], actor=actor
    )
    _require_available(ledger, transfer, lines)
    for number, line in enumerate(lines):
        with naming(number, line):
            leaving = movement_of(transfer, line, line.quantity, source=transfer.from_branch_id, notes=transfer.notes)
            booked = ledger.book(leaving, serials=line.serial_numbers)
        line.value_micros = -(booked.from_value_micros or 0)
        ledger.expect((line.item_id, transfer.to_branch_id), line.quantity)
    transfer.status, transfer.sent_at = TransferStatus.SENT, timezone.now()
    ledger.told.append(events.TransferSent(**about(transfer), units=sum(line.quantity for line in lines)))
    finish(ledger, transfer, lines)
    return transfer


@transaction.atomic
def cancel_transfer(transfer_id: UUID, reason: str = "", *, actor: Actor) -> Transfer:
    """Give a transfer up. What is in transit goes back to where it came from, at the value that it left with.

    Raises ``NotFound``, ``Forbidden``, ``ValidationFailed`` without a ``reason`` for what has been sent, and ``Conflict``
    as soon as any of it has been received.
    """
    transfer = held(transfer_id, "from_branch", actor)
    if transfer.status not in {TransferStatus.DRAFT, TransferStatus.SENT}:
        state = transfer.get_status_display()
        raise Conflict(f"{transfer.number} is {state}; only what nobody has received yet can be cancelled.")
    lines = lines_of(transfer) if transfer.status == TransferStatus.SENT else []
    if lines and not reason.strip():
        raise ValidationFailed.on("reason", "required", "Calling back what has been sent needs a reason.")
    ends = (transfer.from_branch_id, transfer.to_branch_id)
    ledger = open_ledger([(line.item_id, end) for line in lines for end in ends], actor=actor)
    for number, line in enumerate(lines):
        with naming(number, line):
            back = movement_of(transfer, line, line.quantity, target=transfer.from_branch_id, notes=reason)
            ledger.book(back, value=line.value_micros, serials=line.serial_numbers)
        ledger.expect((line.item_id, transfer.to_branch_id), -line.quantity)
        line.value_micros, line.serial_numbers = 0, []
    transfer.status, transfer.closed_at = TransferStatus.CANCELLED, timezone.now()
    units = sum(line.quantity for line in lines)
    ledger.told.append(events.TransferCancelled(**about(transfer), units=units, reason=reason))
    finish(ledger, transfer, lines)
    return transfer


def lines_of(transfer: Transfer) -> list[TransferLine]:
    """The lines in their order, with their items."""
    return list(transfer.lines.select_related("item").order_by("position", "id"))


def finish(ledger: Ledger, transfer: Transfer, lines: Sequence[TransferLine]) -> None:
    """Write the document and the stock that it moved."""
    transfer.save(update_fields=["status", "sent_at", "closed_at"])
    for line in lines:
        line.updated_at = timezone.now()
    fields = ["received", "missing", "surplus", "reason", "value_micros", "serial_numbers", "updated_at"]
    TransferLine.objects.bulk_update(lines, fields, batch_size=100)
    ledger.close()


def movement_of(
    transfer: Transfer,
    line: TransferLine,
    quantity: int,
    *,
    source: UUID | None = None,
    target: UUID | None = None,
    notes: str = "",
    kind: MovementType = MovementType.TRANSFER,
) -> StockMovement:
    """A movement that a line of the transfer makes, at one of its two ends."""
    at_start = transfer.from_branch_id in (source, target)
    return StockMovement(
        id=new_id(),
        item_id=line.item_id,
        movement_type=kind,
        quantity=quantity,
        currency=(transfer.from_branch if at_start else transfer.to_branch).currency,
        from_branch_id=source,
        to_branch_id=target,
        reference_number=transfer.number,
        notes=notes,
        document_type=DocumentType.TRANSFER,
        document_id=transfer.pk,
        document_line_id=line.pk,
    )


@contextmanager
def naming(number: int, line: TransferLine) -> Iterator[None]:
    """What the ledger refuses is said of the line with this ``number`` in the request or the document."""
    try:
        yield
    except DomainError as refusal:
        refusal.details = [
            FieldError(f"lines.{number}.{one.field}", one.code, one.message) for one in refusal.details
        ] or [FieldError(f"lines.{number}", "refused", refusal.message)]
        refusal.message = f"{line.item.name}: {refusal.message}"
        refusal.args = (refusal.message,)
        raise


def _require_available(ledger: Ledger, transfer: Transfer, lines: Sequence[TransferLine]) -> None:
    """Every line of which there is too little, at once: whoever packs must not learn of them one by one."""
    errors, words = [], []
    for number, line in enumerate(lines):
        available = ledger.balance((line.item_id, transfer.from_branch_id)).available
        if available < line.quantity:
            message = f"Only {available} available, {line.quantity} asked for."
            errors.append(FieldError(f"lines.{number}.quantity", "insufficient_stock", message))
            words.append(f"{line.item.name}: {message}")
    if errors:
        raise InsufficientStock(" ".join(words), errors)
