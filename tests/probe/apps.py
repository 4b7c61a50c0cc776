"""Registers the probe, and lets it subscribe."""

from django.apps import AppConfig


class ProbeConfig(AppConfig):
    name = "tests.probe"
    label = "probe"

    def ready(self) -> None:
        from tests.probe import subscribers

        assert subscribers
