"""Registers the price list and its subscribers, and keeps SQLite's triggers on it through migrations."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PricingConfig(AppConfig):
    name = "apps.pricing"
    verbose_name = "Prices"

    def ready(self) -> None:
        from apps.catalog.registry import move_by
        from apps.pricing import subscribers
        from apps.pricing.models import overlaps
        from apps.pricing.services.merging import MERGED_PRICES

        assert subscribers
        move_by(MERGED_PRICES)
        post_migrate.connect(overlaps.keep, sender=self)
