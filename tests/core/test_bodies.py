"""Request bodies that come in chunks, as a server hands them over: without a length."""

import json
from collections.abc import Iterator
from io import RawIOBase
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings

from config.wsgi import application

WRONG_CODE = {"identifier": "kim@shop.example", "code": "12 34"}


class Chunks(RawIOBase):
    """Gives one chunk after the other, as they come in, and counts what was taken."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.rest = b""
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        self.rest = self.rest or next(self.chunks, b"")
        given, self.rest = (self.rest, b"") if size < 0 else (self.rest[:size], self.rest[size:])
        self.taken += len(given)
        return given


def posted(body: Chunks, **environ: str) -> tuple[str, Any]:
    """The status and the body with which ``verify-otp`` answers."""
    environment: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/auth/verify-otp", "CONTENT_TYPE": "application/json",
        "HTTP_HOST": "testserver", "REMOTE_ADDR": "192.0.2.7", "wsgi.input": body, **environ,
    }  # fmt: skip
    setup_testing_defaults(environment)
    statuses: list[str] = []
    answer = application(environment, lambda status, headers, exc_info=None: statuses.append(status))  # type: ignore[arg-type]
    return statuses[0], json.loads(b"".join(answer))


@pytest.mark.parametrize("length", [{}, {"CONTENT_LENGTH": ""}])
def test_body_in_chunks_is_read_to_its_end(db: None, length: dict[str, str]) -> None:
    raw = json.dumps(WRONG_CODE).encode()

    status, answer = posted(Chunks(iter([raw[:5], raw[5:6], raw[6:]])), HTTP_TRANSFER_ENCODING="chunked", **length)

    assert status == "400 Bad Request"
    assert [(detail["field"], detail["code"]) for detail in answer["details"]] == [("code", "invalid")]


def test_endless_body_in_chunks_is_refused_and_not_read_further(db: None) -> None:
    body = Chunks(iter(lambda: b" " * 65536, None))

    status, answer = posted(body, HTTP_TRANSFER_ENCODING="chunked")

    assert (status, answer["code"]) == ("413 Request Entity Too Large", "PAYLOAD_TOO_LARGE")
    assert body.taken == settings.JSON_BODY_LIMIT + 1


def test_body_with_a_length_is_left_to_it(db: None) -> None:
    raw = json.dumps(WRONG_CODE).encode()

    status, answer = posted(Chunks(iter([raw, b"of the next request"])), CONTENT_LENGTH=str(len(raw)))

    assert status == "400 Bad Request"
    assert [(detail["field"], detail["code"]) for detail in answer["details"]] == [("code", "invalid")]
