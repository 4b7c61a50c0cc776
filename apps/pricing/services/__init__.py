"""Changes to prices, and what is learnt and estimated from them."""

from apps.pricing.services.estimates import TakenEstimate, follow_prices, keep_estimates, settle_estimates
from apps.pricing.services.prices import create_price, delete_price, update_price
from apps.pricing.services.training import refresh_estimators, request_training, train_estimators

__all__ = [
    "TakenEstimate", "create_price", "delete_price", "follow_prices", "keep_estimates", "refresh_estimators",
    "request_training", "settle_estimates", "train_estimators", "update_price",
]  # fmt: skip
