"""Each line of the log knows its request."""

import json
import logging
from logging.config import dictConfig

import pytest
from django.conf import settings as project

from apps.core.logs import FaultFilter, RequestIdFilter, current_request_id
from tests.conftest import Api


def test_line_within_a_request_carries_its_id() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "message", None, None)
    token = current_request_id.set("abc")

    RequestIdFilter().filter(record)
    current_request_id.reset(token)

    assert record.request_id == "abc"  # type: ignore[attr-defined]


def test_line_outside_a_request_carries_none() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "message", None, None)

    RequestIdFilter().filter(record)

    assert record.request_id == ""  # type: ignore[attr-defined]


def test_every_request_is_one_line_of_json(admin: Api, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        dictConfig({**project.LOGGING, "root": {"handlers": ["stream"], "level": "INFO"}})
        admin.get("catalog/brands?q=x", X_Request_ID="abc")
    finally:
        dictConfig(project.LOGGING)

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    found = [line for line in lines if line["logger"] == "apps.requests"]
    assert [(line["message"], line["request_id"], line["level"]) for line in found] == [
        ("GET /api/v1/catalog/brands 200", "abc", "INFO")
    ]
    assert found[0]["duration_ms"] > 0
    assert current_request_id.get() == ""


def test_a_refusal_for_lack_of_room_is_no_fault_in_the_log() -> None:
    faults = FaultFilter()
    records = [logging.makeLogRecord({"status_code": status}) for status in (500, 502, 503)]

    assert [faults.filter(record) for record in [*records, logging.makeLogRecord({})]] == [True, True, False, True]
    assert project.LOGGING["loggers"]["django.request"]["filters"] == ["faults"]
