"""Pure decisions about prices: when they are valid, which of several applies, and what rules make of them."""

from apps.pricing.rules.branches import BranchRule, Step, branch_steps
from apps.pricing.rules.listing import Estimate, Listed, check_period, check_replacement, from_list, overlaps
from apps.pricing.rules.margins import Margin, margin, margin_percent, margin_price, margin_steps
from apps.pricing.rules.matching import Scope, most_exact
from apps.pricing.rules.rounding import Habit, check_habit, signed, to_habit

__all__ = [
    "BranchRule", "Estimate", "Habit", "Listed", "Margin", "Scope", "Step", "branch_steps", "check_habit",
    "check_period", "check_replacement", "from_list", "margin", "margin_percent", "margin_price", "margin_steps",
    "most_exact", "overlaps", "signed", "to_habit",
]  # fmt: skip
