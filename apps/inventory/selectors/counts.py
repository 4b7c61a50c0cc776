"""Questions about stock counts, within what the asker may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast

from apps.accounts.rules import Reach, Right, reach, require
from apps.core.actor import Actor
from apps.core.db import MOST_NAMED
from apps.core.exceptions import NotFound
from apps.inventory.models import CountEntry, CountLine, StockCount, StockLevel, StockMovement
from apps.inventory.rules import costs
from apps.inventory.rules.counts import below
from apps.inventory.selectors.branches import branches_within
from apps.inventory.selectors.items import category_parents

_UNITS, _WHOLE = IntegerField(), DecimalField(max_digits=40, decimal_places=0)
DIFFERS = Q(counted__isnull=False) & ~Q(counted=F("on_hand"))


@dataclass(frozen=True)
class CountTotals:
    """How far a count is, and what it has found: units too many and too few, and what they are worth."""

    lines: int
    counted: int
    differing: int
    disturbed: int
    surplus: int
    shortage: int
    surplus_value: Decimal
    shortage_value: Decimal


def counts_visible_to(actor: Actor) -> QuerySet[StockCount]:
    """The counts of the branches in which ``actor`` may count."""
    if reach(actor, Right.STOCK_COUNT) is Reach.ALL:
        return StockCount.objects.all()
    return StockCount.objects.filter(branch__in=branches_within(actor, Right.STOCK_COUNT))


def get_count(count_id: UUID, *, actor: Actor, right: Right = Right.STOCK_COUNT) -> StockCount:
    """One count, with its branch and category. Raises ``Forbidden`` without the right, ``NotFound`` out of its reach."""
    require(actor, right)
    within = StockCount.objects.filter(branch__in=branches_within(actor, right))
    count = within.select_related("branch", "category").filter(pk=count_id).first()
    if count is None:
        raise NotFound("There is no such count.")
    return count


def shows_expected(count: StockCount, actor: Actor) -> bool:
    """Whether ``actor`` may see what a count expects: of a blind one, who posts it, and everybody once it is closed."""
    return not count.is_blind or count.closed_at is not None or reach(actor, Right.STOCK_MANAGE) is not Reach.NONE


def among(ids: Collection[UUID], item: str = "item") -> Q:
    """The records whose ``item`` is one of these; of very many, all records: the caller knows which are meant."""
    return Q(**{f"{item}__in": ids}) if len(ids) <= MOST_NAMED else Q()


def within_category(category_id: UUID | None, item: str = "item") -> Q:
    """The records whose ``item`` is in a category or below it; all of them for none."""
    if category_id is None:
        return Q()
    return Q(**{f"{item}__category__in": below(category_id, category_parents())})


def count_lines(count: StockCount) -> QuerySet[CountLine]:
    """The lines of a count that was found within the asker's scope."""
    return CountLine.objects.filter(count=count)


def lines_at(lines: QuerySet[CountLine], stage: str) -> QuerySet[CountLine]:
    """``lines`` that are ``differing``, ``disturbed``, ``counted`` or ``uncounted``; all of them for anything else."""
    match stage:
        case "differing":
            return lines.filter(DIFFERS)
        case "disturbed":
            return lines.filter(disturbed=True)
        case "counted":
            return lines.filter(counted__isnull=False)
        case "uncounted":
            return lines.filter(counted__isnull=True)
    return lines


def counted_last(count: StockCount, most: int) -> Sequence[CountLine]:
    """The lines that were counted last, the latest first."""
    lines = count_lines(count).filter(counted_at__isnull=False, counted__isnull=False)
    return list(lines.select_related("item").order_by("-counted_at", "-id")[:most])


def get_count_line(count: StockCount, line_id: UUID) -> CountLine:
    """Raises ``NotFound`` for a line that is not on the count."""
    line = count_lines(count).select_related("item").filter(pk=line_id).first()
    if line is None:
        raise NotFound("This count has no such line.")
    return line


def line_of_entry(count: StockCount, entry_id: UUID) -> CountLine | None:
    """The line on which an entry was made, if it was made on this count."""
    return count_lines(count).filter(entries=entry_id).select_related("item").first()


def serials_counted(line: CountLine) -> list[str]:
    """The numbers that were scanned on a line in its present round, the latest first."""
    entries = CountEntry.objects.filter(line=line, round=line.round).exclude(serial_number="")
    return list(entries.order_by("-created_at", "-id").values_list("serial_number", flat=True))


def count_totals(count: StockCount) -> CountTotals:
    """One statement."""
    difference = F("counted") - F("on_hand")
    over, short = Q(counted__gt=F("on_hand")), Q(counted__lt=F("on_hand"))
    # Beyond what 64 bits hold: a million units of what is dear.
    worth = ExpressionWrapper(Cast(difference, _WHOLE) * Cast("unit_micros", _WHOLE), output_field=_WHOLE)
    found = count_lines(count).aggregate(
        lines=Count("pk"),
        done=Count("pk", filter=Q(counted__isnull=False)),
        differing=Count("pk", filter=DIFFERS),
        upset=Count("pk", filter=Q(disturbed=True)),
        over=_total(over, difference),
        short=_total(short, difference),
        over_value=_total(over, worth, _WHOLE),
        short_value=_total(short, worth, _WHOLE),
    )
    return CountTotals(
        lines=found["lines"],
        counted=found["done"],
        differing=found["differing"],
        disturbed=found["upset"],
        surplus=int(found["over"] or 0),
        shortage=-int(found["short"] or 0),
        surplus_value=costs.amount(int(found["over_value"] or 0)),
        shortage_value=costs.amount(-int(found["short_value"] or 0)),
    )


def _total(condition: Q, value: Any, kind: Any = _UNITS) -> Sum:
    return Sum(Case(When(condition, then=value), default=Value(0, output_field=kind), output_field=kind))


def last_movement(item_id: UUID, branch_id: UUID) -> UUID | None:
    """The last movement of an item at a branch; one step in an index for each direction."""
    latest: list[tuple[Any, UUID]] = []
    for side in ("from_branch_id", "to_branch_id"):
        moved = StockMovement.objects.filter(item_id=item_id, **{side: branch_id}).order_by("-created_at", "-id")
        latest += moved.values_list("created_at", "pk")[:1]
    return max(latest)[1] if latest else None


def levels_to_settle(count: StockCount, item_ids: Sequence[UUID]) -> dict[UUID, StockLevel]:
    """The levels of items at the branch of a count, by item, as they are now."""
    found = StockLevel.objects.filter(among(item_ids), branch=count.branch_id)
    return {level.item_id: level for level in found}
