"""What a branch makes of a price of the list."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from apps.core import money
from apps.pricing.rules.matching import Scope
from apps.pricing.rules.rounding import Habit, signed, to_habit


@dataclass(frozen=True)
class Step:
    """One step on the way to a price: what it had become after it, and why."""

    kind: str  # own_price, list_price, cost, markup, added, minimum, rounding, left_out
    amount: Decimal
    words: str


@dataclass(frozen=True)
class BranchRule:
    """``base × (1 + markup) + added``, rounded to the branch's habit."""

    id: UUID
    scope: Scope
    created_at: datetime
    markup_percent: Decimal
    added_amount: Decimal
    habit: Habit


def branch_steps(base: Decimal, cost: Decimal | None, rule: BranchRule, currency: str) -> tuple[Step, ...]:
    """How ``rule`` makes a price of one of the list, step by step; none for a rule that changes nothing.

    A rule that would leave nothing to be paid is left out. Rounding alone never goes below ``cost``.
    """
    marked = base * (1 + rule.markup_percent / 100)
    added = marked + rule.added_amount
    if added <= 0:
        return (Step("left_out", base, "The rule would leave nothing to be paid, so it is left out."),)
    final = to_habit(added, rule.habit, currency, floor=cost)
    steps = []
    if rule.markup_percent:
        steps.append(Step("markup", money.rounded(marked, currency), f"{signed(rule.markup_percent)} %"))
    if rule.added_amount:
        steps.append(Step("added", money.rounded(added, currency), signed(rule.added_amount)))
    if final != money.rounded(added, currency):
        steps.append(Step("rounding", final, rule.habit.words()))
    return tuple(steps)
