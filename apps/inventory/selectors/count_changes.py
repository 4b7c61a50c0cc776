"""What posting a count would change: shown before it is confirmed, and booked by it under the locks of the levels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from apps.inventory.enums import MovementType, SerialState
from apps.inventory.models import CountEntry, CountLine, MovedSerial, Serial, StockCount, StockLevel, StockMovement
from apps.inventory.selectors.counts import DIFFERS, among, count_lines, levels_to_settle


@dataclass(frozen=True)
class Change:
    """What a line does to its level, or why it cannot be posted. ``found`` and ``missing`` are numbers of units."""

    line: CountLine
    quantity: int
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    code: str = ""
    problem: str = ""

    @property
    def is_nothing(self) -> bool:
        return not (self.quantity or self.found or self.missing or self.problem)


@dataclass
class _Units:
    """The units of a tracked line: scanned, on the books here, and moved since counting began."""

    since: datetime
    scanned: set[str]
    here: dict[str, bool]  # whether it is chosen for something
    elsewhere: dict[str, str]  # where it is
    moved: set[str]


def lines_to_settle(count: StockCount, *, zero: bool) -> list[CountLine]:
    """The lines that may change something: others need no lock. ``zero`` takes in what nobody has counted.

    Of that, what the books have none of changes nothing; units that come in meanwhile came after the count.
    """
    wanted = DIFFERS | Q(disturbed=True) | Q(counted__isnull=False, item__tracks_serials=True)
    if zero:
        in_the_books = StockLevel.objects.filter(branch=count.branch_id, item=OuterRef("item")).exclude(quantity=0)
        wanted |= Q(Exists(in_the_books), counted__isnull=True)
    return list(count_lines(count).filter(wanted).select_related("item").order_by("item__name", "pk"))


def preview(count: StockCount, *, zero: bool) -> list[Change]:
    """What posting would change now."""
    lines = lines_to_settle(count, zero=zero)
    return count_changes(count, lines, levels_to_settle(count, [line.item_id for line in lines]))


def count_changes(count: StockCount, lines: Sequence[CountLine], levels: Mapping[UUID, StockLevel]) -> list[Change]:
    """What each of the lines changes at its level. A constant number of statements.

    Movements of units after the counting change shelf and books alike, and the difference stays. Corrections of the
    books do not move units, so that after one the line must be counted again.
    """
    moved = _moved_since(count, lines)
    units = _units_of(count, [line for line in lines if line.item.tracks_serials])
    empty = StockLevel(quantity=0, reserved=0)
    found = [_change(line, levels.get(line.item_id, empty), moved, units.get(line.pk)) for line in lines]
    return [change for change in found if not change.is_nothing]


def difference_by_units(count: StockCount, line: CountLine) -> int:
    """What a line of an item that tracks serials would change: units that were found less those that are missing."""
    found, missing = _compared(_units_of(count, [line])[line.pk])
    return len(found) - len(missing)


def _change(line: CountLine, level: StockLevel, moved: dict[UUID, bool], units: _Units | None) -> Change:
    if line.disturbed:
        return _refused(line, "disturbed", "its stock moved between two entries; count it again")
    if line.counted is None and level.quantity and (line.pk in moved or level.quantity != line.on_hand):
        return _refused(line, "disturbed", "nobody counted it, and its stock moved meanwhile; count it")
    if units is not None:
        return _change_by_units(line, level, units)
    quantity = -level.quantity if line.counted is None else line.counted - line.on_hand
    if quantity and moved.get(line.pk):
        return _refused(line, "disturbed", "its books were corrected after it was counted; count it again")
    return _within_reserved(Change(line, quantity), level)


def _change_by_units(line: CountLine, level: StockLevel, units: _Units) -> Change:
    found, missing = _compared(units)
    for number in found:
        if number in units.elsewhere:
            return _refused(line, "serial_elsewhere", f"the unit {number} is {units.elsewhere[number]}")
    for number in missing:
        if units.here[number]:
            return _refused(line, "reserved", f"the unit {number} was not found, and it is chosen for something")
    return _within_reserved(Change(line, len(found) - len(missing), tuple(found), tuple(missing)), level)


def _compared(units: _Units) -> tuple[list[str], list[str]]:
    """Units that moved since counting began are where their movement has put them, whether they were seen or not."""
    found = sorted(units.scanned - units.here.keys() - units.moved)
    return found, sorted(units.here.keys() - units.scanned - units.moved)


def _within_reserved(change: Change, level: StockLevel) -> Change:
    left = level.quantity + change.quantity
    if left >= level.reserved:
        return change
    return _refused(change.line, "reserved", f"{max(left, 0)} would be left, and {level.reserved} are reserved")


def _refused(line: CountLine, code: str, why: str) -> Change:
    return Change(line, 0, code=code, problem=f"{line.item}: {why}.")


def _at(branch_id: UUID, before: str = "") -> Q:
    return Q(**{f"{before}from_branch": branch_id}) | Q(**{f"{before}to_branch": branch_id})


def _moved_since(count: StockCount, lines: Sequence[CountLine]) -> dict[UUID, bool]:
    """The lines whose stock moved after they were counted, or made; whether a correction was among it."""
    # A line that nobody has counted is written when it is made and when it is to be counted again.
    since = {line.item_id: (line.pk, line.counted_at or line.updated_at) for line in lines}
    if not since:
        return {}
    later = StockMovement.objects.filter(_at(count.branch_id), among(list(since))).order_by()
    later = later.filter(created_at__gt=min(moment for _, moment in since.values()))
    found: dict[UUID, bool] = {}
    for item_id, moment, kind, reverses in later.values_list("item_id", "created_at", "movement_type", "reverses_id"):
        line_id, counted_at = since.get(item_id, (None, moment))
        if line_id is not None and moment > counted_at:
            corrects = kind == MovementType.ADJUSTMENT or reverses is not None
            found[line_id] = found.get(line_id, False) or corrects
    return found


def _units_of(count: StockCount, lines: Sequence[CountLine]) -> dict[UUID, _Units]:
    if not lines:
        return {}
    items = [line.item_id for line in lines]
    found = {line.item_id: _Units(line.updated_at, set(), {}, {}, set()) for line in lines}
    _add_scanned(found, lines)
    known = Serial.objects.filter(item__in=items).order_by()
    for item_id, number, chosen in known.filter(branch=count.branch_id).values_list(
        "item_id", "number", "reservation_id"
    ):
        found[item_id].here[number] = chosen is not None
    _add_elsewhere(found, known.exclude(branch=count.branch_id))
    moves = MovedSerial.objects.filter(_at(count.branch_id, "movement__"), movement__item__in=items).order_by()
    moves = moves.filter(movement__created_at__gt=min(units.since for units in found.values()))
    for item_id, number, moment in moves.values_list("serial__item_id", "serial__number", "movement__created_at"):
        if moment > found[item_id].since:
            found[item_id].moved.add(number)
    return {line.pk: found[line.item_id] for line in lines}


def _add_scanned(found: dict[UUID, _Units], lines: Iterable[CountLine]) -> None:
    entries = CountEntry.objects.filter(line__in=[line.pk for line in lines], round=F("line__round")).order_by()
    for item_id, number, moment in entries.values_list("line__item_id", "serial_number", "created_at"):
        units = found[item_id]
        units.since = min(units.since, moment)
        if number:
            units.scanned.add(number)


def _add_elsewhere(found: dict[UUID, _Units], known: "QuerySet[Serial]") -> None:
    scanned = {number for units in found.values() for number in units.scanned}
    there = known.filter(number__in=scanned).exclude(state=SerialState.GONE)
    for item_id, number, state, branch in there.values_list("item_id", "number", "state", "branch__name"):
        is_moving = state == SerialState.IN_TRANSIT
        found[item_id].elsewhere[number] = "in transit" if is_moving else f"in stock at {branch}"
