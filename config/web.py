"""The HTTP server of the production form: ``python -m config.web`` runs granian in front of ``config.wsgi``.

It adds what granian's own command line lacks: what cannot work is told in one sentence before any worker starts, and
the workers end with the main process even when that is killed; else they would go on serving the port with old code.
"""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from granian import Granian
from granian.constants import Interfaces

from apps.core.ports import why_unusable
from apps.core.supervisor import end_with
from config.startup import one_sentence, require_database

RESPAWN_AFTER = 0.5
STOP_WITHIN = 8  # a container runtime kills after ten seconds


def serve() -> None:
    """Serve until SIGTERM or SIGINT; a worker that dies is replaced, one that cannot start ends the server."""
    with one_sentence():
        host, port = settings.BIND_ADDRESS, settings.PORT
        require_database()
    reason = why_unusable(host, port)
    if reason is not None:
        sys.exit(f"Mendery cannot start: port {port} on {host} cannot be used ({reason}); set PORT to another.")
    server = Granian(
        settings.WSGI_APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=settings.WEB_PROCESSES,
        blocking_threads=settings.WEB_THREADS,
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_AFTER,
        workers_kill_timeout=STOP_WITHIN,
    )
    # Only the workers import the application: nothing of it, such as the state of a random generator, is inherited.
    server.serve(target_loader=partial(_load, os.getpid()), wrap_loader=False)


def _load(main: int) -> Callable[..., Any]:
    """Runs in each worker."""
    # Until granian sets its own, the handler that the fork has brought along would only swallow the signal.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with(main)
    application: Callable[..., Any] = import_string(settings.WSGI_APPLICATION)
    return application


if __name__ == "__main__":
    serve()
