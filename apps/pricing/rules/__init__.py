"""Pure decisions about prices: when they hold, which of several applies, what rules make of them, what estimates tell."""

from apps.pricing.rules.branches import BranchRule, Step, branch_steps
from apps.pricing.rules.estimates import (
    RETRY_AFTER,
    Accuracy,
    Interval,
    Settled,
    accuracy_of,
    at_branch,
    error_of,
    is_due,
    quality_rank,
    rest_after,
    within_list,
)
from apps.pricing.rules.listing import check_period, check_replacement, overlaps
from apps.pricing.rules.margins import Margin, margin, margin_percent, margin_price, margin_steps
from apps.pricing.rules.matching import Scope, most_exact
from apps.pricing.rules.rounding import Habit, check_habit, signed, to_habit

__all__ = [
    "RETRY_AFTER", "Accuracy", "BranchRule", "Habit", "Interval", "Margin", "Scope", "Settled",
    "Step", "accuracy_of", "at_branch", "branch_steps", "check_habit", "check_period", "check_replacement", "error_of",
    "is_due", "margin", "margin_percent", "margin_price", "margin_steps", "most_exact", "overlaps", "quality_rank",
    "rest_after", "signed", "to_habit", "within_list",
]  # fmt: skip
