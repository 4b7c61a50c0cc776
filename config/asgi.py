"""One entry point for HTTP and WebSocket: the embedded form serves both with it, production only ``/ws/``.

HTTP runs the WSGI application in threads: Django's own ASGI handler was measured up to six times slower on small answers.
"""

import os

from config.startup import one_sentence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

with one_sentence():
    from config.wsgi import application as wsgi_application

from a2wsgi import WSGIMiddleware  # noqa: E402
from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from config.sockets import sockets  # noqa: E402

application = ProtocolTypeRouter(
    {"http": WSGIMiddleware(wsgi_application, workers=settings.WEB_THREADS), "websocket": sockets}
)
