"""Prices in the back office."""

from apps.pricing.admin.prices import PriceAdmin

__all__ = ["PriceAdmin"]
