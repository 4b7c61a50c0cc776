"""manage.py run: the embedded form with one command: web, jobs and periodic jobs, watched and stopped together."""

import socket
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.supervisor import Supervisor

READY_WITHIN = 60.0
_ANY_IPV4 = "0.0.0.0"  # noqa: S104 – to be recognised, not to be bound to


class Command(BaseCommand):
    help = "Prepares the database and runs web, jobs and periodic jobs until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.BIND_ADDRESS)
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        _require_free(host, port)
        call_command("bootstrap", stdout=self.stdout)
        logs = settings.DATA_DIR / "logs"
        with Supervisor(_commands(host, port), logs=logs, say=self._say) as supervisor:
            if not _comes_up(host, port, supervisor):
                raise CommandError(f"The web server did not come up; see {logs / 'web.log'}.")
            self._say(f"\nMendery is running at http://{_reachable(host)}:{port}/ – stop it with Ctrl-C. Logs: {logs}")
            supervisor.watch()
        self._say("Stopped.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _commands(host: str, port: int) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app", "config"]
    return {
        "web": [*python, "uvicorn", "config.asgi:application", "--host", host, "--port", str(port), "--lifespan", "off",
                "--no-access-log", "--no-server-header", "--log-level", "warning", "--timeout-graceful-shutdown", "10"],
        "jobs": [*celery, "worker", "--pool", "threads", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
        "beat": [*celery, "beat", "--schedule", str(settings.DATA_DIR / "beat"), "--pidfile", "", "--loglevel", "WARNING"],
    }  # fmt: skip


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} on {host} cannot be used ({error.strerror}); set PORT to another."
            ) from None


def _reachable(host: str) -> str:
    return {_ANY_IPV4: "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)


def _comes_up(host: str, port: int, supervisor: Supervisor) -> bool:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and not supervisor.stopping:
        try:
            with urllib.request.urlopen(f"http://{_reachable(host)}:{port}/health/live", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return supervisor.stopping
