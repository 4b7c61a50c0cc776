"""Prices and the rules that make them, in the back office."""

from apps.pricing.admin.changes import ChangeAdmin
from apps.pricing.admin.estimates import EstimateRecordAdmin, EstimatorVersionAdmin
from apps.pricing.admin.prices import PriceAdmin
from apps.pricing.admin.pricing_rules import BranchPriceRuleAdmin, MarginRuleAdmin
from apps.pricing.admin.proposals import ProposalAdmin

__all__ = [
    "BranchPriceRuleAdmin", "ChangeAdmin", "EstimateRecordAdmin", "EstimatorVersionAdmin", "MarginRuleAdmin",
    "PriceAdmin", "ProposalAdmin",
]  # fmt: skip
