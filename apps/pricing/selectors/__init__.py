"""Questions about prices."""

from apps.pricing.selectors.prices import estimate, listed_price, prices_visible_to, require_offered

__all__ = ["estimate", "listed_price", "prices_visible_to", "require_offered"]
