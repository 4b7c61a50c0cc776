"""Registers the core app, and refuses settings that cannot work."""

from celery.signals import worker_init
from django.apps import AppConfig
from django.conf import settings
from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.db import reset_queries


class CoreConfig(AppConfig):
    name = "apps.core"
    verbose_name = "System"

    def ready(self) -> None:
        from apps.core import job_runs
        from apps.core.configuration import require_usable_settings

        require_usable_settings()
        _spare_requests()
        worker_init.connect(job_runs.connect)


def _spare_requests() -> None:
    """Take from every request what has no effect here: our caches keep their connections, and no query is noted."""
    request_finished.disconnect(close_caches)
    if not settings.DEBUG:
        request_started.disconnect(reset_queries)
