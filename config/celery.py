"""The Celery application: the wake-up call. What must happen is in the database (see apps.audit)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("mendery", task_cls="apps.core.working:Job")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
