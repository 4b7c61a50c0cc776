"""Files whose readers are written in C, opened in a process of their own, which has little memory and little time.

A picture or a document that makes its reader fall, grow or run on takes that process with it, and nothing else. What is
asked for here is answered by `apps.core.foreign_child`.
"""

import struct
import subprocess
import sys
from pathlib import Path

from PIL import Image

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 30  # of the clock; the child itself counts seconds of the processor
_HEAD = struct.Struct(">II")
TOO_LARGE, LOCKED = 3, 4  # what the child exits with, beside 0 and everything that means it has failed


class Unreadable(ValueError):
    """The file is none of its kind, or could not be read within the bounds. ``reason`` is what the child exited with."""

    def __init__(self, reason: int) -> None:
        super().__init__("This file cannot be read.")
        self.reason = reason


def heic_picture(content: bytes, *, most_pixels: int, longest_side: int) -> Image.Image:
    """The first picture of a HEIC, upright, as RGB, with no side longer than ``longest_side``. Raises ``Unreadable``."""
    answer = _asked("heic", content, most_pixels, longest_side)
    if len(answer) < _HEAD.size:
        raise Unreadable(1)
    size = _HEAD.unpack(answer[: _HEAD.size])
    return Image.frombytes("RGB", size, answer[_HEAD.size :])


def pdf_pages(content: bytes, *, most_pages: int, longest_side: int) -> int:
    """How many pages a PDF has, each no longer than ``longest_side`` points. Raises ``Unreadable``."""
    return int(_asked("pdf", content, most_pages, longest_side))


def _asked(what: str, content: bytes, *bounds: int) -> bytes:
    command = [sys.executable, "-m", "apps.core.foreign_child", what, *map(str, bounds)]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, cwd=_ROOT, timeout=_SECONDS, check=False
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unreadable(1) from None
    if done.returncode != 0:
        raise Unreadable(done.returncode)
    return done.stdout
