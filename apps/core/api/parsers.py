"""JSON request bodies, read so that nothing in them can surprise what comes after."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any, NoReturn

from django.conf import settings
from django.http import UnreadablePostError
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import BaseParser

DEEPEST = 32


class PayloadTooLarge(APIException):
    """The body is larger than the route takes."""

    status_code = 413
    default_detail = "The request body is too large."
    default_code = "payload_too_large"


class StrictJSONParser(BaseParser):
    """UTF-8 JSON of at most ``settings.JSON_BODY_LIMIT`` bytes and 32 levels; numbers with a point become ``Decimal``.

    A name that stands twice in one object is refused: one of the two values would be dropped without a word.
    Raises ``ParseError`` (MALFORMED_JSON), ``PayloadTooLarge``, or ``ValidationError`` for text that a database cannot
    hold (NUL, half of a surrogate pair).
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        text = _read(stream)
        try:
            value = json.loads(
                text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_without_repetition
            )
        except (ValueError, RecursionError) as error:
            raise ParseError(f"The request body is not valid JSON: {_reason(error)}.") from None
        if text.count("[") + text.count("{") > DEEPEST or "\\u" in text:
            _check(value)
        return value


def _read(stream: Any) -> str:
    limit = settings.JSON_BODY_LIMIT
    try:
        raw = stream.read(limit + 1)
    except UnreadablePostError:
        raise ParseError("The request body ended before it was complete.") from None
    if len(raw) > limit:
        raise PayloadTooLarge(f"The request body is larger than {limit} bytes.")
    try:
        decoded: str = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ParseError("The request body is not valid UTF-8.") from None
    return decoded


class _NamedTwice(ValueError):
    """An object has two values for one name."""


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        [(name, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise _NamedTwice(json.dumps(name))
    return found


def _reason(error: Exception) -> str:
    if isinstance(error, _NamedTwice):
        return f"the name {error} stands twice"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "a number cannot be read"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check(value: Any) -> None:
    """Walk the parsed body without recursion, with the path of each value."""
    waiting: list[tuple[Any, str, int]] = [(value, "", 1)]
    while waiting:
        current, path, depth = waiting.pop()
        if depth > DEEPEST:
            raise ParseError(f"The request body is nested more than {DEEPEST} levels deep.")
        if isinstance(current, str):
            _check_text(current, path)
        elif isinstance(current, dict):
            for key, item in current.items():
                _check_text(key, path)
                waiting.append((item, f"{path}.{key}" if path else key, depth + 1))
        elif isinstance(current, list):
            waiting.extend((item, f"{path}.{i}" if path else str(i), depth + 1) for i, item in enumerate(current))


def _check_text(text: str, path: str) -> None:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        error = ValidationError("Text must not hold NUL characters or broken surrogates.", code="invalid_text")
        raise ValidationError({path or "nonFieldErrors": error.detail})
