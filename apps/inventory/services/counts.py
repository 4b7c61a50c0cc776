"""Starting a stock count, and giving one up."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound, ReferenceMissing
from apps.core.ids import new_id
from apps.inventory import events, selectors
from apps.inventory.enums import CountStatus
from apps.inventory.models import Branch, Category, CountLine, StockCount, StockLevel
from apps.inventory.rules import costs
from apps.inventory.rules.counts import overlap, unit_value
from apps.inventory.services.numbering import next_number


@dataclass(frozen=True)
class CountRequest:
    """A count as it is asked for: of a branch, or of one category there and all below it."""

    branch_id: UUID
    category_id: UUID | None = None
    is_blind: bool = False
    notes: str = ""
    id: UUID | None = None


@transaction.atomic
def start_count(request: CountRequest, *, actor: Actor) -> StockCount:
    """Open a count with a line for each item that the branch has a level for.

    Raises ``Forbidden``, ``ReferenceMissing`` for a branch that the actor does not manage or an unknown category, and
    ``Conflict`` while an open count has any of these items in it.
    """
    require(actor, Right.STOCK_MANAGE)
    branch = _locked_branch(request.branch_id, actor)
    if request.category_id and not Category.objects.filter(pk=request.category_id).exists():
        raise ReferenceMissing.on("categoryId", "category")
    _require_none_open(request)
    now = timezone.now()
    count = StockCount(
        id=request.id or new_id(),
        branch=branch,
        category_id=request.category_id,
        is_blind=request.is_blind,
        notes=request.notes,
        created_at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
    )
    lines = [_line(count, level) for level in _levels(request)]
    CountLine.objects.bulk_create(lines, batch_size=500)
    # Late: the number holds those of all branches until the commit. References are checked at its end.
    count.number = next_number("C", now.astimezone(branch.zone).year)
    count.save(force_insert=True)
    started = events.CountStarted(
        aggregate_id=count.pk,
        number=count.number,
        branch_id=branch.pk,
        category_id=request.category_id,
        lines=len(lines),
    )
    audit.record(started, actor=actor)
    return count


@transaction.atomic
def cancel_count(count_id: UUID, *, actor: Actor) -> StockCount:
    """Close a count without changing any stock. Raises ``NotFound``, ``Forbidden``, and ``Conflict`` if it is closed."""
    count = locked_count(count_id, Right.STOCK_MANAGE, actor=actor)
    require_open(count)
    count.status, count.closed_at = CountStatus.CANCELLED, timezone.now()
    count.save(update_fields=["status", "closed_at"])
    cancelled = events.CountCancelled(aggregate_id=count.pk, number=count.number, branch_id=count.branch_id)
    audit.record(cancelled, actor=actor)
    return count


def locked_count(count_id: UUID, right: Right, *, actor: Actor) -> StockCount:
    """The count under its row lock, which comes before the locks of levels."""
    selectors.get_count(count_id, actor=actor, right=right)
    locked = StockCount.objects.select_for_update(of=("self",)).select_related("branch", "category")
    count = locked.filter(pk=count_id).first()
    if count is None:
        raise NotFound("There is no such count.")
    return count


def require_open(count: StockCount) -> None:
    """Raises ``Conflict`` for a count that is posted or cancelled."""
    if count.status != CountStatus.OPEN:
        raise Conflict(f"{count.number} has been {count.get_status_display()} already.")


def worth_of_one(level: StockLevel) -> int:
    """What one unit of a level is worth, in millionths of its branch's currency."""
    is_listed = level.item.currency == level.branch.currency
    listed = costs.micros(level.item.cost_price) if is_listed else 0
    return unit_value(level.value_micros, level.quantity, level.last_cost_micros, listed)


def _locked_branch(branch_id: UUID, actor: Actor) -> Branch:
    """Of two who start a count at a branch, one waits here and then finds the other's."""
    managed = selectors.branches_within(actor, Right.STOCK_MANAGE)
    # Movements only refer to their branch, and do not wait for this.
    branch = managed.select_for_update(of=("self",), no_key=True).filter(pk=branch_id).first()
    if branch is None:
        raise ReferenceMissing.on("branchId", "branch among yours")
    return branch


def _require_none_open(request: CountRequest) -> None:
    parents = selectors.category_parents()
    for other in StockCount.objects.open().filter(branch_id=request.branch_id).order_by("created_at"):
        if overlap(request.category_id, other.category_id, parents):
            raise Conflict(f"{other.number} is counting these items already; post or cancel it first.")


def _levels(request: CountRequest) -> Iterable[StockLevel]:
    within = selectors.within_category(request.category_id)
    levels = StockLevel.objects.filter(within, branch_id=request.branch_id).order_by("item_id")
    return levels.select_related("item", "branch")


def _line(count: StockCount, level: StockLevel) -> CountLine:
    return CountLine(count_id=count.pk, item_id=level.item_id, on_hand=level.quantity, unit_micros=worth_of_one(level))
