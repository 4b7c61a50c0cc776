"""What the pages of stock counts show."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.inventory import selectors
from apps.inventory.enums import CountStatus
from apps.inventory.models import CountLine, StockCount
from apps.inventory.rules import costs
from apps.inventory.selectors import Change

COUNTS, LAST, LINES = 50, 8, 100


@dataclass(frozen=True)
class ShownLine:
    """A line with what may be known of it: a blind count keeps back what it expects."""

    line: CountLine
    expected: int | None
    difference: int | None
    value: Decimal | None
    serials: Sequence[str] = ()


@dataclass(frozen=True)
class Effect:
    """What posting does to an item: how many units, of which value, and the units by name."""

    change: Change
    value: Decimal


def recent_counts(actor: Actor) -> list[StockCount]:
    """The counts of the actor's branches: open ones, and the latest that are closed."""
    visible = selectors.counts_visible_to(actor).select_related("branch", "category")
    opened = list(visible.filter(status=CountStatus.OPEN)[:COUNTS])
    return opened + list(visible.exclude(status=CountStatus.OPEN)[: COUNTS - len(opened)])


def may_manage(actor: Actor) -> bool:
    """Whether the role starts and posts counts."""
    return reach(actor, Right.STOCK_MANAGE) is not Reach.NONE


def is_started(count_id: UUID, actor: Actor) -> bool:
    """Whether a form has started its count already."""
    return selectors.counts_visible_to(actor).filter(pk=count_id).exists()


def is_at(count_id: UUID, status: CountStatus, actor: Actor) -> bool:
    """Whether a count has come to this end."""
    return selectors.counts_visible_to(actor).filter(pk=count_id, status=status).exists()


def shown(count: StockCount, lines: Sequence[CountLine], actor: Actor, *, units: bool = False) -> list[ShownLine]:
    """Lines as this reader may see them, with the numbers of ``units`` that were scanned."""
    is_told = selectors.shows_expected(count, actor)
    return [_shown(line, is_told, units) for line in lines]


def _shown(line: CountLine, is_told: bool, units: bool) -> ShownLine:
    serials = selectors.serials_counted(line) if units and line.item.tracks_serials else []
    difference = line.difference if is_told else None
    value = None if difference is None else costs.amount(difference * line.unit_micros)
    return ShownLine(line, line.on_hand if is_told else None, difference, value, serials)


def lines_of(count: StockCount, stage: str, after: int) -> tuple[list[CountLine], bool]:
    """One page of the lines at a stage, and whether there are more."""
    lines = selectors.lines_at(selectors.count_lines(count), stage).select_related("item")
    found = list(lines.order_by("item__name", "pk")[after : after + LINES + 1])
    return found[:LINES], len(found) > LINES


def effects(count: StockCount, *, zero: bool) -> list[Effect]:
    """What posting would do now."""
    return [
        Effect(change, costs.amount(change.quantity * change.line.unit_micros))
        for change in selectors.preview(count, zero=zero)
    ]


def seen(count: StockCount) -> str:
    """Which state of the count a page shows: it changes with every entry."""
    lines: QuerySet[CountLine] = selectors.count_lines(count)
    latest: Any = lines.aggregate(latest=Max("updated_at"))["latest"]
    return latest.isoformat() if latest else ""
