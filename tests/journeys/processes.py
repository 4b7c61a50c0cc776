"""Real processes, that end with the tests whatever happens."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from apps.core.supervisor import end_with
from tests.journeys.compose import ROOT

BIN = Path(sys.executable).parent


def base_environment(**values: str) -> dict[str, str]:
    """What every process gets: a path with our commands in front and nothing that the tests' own shell has set."""
    return {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", **values}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(true: Callable[[], object], what: str, within: float = 30.0) -> None:
    """Wait for something to become true; an ``AssertionError`` says what did not."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, f"{what}: not within {within:.0f} s"
        time.sleep(0.05)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> dict[int, str]:
    """The processes that ``pid`` has started, and their command lines."""
    lines = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with suppress(OSError):  # one that has just ended
            lines[int(child)] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return lines


def run(command: list[str], environment: dict[str, str], within: float = 60.0) -> "subprocess.CompletedProcess[str]":
    """Run to the end."""
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=within, check=False
    )


@dataclass
class Service:
    """One long-running command: a process group of its own, output in ``log``. Start it from the main thread only."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    started: "subprocess.Popen[bytes] | None" = None

    def start(self) -> "Service":
        with self.log.open("ab") as log:
            self.started = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=partial(end_with, os.getpid()),  # noqa: PLW1509
            )  # fmt: skip
        return self

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        assert self.started is not None
        return self.started

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        """SIGKILL for all of the group: what the death of its first process does to a container."""
        if self.started is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.started.wait()

    def stop(self, number: int = signal.SIGTERM, within: float = 20.0) -> tuple[int, float]:
        """Ask it to end; its exit status, and the seconds that it took."""
        started = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(timeout=within), time.monotonic() - started

    def said(self) -> str:
        return self.log.read_text()
