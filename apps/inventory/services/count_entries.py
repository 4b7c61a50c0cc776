"""Entering what was counted: scans that add up, and typed totals."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Duplicate, FieldError, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.inventory import events, selectors
from apps.inventory.models import CountEntry, CountLine, Item, Serial, StockCount, StockLevel
from apps.inventory.rules.counts import Books, Tally, added, below, set_to
from apps.inventory.rules.serials import LONGEST, normal
from apps.inventory.services.counts import locked_count, require_open, worth_of_one
from apps.inventory.services.ledger import open_ledger


@dataclass(frozen=True)
class CountEntryRequest:
    """One scan, or one typed number.

    ``code`` is a barcode, a SKU or a serial number; ``item_id`` names the item instead, or says whose serial number it
    is. ``quantity`` units are added, fewer than 0 taken back; ``total`` says how many there are in all. ``id`` comes
    from the phone: what is sent twice counts once.
    """

    code: str = ""
    item_id: UUID | None = None
    serial_number: str = ""
    quantity: int = 1
    total: int | None = None
    id: UUID | None = None


@transaction.atomic
def enter_count(count_id: UUID, request: CountEntryRequest, *, actor: Actor) -> CountLine:
    """Count what was scanned or typed; the line as it is then.

    Raises ``NotFound`` outside the actor's branches, ``Forbidden``, ``Conflict`` for a closed count, ``Duplicate`` for an
    id of another entry, ``ReferenceMissing`` for what nobody knows, and ``ValidationFailed`` for an item that this count
    is not about or a number of units that are known one by one.
    """
    _require_shape(request)
    count = locked_count(count_id, Right.STOCK_COUNT, actor=actor)
    made = _made_before(count, request)
    if made is not None:
        return made
    require_open(count)
    item, number = _identified(count, request)
    _require_in_scope(count, item)
    ledger = open_ledger([(item.pk, count.branch_id)], actor=actor)
    level = ledger.levels[item.pk, count.branch_id]
    line = _line_of(count, level)
    if number and CountEntry.objects.filter(line=line, round=line.round, serial_number=number).exists():
        return line
    _count(line, request, level, tracked=item.tracks_serials)
    entry = _entry(line, request, number, actor)
    line.save(force_insert=line._state.adding)
    entry.save(force_insert=True)
    if item.tracks_serials:
        _compare_by_units(count, line, level)
    _tell(count, line, actor)
    return line


@transaction.atomic
def recount_line(count_id: UUID, line_id: UUID, *, actor: Actor) -> CountLine:
    """Forget what was counted on a line, so that it is counted again. Raises ``NotFound``, ``Forbidden``, ``Conflict``."""
    count = locked_count(count_id, Right.STOCK_COUNT, actor=actor)
    require_open(count)
    line = selectors.get_count_line(count, line_id)
    if line.counted is None:
        return line
    ledger = open_ledger([(line.item_id, count.branch_id)], actor=actor)
    line.on_hand = ledger.levels[line.item_id, count.branch_id].quantity
    line.counted = line.counted_at = line.last_movement_id = None
    line.disturbed, line.round = False, line.round + 1
    line.save()
    _tell(count, line, actor)
    return line


def _require_shape(request: CountEntryRequest) -> None:
    """Raises ``ValidationFailed`` unless one thing is named, in one way."""
    if not request.code.strip() and request.item_id is None:
        raise ValidationFailed.on("code", "required", "Give a code or an inventoryItemId.")
    if request.code and request.item_id is not None:
        raise ValidationFailed.on("code", "not_allowed", "Give a code or an inventoryItemId, not both.")
    if request.total is not None and request.quantity != 1:
        raise ValidationFailed.on("quantity", "not_allowed", "Give a quantity to add or a countedQuantity, not both.")


def _made_before(count: StockCount, request: CountEntryRequest) -> CountLine | None:
    entry = CountEntry.objects.select_related("line__item").filter(pk=request.id).first() if request.id else None
    if entry is None:
        return None
    item = _item(request)
    is_same = (
        entry.line.count_id == count.pk
        and entry.line.item_id == (item.pk if item else entry.line.item_id)
        and entry.serial_number == normal(request.serial_number if item else request.code)
        and (entry.quantity if entry.total else None) == request.total
        and (entry.total or entry.quantity == request.quantity)
    )
    if not is_same:
        raise Duplicate("This id belongs to another entry.")
    line: CountLine = entry.line
    return line


def _identified(count: StockCount, request: CountEntryRequest) -> tuple[Item, str]:
    """The item, and the number of the unit if its item tracks them."""
    item = _item(request)
    if item is None:
        found = _unit(count, request.code)
        item, number = found.item, found.number
    else:
        number = normal(request.serial_number)
    if not item.tracks_serials:
        if number:
            raise ValidationFailed.on("serialNumber", "not_allowed", f"The units of {item} have no serial numbers.")
        return item, ""
    if request.total is not None or request.quantity != 1:
        if request.total == 0 and not number:
            return item, ""  # no unit is there, so that there is none to name
        field = "quantity" if request.total is None else "countedQuantity"
        raise ValidationFailed.on(field, "not_allowed", f"Scan the serial number of each unit of {item}.")
    if not number or len(number) > LONGEST:
        field = "code" if request.code else "serialNumber"
        raise ValidationFailed.on(field, "serial_needed", f"Scan the serial number of each unit of {item}.")
    return item, number


def _item(request: CountEntryRequest) -> Item | None:
    if request.item_id is not None:
        item: Item | None = Item.objects.filter(pk=request.item_id).first()
        if item is None:
            raise ReferenceMissing.on("inventoryItemId", "item")
        return item
    return Item.objects.with_code(request.code.strip()).first()


def _unit(count: StockCount, code: str) -> Serial:
    """The unit with this number that the count is most likely about: one that is here, else the only one there is."""
    known = list(Serial.objects.filter(number=normal(code)).select_related("item")[:10])
    here = [serial for serial in known if serial.branch_id == count.branch_id]
    found = here or known
    if not found:
        message = f"No item and no unit has the code “{code.strip()}”."
        raise ReferenceMissing(message, [FieldError("code", "does_not_exist", message)])
    if len(found) > 1:
        raise ValidationFailed.on(
            "code", "ambiguous", "Units of several items have this number: choose the item first."
        )
    return found[0]


def _require_in_scope(count: StockCount, item: Item) -> None:
    if count.category_id is None:
        return
    if item.category_id not in below(count.category_id, selectors.category_parents()):
        message = f"{item} is not in {count.category}, which is all that {count.number} counts."
        raise ValidationFailed.on("code", "out_of_scope", message)


def _line_of(count: StockCount, level: StockLevel) -> CountLine:
    line = CountLine.objects.filter(count=count, item=level.item_id).select_related("item").first()
    return line or CountLine(count=count, item=level.item)


def _count(line: CountLine, request: CountEntryRequest, level: StockLevel, *, tracked: bool) -> None:
    before = Tally(line.counted, line.on_hand, line.last_movement_id, line.disturbed)
    books = Books(level.quantity, selectors.last_movement(level.item_id, level.branch_id))
    if request.total is None:
        after = added(before, request.quantity, books, tracked=tracked)
    else:
        after = set_to(request.total, books)
        # Units that were named before are not among what was typed.
        line.round += tracked
    line.counted, line.on_hand = after.counted, after.on_hand
    line.last_movement_id, line.disturbed = after.last_movement_id, after.disturbed
    # The level is locked: every movement is before this moment or after it.
    line.counted_at = timezone.now()
    line.unit_micros = worth_of_one(level)


def _compare_by_units(count: StockCount, line: CountLine, level: StockLevel) -> None:
    """Units moved since the first scan: which of them they were says what the line is compared with."""
    if line.counted is None or line.last_movement_id == selectors.last_movement(level.item_id, level.branch_id):
        return
    line.on_hand = line.counted - selectors.difference_by_units(count, line)
    line.save(update_fields=["on_hand"])


def _entry(line: CountLine, request: CountEntryRequest, number: str, actor: Actor) -> CountEntry:
    known = Serial.objects.filter(item=line.item_id, number=number).first() if number else None
    return CountEntry(
        id=request.id or new_id(),
        line=line,
        round=line.round,
        quantity=request.quantity if request.total is None else request.total,
        total=request.total is not None,
        serial=known,
        serial_number=number,
        created_at=line.counted_at or timezone.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
    )


def _tell(count: StockCount, line: CountLine, actor: Actor) -> None:
    event = events.ItemCounted(
        aggregate_id=count.pk,
        line_id=line.pk,
        item_id=line.item_id,
        counted=line.counted,
        on_hand=line.on_hand,
        disturbed=line.disturbed,
    )
    audit.record(event, actor=actor)
