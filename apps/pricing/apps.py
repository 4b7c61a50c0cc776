"""Registers the price list."""

from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "apps.pricing"
    verbose_name = "Prices"

    def ready(self) -> None:
        from apps.catalog.registry import move_by
        from apps.pricing.services.merging import MERGED_PRICES

        move_by(MERGED_PRICES)
