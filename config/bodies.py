"""Request bodies that come in chunks, without a length: many clients send every body like that, .NET's for one.

WSGI has no word for them, so that Django reads such a body as an empty one.
"""

from collections.abc import Iterable
from io import BytesIO
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings


def measured(application: WSGIApplication) -> WSGIApplication:
    """``application``, but told the length of every body.

    Of one that comes in chunks no more is read than one byte above ``settings.JSON_BODY_LIMIT``, for which it is refused.
    """

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_TRANSFER_ENCODING") and not environ.get("CONTENT_LENGTH"):
            body = _read(environ["wsgi.input"], settings.JSON_BODY_LIMIT + 1)
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
        return application(environ, start_response)

    return serve


def _read(stream: InputStream, at_most: int) -> bytes:
    """A stream may give less than it is asked for while there is more to come."""
    body = bytearray()
    while part := stream.read(at_most - len(body)):
        body += part
    return bytes(body)
