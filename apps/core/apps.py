"""Registers the core app, and refuses settings that cannot work."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        from apps.core.configuration import require_usable_settings

        require_usable_settings()
