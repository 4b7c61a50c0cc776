"""Starts a few processes, starts again what dies, and stops them all together."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

STOP_WITHIN = 20.0
LONGEST_PAUSE = 10.0
STABLE_AFTER = 60.0
LARGEST_LOG = 10 * 1024 * 1024
_PR_SET_PDEATHSIG = 1


@dataclass
class _Child:
    """One process that should be running."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes]"
    started: float
    pause: float = 1.0
    start_again_at: float | None = None


class Supervisor:
    """Runs ``commands`` (name to argument list) while its ``with`` block lasts.

    Output goes to ``logs/<name>.log``. SIGINT and SIGTERM end ``watch``; leaving the block ends every child, first
    politely. On Linux the children also end when the supervisor itself is killed.
    """

    def __init__(self, commands: dict[str, list[str]], *, logs: Path, say: Callable[[str], object]) -> None:
        self._commands, self._logs, self._say = commands, logs, say
        self._children: list[_Child] = []
        self._stopping = threading.Event()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stopping.set())
        self._logs.mkdir(parents=True, exist_ok=True)
        for name, command in self._commands.items():
            self._children.append(_Child(name, command, self._spawn(name, command), time.monotonic()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children:
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for child in self._children:
            try:
                child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()

    def watch(self) -> None:
        """Return when asked to stop; until then keep every child running."""
        while not self._stopping.wait(0.3):
            for child in self._children:
                self._look_after(child)

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.start_again_at is not None:
            if now >= child.start_again_at:
                child.process, child.started, child.start_again_at = self._spawn(child.name, child.command), now, None
        elif child.process.poll() is not None:
            child.pause = 1.0 if now - child.started > STABLE_AFTER else min(child.pause * 2, LONGEST_PAUSE)
            child.start_again_at = now + child.pause
            self._say(f"{child.name} ended with status {child.process.returncode}; starting it again.")

    def _spawn(self, name: str, command: list[str]) -> "subprocess.Popen[bytes]":
        path = self._logs / f"{name}.log"
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            # A session of its own: Ctrl-C reaches the supervisor alone, which then stops the children in order.
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent(),  # noqa: PLW1509 – there are no threads yet
            )


def _end_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
