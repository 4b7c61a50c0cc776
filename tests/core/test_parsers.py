"""JSON request bodies: what is read, and what is refused before anything sees it."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from rest_framework.exceptions import ParseError, ValidationError

from apps.catalog.models import Brand
from apps.core.api.parsers import PayloadTooLarge, StrictJSONParser
from tests.conftest import Api


def parsed(raw: bytes) -> Any:
    return StrictJSONParser().parse(BytesIO(raw))


def test_parser_reads_numbers_with_a_point_as_decimals() -> None:
    assert parsed(b'{"a": 899.99, "b": 3, "c": null, "d": "\\u00e9"}') == {
        "a": Decimal("899.99"), "b": 3, "c": None, "d": "é",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "The request body is not valid JSON: Expecting value at line 1, column 1."),
        (b"{", "Expecting property name"),
        (b'{"a": 1,}', "at line 1, column 9"),
        (b'{"a": NaN}', "a number cannot be read"),
        (b'{"a": Infinity}', "a number cannot be read"),
        (b'{"a": -Infinity}', "a number cannot be read"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "a number cannot be read"),
        (b'{"a": 1} {"b": 2}', "Extra data"),
        (b'{"a": "x\ny"}', "Invalid control character"),
        (b'{"a": "x\0y"}', "Invalid control character"),
        ('{"a": "é"}'.encode("latin-1"), "The request body is not valid UTF-8."),
        (b'{"a": "\xed\xa0\x80"}', "The request body is not valid UTF-8."),
        (b"\xef\xbb\xbf{}", "is not valid JSON"),
        (b'{"a": 1, "a": 2}', 'the name "a" stands twice'),
        (b'{"\\ud800": 1, "\\ud800": 2}', 'the name "\\ud800" stands twice'),
        (b'{"x": [{"deep": 1, "deep": 1}]}', 'the name "deep" stands twice'),
        (b"[" * 33 + b"]" * 33, "nested more than 32 levels deep"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "nested more than 32 levels deep"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    ],
)
def test_parser_refuses_what_is_not_json(raw: bytes, reason: str) -> None:
    with pytest.raises(ParseError) as refusal:
        parsed(raw)

    assert reason in str(refusal.value.detail)


def test_parser_takes_thirty_two_levels() -> None:
    assert parsed(b"[" * 31 + b"[]" + b"]" * 31)[0][0]


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b'{"name": "a\\u0000b"}', "name"),
        (b'{"items": [{}, {"note": "\\ud800"}]}', "items.1.note"),
        (b'{"a": {"b\\u0000": 1}}', "a"),
        (b'["\\udfff"]', "0"),
        (b'"\\u0000"', "nonFieldErrors"),
    ],
)
def test_parser_names_the_text_that_no_database_can_hold(raw: bytes, path: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        parsed(raw)

    assert isinstance(refusal.value.detail, dict)
    assert [(name, errors[0].code) for name, errors in refusal.value.detail.items()] == [(path, "invalid_text")]


def test_parser_reads_a_whole_surrogate_pair() -> None:
    assert parsed(b'{"a": "\\ud83d\\ude00"}') == {"a": "😀"}


def test_parser_reads_up_to_the_limit_and_not_a_byte_more() -> None:
    limit = settings.JSON_BODY_LIMIT
    exact = b'"' + b"x" * (limit - 2) + b'"'

    assert limit == 1024 * 1024
    assert len(parsed(exact)) == limit - 2
    with pytest.raises(PayloadTooLarge):
        parsed(exact + b" ")


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b'{"name": ', 400, "MALFORMED_JSON"),
        (b'{"name": "\\u0000"}', 400, "VALIDATION_ERROR"),
        (b'{"name": "' + b"x" * 1024 * 1024 + b'"}', 413, "PAYLOAD_TOO_LARGE"),
        (b"", 400, "VALIDATION_ERROR"),
        (b"[]", 400, "VALIDATION_ERROR"),
        (b"null", 400, "VALIDATION_ERROR"),
        (b"7", 400, "VALIDATION_ERROR"),
        (b'"text"', 400, "VALIDATION_ERROR"),
        (b'{"name": 1e999999}', 400, "VALIDATION_ERROR"),
    ],
)
def test_body_that_cannot_be_used_is_refused_and_changes_nothing(
    admin: Api, raw: bytes, status: int, code: str
) -> None:
    answer = admin.post("catalog/brands", raw)

    assert (answer.status_code, answer.body["code"]) == (status, code)
    assert Brand.objects.count() == 0


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 201),
        ("application/json; charset=utf-8", 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/xml", 415),
        ("", 415),
    ],
)
def test_only_json_is_read(admin: Api, content_type: str, status: int) -> None:
    answer = admin.client.post(
        "/api/v1/catalog/brands", b'{"name": "Fairphone"}', content_type=content_type, headers=admin.headers
    )

    assert answer.status_code == status
    assert answer.json().get("code") == (None if status == 201 else "UNSUPPORTED_MEDIA_TYPE")
    assert Brand.objects.count() == (status == 201)
