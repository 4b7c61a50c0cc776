"""Prices and the rules that make them, in the back office."""

from apps.pricing.admin.estimates import EstimateRecordAdmin, EstimatorVersionAdmin
from apps.pricing.admin.prices import PriceAdmin
from apps.pricing.admin.pricing_rules import BranchPriceRuleAdmin, MarginRuleAdmin

__all__ = ["BranchPriceRuleAdmin", "EstimateRecordAdmin", "EstimatorVersionAdmin", "MarginRuleAdmin", "PriceAdmin"]
