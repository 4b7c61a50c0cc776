"""Registers the accounts app, and lets it hear of Django's own log-ins."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from apps.accounts import selectors, subscribers
        from apps.core.api.throttling import spare_whom

        assert subscribers
        spare_whom(selectors.is_known_at)
