"""Clients that ask one server as fast as it answers, over kept connections."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Request = Callable[[], bytes]


@dataclass
class Round:
    """What one round gave: the time of each answer, and the CPU seconds of the server's processes."""

    seconds: float
    cpu: float
    times: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    @property
    def cpu_per_request(self) -> float:
        return self.cpu / max(1, len(self.times))


class Client:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        self._socket.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive()
        head, _, body = received.partition(b"\r\n\r\n")
        found = re.search(rb"content-length: *(\d+)", head.lower())
        body = self._exactly(body, int(found[1])) if found else self._chunks(body)
        return int(head[9:12]), body

    def _exactly(self, body: bytes, length: int) -> bytes:
        parts, size = [body], len(body)
        while size < length:
            parts.append(self._receive())
            size += len(parts[-1])
        return b"".join(parts)

    def _chunks(self, received: bytes) -> bytes:
        """A body in chunks (RFC 9112, 7.1), as it comes where no middleware counts its length."""
        while not received.endswith(b"0\r\n\r\n"):
            received += self._receive()
        body = b""
        while received:
            size, _, received = received.partition(b"\r\n")
            body, received = body + received[: int(size, 16)], received[int(size, 16) + 2 :]
        return body

    def _receive(self) -> bytes:
        data = self._socket.recv(262_144)
        if not data:
            raise ConnectionError("The server closed the connection.")
        return data

    def close(self) -> None:
        self._socket.close()


def message(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """An HTTP/1.1 request."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run(port: int, request: Request, *, clients: int, seconds: float, cpu: Callable[[], float]) -> Round:
    """Ask for so many seconds; raises ``SystemExit`` on an answer that is not a success."""
    times: list[float] = []
    failures: list[str] = []
    end = time.perf_counter() + seconds

    def work() -> None:
        client = Client(port)
        while time.perf_counter() < end and not failures:
            sent = time.perf_counter()
            status, body = client.ask(request())
            times.append(time.perf_counter() - sent)
            if status not in {200, 201}:
                failures.append(f"{status}: {body[:300]!r}")
        client.close()

    before, started = cpu(), time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"The server answered {failures[0]}")
    return Round(time.perf_counter() - started, cpu() - before, times)
