"""Settings, URL map and entry points: the only package that knows every app and reads the environment."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
