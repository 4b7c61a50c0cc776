"""Units with serial numbers: where each one is, and which movements moved it. Used by the ledger, under its locks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from apps.core.ids import new_id
from apps.inventory.enums import DocumentType, SerialState
from apps.inventory.exceptions import SerialElsewhere
from apps.inventory.models import MovedSerial, Serial, StockMovement
from apps.inventory.rules import serials as rules


@dataclass
class Units:
    """The serials that a ledger has moved; ``write`` saves them."""

    changed: dict[UUID, Serial] = field(default_factory=dict)
    moved: list[MovedSerial] = field(default_factory=list)

    def move(self, movement: StockMovement, tracked: bool, numbers: Sequence[str], picked: UUID | None) -> None:
        """Check and place the units that ``movement`` names.

        Raises ``ValidationFailed`` unless it names one for each unit of an item that tracks serials, and
        ``SerialElsewhere`` for a unit that is not where the movement takes it from.
        """
        kept = rules.named(numbers, abs(movement.quantity), tracked=tracked)
        if not kept:
            return
        source, target = _ends(movement)
        for serial in self._locked(movement.item_id, kept, may_be_new=_comes_from_outside(movement)):
            _require_at(serial, source, movement, picked)
            serial.branch_id, serial.reservation_id = target, None
            serial.state = _state_after(movement, target)
            self.changed[serial.pk] = serial
            self.moved.append(MovedSerial(id=new_id(), movement_id=movement.pk, serial=serial))

    def write(self) -> list[MovedSerial]:
        """Save where the units are now; the rows that say so, to be saved after their movements."""
        if not self.changed:
            return []
        for serial in self.changed.values():
            serial.updated_at = timezone.now()
        fields = ["state", "branch", "reservation", "updated_at"]
        Serial.objects.bulk_update(self.changed.values(), fields, batch_size=500)
        return self.moved

    def _locked(self, item_id: UUID, numbers: Sequence[str], *, may_be_new: bool) -> list[Serial]:
        found = self._find(item_id, numbers)
        missing = [number for number in numbers if number not in found]
        if missing and may_be_new:
            # Nowhere at first, so that of two who bring the same number in one finds it taken.
            new = [Serial(item_id=item_id, number=number, state=SerialState.GONE) for number in sorted(missing)]
            Serial.objects.bulk_create(new, ignore_conflicts=True)
            found = self._find(item_id, numbers)
        elif missing:
            raise SerialElsewhere(f"Nobody knows a unit with the serial number {missing[0]}.")
        return [self.changed.get(found[number].pk, found[number]) for number in numbers]

    def _find(self, item_id: UUID, numbers: Sequence[str]) -> dict[str, Serial]:
        held = Serial.objects.select_for_update().filter(item_id=item_id, number__in=numbers)
        return {serial.number: serial for serial in held.order_by("number")}


def _ends(movement: StockMovement) -> tuple[UUID | None, UUID | None]:
    """From which branch to which; an adjustment names its only branch on the right, whichever way it goes."""
    if movement.quantity < 0:
        return movement.to_branch_id, None
    return movement.from_branch_id, movement.to_branch_id


def _is_in_transit(movement: StockMovement) -> bool:
    return movement.document_type == DocumentType.TRANSFER and None in (movement.from_branch_id, movement.to_branch_id)


def _comes_from_outside(movement: StockMovement) -> bool:
    source, _ = _ends(movement)
    return source is None and not _arrives_from_transit(movement)


def _arrives_from_transit(movement: StockMovement) -> bool:
    return movement.from_branch_id is None and movement.movement_type == "TRANSFER"


def _state_after(movement: StockMovement, target: UUID | None) -> str:
    if target is not None:
        return SerialState.IN_STOCK
    return SerialState.IN_TRANSIT if _is_in_transit(movement) and movement.quantity > 0 else SerialState.GONE


def _require_at(serial: Serial, source: UUID | None, movement: StockMovement, picked: UUID | None) -> None:
    if source is not None:
        if serial.branch_id != source:
            raise SerialElsewhere(f"The unit {serial.number} is not in stock there.")
        if serial.reservation_id is not None and serial.reservation_id != picked:
            raise SerialElsewhere(f"The unit {serial.number} is chosen for something else.")
        return
    expected = SerialState.IN_TRANSIT if _arrives_from_transit(movement) else SerialState.GONE
    if serial.state != expected:
        where = (
            "in stock"
            if serial.state == SerialState.IN_STOCK
            else "in transit"
            if serial.state == SerialState.IN_TRANSIT
            else "not in transit"
        )
        raise SerialElsewhere(f"The unit {serial.number} is {where} already.")
    if expected == SerialState.IN_TRANSIT and not _was_sent_with(serial, movement):
        raise SerialElsewhere(f"The unit {serial.number} is on another transfer.")


def _was_sent_with(serial: Serial, movement: StockMovement) -> bool:
    sent = MovedSerial.objects.filter(serial=serial, movement__document_id=movement.document_id)
    return sent.filter(movement__from_branch__isnull=False).exists()
