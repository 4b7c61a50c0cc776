"""Entity tags: strong, made from the answer's own bytes, so that whatever shows in it changes them."""

import hashlib

import orjson
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.renderers import dump, envelope, request_id_of
from apps.core.exceptions import PreconditionFailed

_REVALIDATED = "private, no-cache"


def tag(content: bytes) -> str:
    """The strong ETag of an answer's ``data``."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def with_tag(request: Request, response: Response) -> Response:
    """Give a detail answer its ETag; the same ``If-None-Match`` on a GET makes it an empty 304."""
    content = dump(response.data)
    etag = tag(content)
    asked = request._request
    if asked.method in {"GET", "HEAD"} and is_known(etag, asked.META.get("HTTP_IF_NONE_MATCH")):
        response.data, response.status_code = None, 304
    else:
        response.data = orjson.Fragment(content)
    response["ETag"] = etag
    response["Cache-Control"] = _REVALIDATED
    return response


def tagged(request: Request, data: object) -> HttpResponseBase:
    """As ``with_tag`` for a record that was read and leaves in the envelope: written at once, nothing to be rendered."""
    content = dump(data)
    etag, asked = tag(content), request._request
    if is_known(etag, asked.META.get("HTTP_IF_NONE_MATCH")):
        return with_tag(request, Response(data))
    whole = envelope(orjson.Fragment(content), request_id=request_id_of(asked))
    answer = HttpResponse(whole, content_type="application/json")
    answer["ETag"] = etag
    answer["Cache-Control"] = _REVALIDATED
    return answer


def require_match(request: Request, current: object) -> None:
    """Raise ``PreconditionFailed`` when the request's If-Match does not name ``current``, the present answer."""
    listed = _listed(request.headers.get("If-Match"))
    if listed and "*" not in listed and tag(dump(current)) not in listed:
        raise PreconditionFailed("This record has changed since you read it. Read it again and repeat your change.")


def is_known(etag: str, header: str | None) -> bool:
    """Whether the If-None-Match ``header`` names ``etag``."""
    # RFC 9110, 13.1.2: compared weakly, because a proxy that compresses makes a strong tag weak on its way.
    if header is None:
        return False
    listed = _listed(header)
    return "*" in listed or etag in {tag.removeprefix("W/") for tag in listed}


def _listed(header: str | None) -> set[str]:
    return {part.strip() for part in header.split(",")} if header else set()
