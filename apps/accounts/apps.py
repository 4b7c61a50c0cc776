"""Registers the accounts app, and lets it hear of Django's own log-ins."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from apps.accounts import subscribers

        assert subscribers
