"""What the stock is worth."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from apps.core import money
from apps.core.actor import Actor
from apps.inventory.models import Branch, Category, StockLevel
from apps.inventory.rules import costs
from apps.inventory.selectors.stock import levels_of_branch, levels_visible_to


@dataclass(frozen=True)
class CategoryValue:
    """Units and their value directly in one category; ``category`` is ``None`` for items without one."""

    category: Category | None
    currency: str
    units: int
    value: Decimal


@dataclass(frozen=True)
class BranchValue:
    """What a branch holds at moving average cost, in its currency."""

    branch: Branch
    currency: str
    units: int
    value: Decimal
    categories: list[CategoryValue]


def stock_value(branch_id: UUID | None = None, *, actor: Actor) -> list[BranchValue]:
    """The value of the stock of each branch whose stock ``actor`` may read, by name, and of its categories.

    Values are rounded once, from the exact sum. Raises ``NotFound`` for another branch.
    """
    levels = levels_visible_to(actor) if branch_id is None else levels_of_branch(branch_id, actor=actor)
    held = (
        levels.order_by()
        .values_list("branch", "item__category")
        .annotate(units=Sum("quantity"), worth=Sum("value_micros"))
    )
    rows = list(held)
    categories = Category.objects.in_bulk({row[1] for row in rows if row[1]})
    branches = Branch.objects.filter(pk__in={row[0] for row in rows}).order_by("name", "pk")
    return [_of_branch(branch, [row[1:] for row in rows if row[0] == branch.pk], categories) for branch in branches]


def _of_branch(
    branch: Branch, rows: list[tuple[UUID | None, int, int]], categories: dict[UUID, Category]
) -> BranchValue:
    parts = [
        CategoryValue(categories.get(pk) if pk else None, branch.currency, units, _worth(worth, branch))
        for pk, units, worth in rows
    ]
    parts.sort(key=lambda part: (part.category is None, part.category.name if part.category else ""))
    total = _worth(sum(row[2] for row in rows), branch)
    return BranchValue(branch, branch.currency, sum(row[1] for row in rows), total, parts)


def _worth(micros: int, branch: Branch) -> Decimal:
    return money.rounded(costs.amount(micros), branch.currency)


def value_of(level: StockLevel) -> Decimal:
    """What a level is worth, in the currency of its branch."""
    return _worth(level.value_micros, level.branch)
