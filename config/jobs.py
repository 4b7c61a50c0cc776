"""Entry point of the worker and of beat: the Celery application with its settings read, or one clear sentence."""

from config.celery import app
from config.startup import one_sentence, require_database

with one_sentence():
    app.conf.get("broker_url")  # the first look reads all settings; Celery itself would answer with a traceback
    require_database()

__all__ = ["app"]
