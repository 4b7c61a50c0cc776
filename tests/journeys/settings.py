"""The production settings, as they are, with the probe that counts; its own place for static files; a fast sweeper."""

from config.settings.production import *  # noqa: F403
from config.settings.production import CELERY_BEAT_SCHEDULE, INSTALLED_APPS, env

INSTALLED_APPS += ["tests.probe"]
STATIC_ROOT = env.str("STATIC_ROOT")
CELERY_BEAT_SCHEDULE["audit.sweep"]["schedule"] = 2.0
CELERY_BEAT_SCHEDULE["audit.sweep"]["options"] = {"expires": 2}
