"""Registers the notifications, and lets them hear of what people are told."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    verbose_name = "Messages"

    def ready(self) -> None:
        from apps.notifications import subscribers

        assert subscribers
