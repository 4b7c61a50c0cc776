"""The embedded settings, as they are, with the probe that counts and a fast sweeper."""

from config.settings.local import *  # noqa: F403
from config.settings.local import CELERY_BEAT_SCHEDULE, INSTALLED_APPS

INSTALLED_APPS += ["tests.probe"]
CELERY_BEAT_SCHEDULE["audit.sweep"]["schedule"] = 2.0
CELERY_BEAT_SCHEDULE["audit.sweep"]["options"] = {"expires": 2}
