"""Pure decisions about prices: when they are valid, which of several applies, and what estimates are worth."""

from apps.pricing.rules.estimates import (
    RETRY_AFTER,
    Accuracy,
    Interval,
    Settled,
    accuracy_of,
    error_of,
    is_due,
    quality_rank,
    rest_after,
    within_list,
)
from apps.pricing.rules.listing import Estimate, Listed, check_period, from_list, overlaps

__all__ = [
    "RETRY_AFTER", "Accuracy", "Estimate", "Interval", "Listed", "Settled", "accuracy_of", "check_period", "error_of",
    "from_list", "is_due", "overlaps", "quality_rank", "rest_after", "within_list",
]  # fmt: skip
