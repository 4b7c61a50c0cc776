"""Registers the audit app, and has its backlog shown."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "apps.audit"
    verbose_name = "History"

    def ready(self) -> None:
        from apps.audit.selectors import backlog
        from apps.core.backlogs import show

        show(backlog)
