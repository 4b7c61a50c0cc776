"""manage.py run: the embedded form with one command: web, jobs and periodic jobs, watched and stopped together."""

import fcntl
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.ports import why_unusable
from apps.core.supervisor import Supervisor

READY_WITHIN = 60.0
_ANY_IPV4 = "0.0.0.0"  # noqa: S104 – to be recognised, not to be bound to


class Command(BaseCommand):
    help = "Prepares the database and runs web, jobs and periodic jobs until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.BIND_ADDRESS)
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the supervisor takes over
        try:
            with _only_one(settings.DATA_DIR / "run.lock"):
                reason = why_unusable(host, port)
                if reason is not None:
                    raise CommandError(f"Port {port} on {host} cannot be used ({reason}); set PORT to another.")
                call_command("bootstrap", stdout=self.stdout)
                self._serve(host, port)
        except KeyboardInterrupt:
            self._say("")
        self._say("Stopped.")

    def _serve(self, host: str, port: int) -> None:
        logs = settings.DATA_DIR / "logs"
        with Supervisor(_commands(host, port), logs=logs, say=self._say) as supervisor:
            if not _comes_up(host, port, supervisor):
                raise CommandError(f"The web server did not come up; see {logs / 'web.log'}.")
            if not supervisor.stopping:
                where = f"Logs: {logs}" + (f", mail: {settings.MAIL_DIR}" if settings.MAIL_DIR else "")
                self._say(f"\nMendery is running at http://{_reachable(host)}:{port}/ – stop it with Ctrl-C. {where}")
            supervisor.watch()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Hold the data folder while the body runs: two sets of processes would share its logs and run each job twice."""
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"Mendery is already running with the data folder {lock.parent}; stop it or set DATA_DIR to another."
            ) from None
        yield


def _commands(host: str, port: int) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--quiet", "--app", "config.jobs"]
    return {
        "web": [*python, "uvicorn", "config.asgi:application", "--host", host, "--port", str(port), "--lifespan", "off",
                "--no-proxy-headers", "--no-access-log", "--no-server-header", "--log-level", "warning",
                "--timeout-graceful-shutdown", "10"],
        "jobs": [*celery, "worker", "--pool", "threads", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
        "beat": [*celery, "beat", "--schedule", str(settings.DATA_DIR / "beat"), "--pidfile", "", "--loglevel", "WARNING"],
    }  # fmt: skip


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
