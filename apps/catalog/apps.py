"""Registers the catalogue, and keeps what its models are found by in line with them."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "apps.catalog"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        from apps.catalog import subscribers

        assert subscribers
