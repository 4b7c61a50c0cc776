"""What a report of a fault tells the outside world: where it happened, and nothing that anybody has typed."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings

from tests.core.test_startup import LOCAL, started

PASSWORD, DEVICE_PASSWORD = "Correct-Horse-9", "device-4711"
# Without tables everything that asks the database is a fault; the pages and the interface read their bodies differently.
FAULTS = f"""
import django, sentry_sdk
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, HTTP_HOST="localhost")
body = {{"identifier": "ada@shop.example", "password": "{PASSWORD}"}}
print(client.post("/api/v1/auth/login", body, content_type="application/json").status_code)
form = {{"username": "ada@shop.example", "password": "{PASSWORD}", "device_password": "{DEVICE_PASSWORD}"}}
print(client.post("/dashboard/login/", form).status_code)
sentry_sdk.flush()
"""


@pytest.fixture
def reports() -> Iterator[tuple[str, list[str]]]:
    """The address of a server that takes reports, and what it was sent."""
    taken: list[str] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            taken.append((gzip.decompress(sent) if packed else sent).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Not into the output of the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://key@127.0.0.1:{server.server_port}/1", taken
        server.shutdown()


@pytest.mark.exhaustive
def test_a_report_says_where_it_went_wrong_and_nothing_that_was_typed(
    reports: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, taken = reports
    script = tmp_path / "faults.py"
    script.write_text(FAULTS)

    run = started([str(script)], {**LOCAL, "SENTRY_DSN": address, "PYTHONPATH": str(settings.BASE_DIR)}, tmp_path)

    sent = "\n".join(taken)
    assert run.stdout.split() == ["503", "500"]
    assert "no such table: accounts_failedlogins" in sent
    assert "apps/accounts/services/lockout.py" in sent
    assert [typed for typed in (PASSWORD, DEVICE_PASSWORD, "ada@shop.example") if typed in sent] == []
