"""Taking in what was sent: in full or in part, and what differs with its reason."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.exceptions import Conflict, FieldError, ReferenceMissing, ValidationFailed
from apps.inventory import events
from apps.inventory.enums import MovementType, TransferStatus
from apps.inventory.models import Transfer, TransferLine, TransferReceipt
from apps.inventory.rules import costs, serials
from apps.inventory.rules.transfers import Arrival, arrival_errors, units_of
from apps.inventory.services.ledger import Ledger, open_ledger
from apps.inventory.services.transfer_drafts import about, held
from apps.inventory.services.transfers import finish, lines_of, movement_of, naming

__all__ = ["Arrival", "ReceiptRequest", "receive_transfer"]

_UNDER_WAY = frozenset({TransferStatus.SENT, TransferStatus.PARTLY_RECEIVED})


@dataclass(frozen=True)
class ReceiptRequest:
    """A delivery as its taker names it, under an ``id`` of theirs. Without ``arrivals`` all that is under way has come."""

    id: UUID
    arrivals: Sequence[Arrival] | None = None
    notes: str = ""


@transaction.atomic
def receive_transfer(transfer_id: UUID, request: ReceiptRequest, *, actor: Actor) -> Transfer:
    """Take units in from transit, each with its part of the value; the last of a line takes the rest.

    Missing units are taken in as well and written off at once, with their reason, so that what was sent into transit has
    left it by movements. A surplus is an adjustment too. The same receipt sent again changes nothing.

    Raises ``NotFound``, ``Forbidden``, ``Conflict`` when nothing is under way (any more) or another receipt has this id,
    ``ReferenceMissing`` for a line of another transfer, ``ValidationFailed`` for more than is under way and for a
    difference without a reason, and ``SerialElsewhere`` for units that are not on this transfer.
    """
    transfer = held(transfer_id, "to_branch", actor)
    if _is_repeated(request, transfer):
        return transfer
    if transfer.status not in _UNDER_WAY:
        raise Conflict(f"{transfer.number} is {transfer.get_status_display()}; nothing of it is under way.")
    lines = lines_of(transfer)
    arrived = _matched(lines, request.arrivals)
    ledger = open_ledger([(line.item_id, transfer.to_branch_id) for line, _ in arrived], actor=actor)
    for number, (line, arrival) in enumerate(arrived):
        with naming(number, line):
            _take_in(ledger, transfer, line, arrival, request.notes)
    _record(ledger, transfer, request, arrived, lines)
    finish(ledger, transfer, [line for line, _ in arrived])
    return transfer


def _as_json(arrivals: Sequence[Arrival] | None) -> list[dict[str, Any]]:
    return [{name: _kept(value) for name, value in asdict(arrival).items()} for arrival in arrivals or ()]


def _kept(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value if isinstance(value, str | int) else list(value)


def _is_repeated(request: ReceiptRequest, transfer: Transfer) -> bool:
    """Whether this very receipt has been booked; under the lock of the transfer."""
    known = TransferReceipt.objects.filter(pk=request.id).first()
    if known is None:
        return False
    said = (known.transfer_id, known.in_full, known.lines, known.notes)
    if said != (transfer.pk, request.arrivals is None, _as_json(request.arrivals), request.notes):
        raise Conflict("Another receipt has this id already.")
    return True


def _matched(lines: Sequence[TransferLine], arrivals: Sequence[Arrival] | None) -> list[tuple[TransferLine, Arrival]]:
    """Each line of which something has arrived, with what."""
    if arrivals is None:
        return [(line, Arrival(line.pk, received=line.outstanding)) for line in lines if line.outstanding]
    if not arrivals:
        raise ValidationFailed.on(
            "lines", "required", "Name at least one line, or leave the lines out for all of them."
        )
    by_id = {line.pk: line for line in lines}
    unknown = [number for number, arrival in enumerate(arrivals) if arrival.line_id not in by_id]
    if unknown:
        words = "There is no such line on this transfer."
        raise ReferenceMissing(words, [FieldError(f"lines.{n}.lineId", "does_not_exist", words) for n in unknown])
    errors, seen = [], set()
    for number, arrival in enumerate(arrivals):
        errors += arrival_errors(arrival, by_id[arrival.line_id].outstanding, f"lines.{number}")
        if arrival.line_id in seen:
            errors.append(FieldError(f"lines.{number}.lineId", "duplicate", "This line is named twice."))
        seen.add(arrival.line_id)
    if errors:
        raise ValidationFailed(errors[0].message if len(errors) == 1 else f"{len(errors)} fields are wrong.", errors)
    return [(by_id[arrival.line_id], arrival) for arrival in arrivals]


def _take_in(ledger: Ledger, transfer: Transfer, line: TransferLine, arrival: Arrival, notes: str) -> None:
    place, units = (line.item_id, transfer.to_branch_id), arrival.received + arrival.missing
    came, lost = units_of(arrival, line.serial_numbers)
    if units:
        worth = costs.share(line.value_micros, line.outstanding, units)
        is_same_money = transfer.from_branch.currency == transfer.to_branch.currency
        taken = movement_of(transfer, line, units, target=transfer.to_branch_id, notes=notes)
        # Millionths of another currency say nothing here: then the units are worth what those on the shelf are.
        ledger.book(taken, value=worth if is_same_money else None, serials=[*came, *lost])
        ledger.expect(place, -units)
        line.value_micros -= worth
        if arrival.missing:
            written_off = costs.share(taken.to_value_micros or 0, units, arrival.missing)
            _adjust(ledger, transfer, line, -arrival.missing, arrival.reason, lost, written_off)
    if arrival.surplus:
        _adjust(ledger, transfer, line, arrival.surplus, arrival.reason, arrival.surplus_serials)
    line.received += arrival.received
    line.missing += arrival.missing
    line.surplus += arrival.surplus
    line.reason = arrival.reason or line.reason
    gone = {*came, *lost}
    line.serial_numbers = [number for number in line.serial_numbers if number not in gone]


def _adjust(
    ledger: Ledger,
    transfer: Transfer,
    line: TransferLine,
    units: int,
    reason: str,
    numbers: Sequence[str],
    value: int | None = None,
) -> None:
    kind, target = MovementType.ADJUSTMENT, transfer.to_branch_id
    adjustment = movement_of(transfer, line, units, target=target, notes=reason, kind=kind)
    ledger.book(adjustment, value=value, serials=[serials.normal(number) for number in numbers])


def _record(
    ledger: Ledger,
    transfer: Transfer,
    request: ReceiptRequest,
    arrived: Sequence[tuple[TransferLine, Arrival]],
    lines: Sequence[TransferLine],
) -> None:
    is_complete = not any(line.outstanding for line in lines)
    transfer.status = TransferStatus.RECEIVED if is_complete else TransferStatus.PARTLY_RECEIVED
    transfer.closed_at = timezone.now() if is_complete else None
    TransferReceipt.objects.create(
        id=request.id,
        transfer=transfer,
        in_full=request.arrivals is None,
        lines=_as_json(request.arrivals),
        notes=request.notes,
        actor_kind=ledger.actor.kind,
        actor_id=ledger.actor.id,
        actor_label=ledger.actor.label[:200],
    )
    units = sum(arrival.received + arrival.surplus for _, arrival in arrived)
    ledger.told.append(
        events.TransferReceived(**about(transfer), receipt_id=request.id, units=units, is_complete=is_complete)
    )
    for line, arrival in arrived:
        if arrival.missing or arrival.surplus:
            difference = events.TransferDifference(
                **about(transfer),
                line_id=line.pk,
                item_id=line.item_id,
                missing=arrival.missing,
                surplus=arrival.surplus,
                reason=arrival.reason,
            )
            ledger.told.append(difference)
