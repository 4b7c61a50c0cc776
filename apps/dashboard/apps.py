"""Registers the dashboard, and has the backlog of messages shown."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "apps.dashboard"
    verbose_name = "Dashboard"

    def ready(self) -> None:
        from apps.core.backlogs import show
        from apps.dashboard.selectors.messages import backlog

        show(backlog)
