"""One entry point for HTTP and WebSocket: the embedded form serves both with it, production only ``/ws/``.

HTTP runs the WSGI application in threads: Django's own ASGI handler was measured up to six times slower on small answers.
"""

import os
from typing import Any, cast

from config.startup import one_sentence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

with one_sentence():
    from config.wsgi import application as wsgi_application

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter
from django.conf import settings

from config.sockets import sockets

application = ProtocolTypeRouter(
    {"http": WSGIMiddleware(cast(Any, wsgi_application), workers=settings.WEB_THREADS), "websocket": sockets}
)
