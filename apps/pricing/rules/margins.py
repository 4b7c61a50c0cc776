"""What is left of a price after its cost, and what a shop makes of a cost."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from apps.core import money
from apps.pricing.rules.branches import Step
from apps.pricing.rules.matching import Scope
from apps.pricing.rules.rounding import Habit, plain, signed, to_habit

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Margin:
    """How a price is made of a part's cost: ``cost × (1 + markup) + labour``, at least the minimum, rounded."""

    id: UUID
    scope: Scope
    created_at: datetime
    markup_percent: Decimal
    labour_amount: Decimal
    minimum_price: Decimal | None
    habit: Habit


def margin(price: Decimal, cost: Decimal | None) -> Decimal | None:
    """What a price brings beyond its cost; negative for one that loses."""
    return None if cost is None else price - cost


def margin_percent(price: Decimal, cost: Decimal | None) -> Decimal | None:
    """The margin in percent of the price, to one decimal, halves away from zero."""
    if cost is None or price <= 0:
        return None
    return ((price - cost) * 100 / price).quantize(TENTH, rounding=ROUND_HALF_UP)


def margin_price(cost: Decimal, rule: Margin, currency: str) -> Decimal | None:
    """The price that ``rule`` makes of ``cost``; ``None`` where it makes nothing of a part that costs nothing."""
    steps = margin_steps(cost, rule, currency)
    return steps[-1].amount if steps[-1].amount > 0 else None


def margin_steps(cost: Decimal, rule: Margin, currency: str) -> tuple[Step, ...]:
    """How the price is made of the cost, step by step; the amount of the last one is the price."""
    marked = cost * (1 + rule.markup_percent / 100)
    amount = marked + rule.labour_amount
    steps = [Step("cost", cost, "Cost")]
    if rule.markup_percent:
        steps.append(Step("markup", money.rounded(marked, currency), f"{signed(rule.markup_percent)} %"))
    if rule.labour_amount:
        steps.append(Step("added", money.rounded(amount, currency), f"{signed(rule.labour_amount)} for the work"))
    least = rule.minimum_price
    if least is not None and amount < least:
        amount = least
        steps.append(Step("minimum", amount, f"at least {plain(least)}"))
    if amount <= 0:
        return tuple(steps)
    final = to_habit(amount, rule.habit, currency, floor=max(cost, least or money.ZERO))
    if final != money.rounded(amount, currency):
        steps.append(Step("rounding", final, rule.habit.words()))
    return tuple(steps)
