"""The one renderer: every answer leaves in the contract's envelope."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpRequest
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer

API_VERSION = "1.0"


class ErrorBody(dict[str, Any]):
    """An answer that is a failure: ``error``, ``code`` and ``details``."""


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value)} has no JSON form here.")


def dump(value: Any) -> bytes:
    """``value`` as JSON; decimals become text, never floats."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z)


def iso(moment: datetime) -> str:
    """An aware UTC time as the contract writes it: always six digits of a second, and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def envelope(data: Any, *, request_id: str, message: str | None = None) -> bytes:
    """``data`` in the envelope of success, or of failure for an ``ErrorBody``."""
    meta = {"timestamp": iso(datetime.now(UTC)), "version": API_VERSION, "requestId": request_id}
    if isinstance(data, ErrorBody):
        return dump({"success": False, **data, "meta": meta})
    return dump({"success": True, "data": data, "message": message, "meta": meta})


def request_id_of(request: HttpRequest) -> str:
    """The id that the outermost middleware gave this request."""
    return str(request.META.get("mendery.request_id", ""))


class EnvelopeRenderer(BaseRenderer):
    """JSON in the envelope. A response may carry ``message``; 204 and 304 have no body."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        response = renderer_context["response"]
        if response.status_code in {204, 304}:
            return b""
        request_id = request_id_of(renderer_context["request"])
        return envelope(data, request_id=request_id, message=getattr(response, "message", None))
