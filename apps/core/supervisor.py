"""Starts a few processes, starts again what dies, and stops them all together."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType

STOP_WITHIN = 20.0
LONGEST_PAUSE = 10.0
STABLE_AFTER = 60.0
LARGEST_LOG = 10 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class _Child:
    """One process that should be running. ``failures`` counts how often it has died without running well in between."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes]"
    started: float
    failures: int = 0
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
                _trim(self._log_of(child.name))
                self._look_after(child)

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.start_again_at is not None:
            if now >= child.start_again_at:
                child.process, child.started, child.start_again_at = self._spawn(child.name, child.command), now, None
        elif child.process.poll() is not None:
            child.failures = 1 if now - child.started > STABLE_AFTER else child.failures + 1
            pause = min(2.0 ** (child.failures - 1), LONGEST_PAUSE)
            child.start_again_at = now + pause
            self._say(_obituary(child, pause, self._log_of(child.name)))

    def _log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _spawn(self, name: str, command: list[str]) -> "subprocess.Popen[bytes]":
        with self._log_of(name).open("ab") as log:
            # A session of its own: Ctrl-C reaches the supervisor alone, which then stops the children in order.
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(end_with, os.getpid()),  # noqa: PLW1509 – there are no threads yet
            )


def end_with(parent: int) -> None:
    """Let this process get SIGTERM when ``parent``, which has started it, ends in whatever way (Linux only)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)


def _obituary(child: _Child, pause: float, log: Path) -> str:
    status = child.process.returncode
    how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
    again = f", {child.failures} times in a row" if child.failures > 1 else ""
    return f"{child.name} {how}{again}; starting it again in {pause:.0f} s. See {log}"


def _trim(log: Path) -> None:
    """Set a large log aside, in place of the one before. Its writer appends, and so goes on at the new beginning."""
    if log.stat().st_size > LARGEST_LOG:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)
