"""Entity tags: strong, made from the answer's own bytes, so that whatever shows in it changes them."""

import hashlib

import orjson
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.renderers import dump
from apps.core.exceptions import PreconditionFailed


def tag(content: bytes) -> str:
    """The strong ETag of an answer's ``data``."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def with_tag(request: Request, response: Response) -> Response:
    """Give a detail answer its ETag; the same ``If-None-Match`` on a GET makes it an empty 304."""
    content = dump(response.data)
    etag = tag(content)
    if request.method in {"GET", "HEAD"} and is_known(etag, request.headers.get("If-None-Match")):
        response.data, response.status_code = None, 304
    else:
        response.data = orjson.Fragment(content)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def require_match(request: Request, current: object) -> None:
    """Raise ``PreconditionFailed`` when the request's If-Match does not name ``current``, the present answer."""
    listed = _listed(request.headers.get("If-Match"))
    if listed and "*" not in listed and tag(dump(current)) not in listed:
        raise PreconditionFailed("This record has changed since you read it. Read it again and repeat your change.")


def is_known(etag: str, header: str | None) -> bool:
    """Whether the If-None-Match ``header`` names ``etag``."""
    # RFC 9110, 13.1.2: compared weakly, because a proxy that compresses makes a strong tag weak on its way.
    listed = _listed(header)
    return "*" in listed or etag in {tag.removeprefix("W/") for tag in listed}


def _listed(header: str | None) -> set[str]:
    return {part.strip() for part in header.split(",")} if header else set()
