"""The servers that are compared, each started the way production starts its web process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


class Server:
    """One WSGI application under granian, in so many processes of so many threads."""

    def __init__(self, application: str, workers: int, threads: int, extra: dict[str, str]) -> None:
        self.port = _free_port()
        command = [
            str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(self.port), "--workers", str(workers), "--blocking-threads", str(threads), "--no-access-log",
            "--log-level", "warning", application,
        ]  # fmt: skip
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings", **extra}
        self._process = subprocess.Popen(command, env=environment, start_new_session=True)
        self._wait()

    def _wait(self) -> None:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("A measured server did not start.")

    def cpu(self) -> float:
        """CPU seconds that its processes have used."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == self._process.pid:  # the process group
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it with all its processes."""
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
