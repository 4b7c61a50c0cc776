"""A stand-in for Twilio's Messages API and SendGrid's v3 mail send that speaks their wire formats and can be moody.

Formats: https://www.twilio.com/docs/messaging/api/message-resource and
https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send. Run by itself (``python -m
tests.notifications.stand_in PORT JOURNAL [MOOD]``) it writes each message that it takes to a file, a JSON line each, and
knows those that it finds there; the mood is JSON.
"""

from __future__ import annotations

import json
import random
import re
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ACCOUNT, TOKEN, KEY = "AC" + "0" * 32, "only-for-tests", "SG.only-for-tests"
_MESSAGES = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Messages\.json")


@dataclass(frozen=True)
class Taken:
    """A message that the provider has accepted. ``id`` is ours where it was told, ``sid`` the provider's."""

    way: str
    to: str
    text: str
    sid: str
    id: str
    at: float
    html: str = ""
    subject: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Mood:
    """How it behaves: seconds that an answer takes, and the shares of requests that end otherwise.

    ``lost`` answers break off after the message was taken, ``dropped`` connections before it was.
    """

    seconds: float = 0.0
    errors: float = 0.0
    too_many: float = 0.0
    dropped: float = 0.0
    lost: float = 0.0
    retry_after: str = "1"
    # Answers of Twilio for certain numbers: (HTTP status, code).
    refusing: dict[str, tuple[int, int]] = field(default_factory=dict)


class Provider(ThreadingHTTPServer):
    """Both providers on one port."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int = 0, journal: Path | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.mood = Mood()
        known = journal.read_text().splitlines() if journal and journal.exists() else []
        self.taken = [Taken(**json.loads(line)) for line in known]
        self.asked = 0
        self._journal = journal.open("a", buffering=1) if journal else None
        self._lock = threading.Lock()
        self._random = random.Random(7)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def take(self, message: Taken) -> None:
        with self._lock:
            self.taken.append(message)
            if self._journal:
                self._journal.write(json.dumps(message.__dict__) + "\n")

    def fate(self) -> str:
        """What becomes of the next request."""
        with self._lock:
            self.asked += 1
            chance = self._random.random()
        for name in ("errors", "too_many", "dropped", "lost"):
            chance -= getattr(self.mood, name)
            if chance < 0:
                return name
        return ""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is no fault of the stand-in's."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        time.sleep(self.server.mood.seconds)
        fate = self.server.fate()
        if fate == "dropped":
            self._break_off()
        elif fate == "errors":
            self._answer(500, {"code": 20500, "message": "Internal Server Error", "status": 500})
        elif fate == "too_many":
            self._answer(429, {"code": 20429, "message": "Too Many Requests", "status": 429},
                         {"Retry-After": self.server.mood.retry_after})  # fmt: skip
        elif self.path == "/v3/mail/send":
            self._mail(json.loads(body), fate)
        elif _MESSAGES.fullmatch(self.path):
            self._sms({name: values[0] for name, values in parse_qs(body.decode()).items()}, fate)
        else:
            self._answer(404, {"code": 20404, "message": "Not found", "status": 404})

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if not _MESSAGES.fullmatch(asked.path) or not self._is_known():
            self._answer(404, {"code": 20404, "message": "Not found", "status": 404})
            return
        to = parse_qs(asked.query).get("To", [""])[0]
        found = [
            _resource(message) for message in reversed(self.server.taken) if message.way == "sms" and message.to == to
        ]
        self._answer(200, {"messages": found, "page": 0, "page_size": 50, "start": 0, "end": len(found),
                           "uri": self.path, "first_page_uri": self.path, "previous_page_uri": None,
                           "next_page_uri": None})  # fmt: skip

    def _is_known(self) -> bool:
        given = self.headers.get("Authorization", "")
        return given.startswith("Basic ") and b64decode(given[6:]).decode() == f"{ACCOUNT}:{TOKEN}"

    def _sms(self, sent: dict[str, str], fate: str) -> None:
        if not self._is_known():
            self._answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
            return
        if sent["To"] in self.server.mood.refusing:
            status, code = self.server.mood.refusing[sent["To"]]
            self._answer(status, {"code": code, "message": "Refused.", "status": status,
                                  "more_info": f"https://www.twilio.com/docs/errors/{code}"})  # fmt: skip
            return
        message = Taken(
            "sms", sent["To"], sent["Body"], f"SM{self.server._random.getrandbits(128):032x}", "", time.time()
        )
        self.server.take(message)
        if fate == "lost":
            self._break_off()
        else:
            self._answer(201, _resource(message))

    def _mail(self, sent: dict[str, Any], fate: str) -> None:
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            self._answer(401, {"errors": [{"message": "The provided authorization grant is invalid", "field": None}]})
            return
        (person,) = sent["personalizations"]
        content = {part["type"]: part["value"] for part in sent["content"]}
        ours = {**sent.get("custom_args", {}), **person.get("custom_args", {})}.get("notification_id", "")
        sid = f"{self.server._random.getrandbits(64):016x}"
        self.server.take(Taken("email", person["to"][0]["email"], content["text/plain"], sid, ours, time.time(),
                               content.get("text/html", ""), person.get("subject") or sent.get("subject", ""),
                               {**sent.get("headers", {}), **person.get("headers", {})}))  # fmt: skip
        if fate == "lost":
            self._break_off()
        else:
            self._answer(202, None, {"X-Message-Id": sid})

    def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _break_off(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nobody reads it."""


def _resource(message: Taken) -> dict[str, Any]:
    made = format_datetime(datetime.fromtimestamp(message.at, UTC))
    uri = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{message.sid}.json"
    return {
        "account_sid": ACCOUNT, "api_version": "2010-04-01", "body": message.text, "date_created": made,
        "date_sent": None, "date_updated": made, "direction": "outbound-api", "error_code": None, "error_message": None,
        "from": "+15005550006", "messaging_service_sid": None, "num_media": "0", "num_segments": "1", "price": None,
        "price_unit": "USD", "sid": message.sid, "status": "queued", "subresource_uris": {"media": f"{uri[:-5]}/Media.json"},
        "to": message.to, "uri": uri,
    }  # fmt: skip


@contextmanager
def standing_in() -> Iterator[Provider]:
    """A provider that runs while the block lasts."""
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()


if __name__ == "__main__":
    standing = Provider(int(sys.argv[1]), Path(sys.argv[2]))
    standing.mood = Mood(**json.loads(sys.argv[3]) if len(sys.argv) > 3 else {})
    standing.serve_forever()
