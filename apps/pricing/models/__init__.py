"""The price list, the rules that make prices, and what is estimated beyond it."""

from apps.pricing.models.changes import BulkChange, BulkChangeLine
from apps.pricing.models.estimates import EstimateRecord, EstimatorState, EstimatorVersion
from apps.pricing.models.prices import Price, PriceQuerySet, today
from apps.pricing.models.proposals import PriceProposal
from apps.pricing.models.rules import BranchPriceRule, MarginRule

__all__ = [
    "BranchPriceRule", "BulkChange", "BulkChangeLine", "EstimateRecord", "EstimatorState", "EstimatorVersion", "MarginRule",
    "Price", "PriceProposal", "PriceQuerySet", "today",
]  # fmt: skip
