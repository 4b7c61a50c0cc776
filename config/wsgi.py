"""HTTP entry point for a WSGI server."""

import os

from config.bodies import measured
from config.startup import one_sentence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

with one_sentence():
    from django.core.wsgi import get_wsgi_application

    application = measured(get_wsgi_application())
