"""Changes to prices, and to the rules that make them."""

from apps.pricing.services.prices import create_price, delete_price, refusing_overlaps, replace_price, update_price
from apps.pricing.services.pricing_rules import create_rule, delete_rule, update_rule

__all__ = [
    "create_price", "create_rule", "delete_price", "delete_rule", "refusing_overlaps", "replace_price", "update_price",
    "update_rule",
]  # fmt: skip
