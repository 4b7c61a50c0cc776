"""Prices in the back office."""

from apps.pricing.admin.estimates import EstimateRecordAdmin, EstimatorVersionAdmin
from apps.pricing.admin.prices import PriceAdmin

__all__ = ["EstimateRecordAdmin", "EstimatorVersionAdmin", "PriceAdmin"]
