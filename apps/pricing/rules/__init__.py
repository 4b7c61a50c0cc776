"""Pure decisions about prices: when they are valid, and which of several applies."""

from apps.pricing.rules.listing import Estimate, Listed, check_period, from_list, overlaps

__all__ = ["Estimate", "Listed", "check_period", "from_list", "overlaps"]
