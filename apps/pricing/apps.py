"""Registers the price list."""

from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "apps.pricing"
    verbose_name = "Prices"

    def ready(self) -> None:
        from apps.pricing import subscribers

        assert subscribers
