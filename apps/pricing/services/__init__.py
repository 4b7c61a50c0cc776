"""Changes to prices."""

from apps.pricing.services.prices import create_price, delete_price, update_price

__all__ = ["create_price", "delete_price", "update_price"]
