"""Answers as a client gets them: read to their end, with the file behind them closed."""

from __future__ import annotations

from typing import Any


def read(response: Any) -> Any:
    """The answer itself; what it streams stays there to be read again. Django's client closes what has been read whole."""
    if response.streaming:
        response.streaming_content = list(response.streaming_content)
    return response
