"""Changes to prices and to the rules that make them, and what is learnt and estimated from them."""

from apps.pricing.services.estimates import TakenEstimate, follow_prices, keep_estimates, settle_estimates
from apps.pricing.services.prices import create_price, delete_price, refusing_overlaps, replace_price, update_price
from apps.pricing.services.pricing_rules import create_rule, delete_rule, update_rule
from apps.pricing.services.training import refresh_estimators, request_training, train_estimators

__all__ = [
    "TakenEstimate", "create_price", "create_rule", "delete_price", "delete_rule", "follow_prices", "keep_estimates",
    "refresh_estimators", "refusing_overlaps", "replace_price", "request_training", "settle_estimates",
    "train_estimators", "update_price", "update_rule",
]  # fmt: skip
