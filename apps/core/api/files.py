"""Files through the interface: what is answered as a download, and what is sent up as a form."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import FileResponse, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotAcceptable, ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from apps.core.api.parsers import PayloadTooLarge
from apps.core.api.renderers import EnvelopeRenderer
from apps.core.api.views import ContractView

_FRAMING = 64 * 1024  # what a form needs around its file


class FileView(ContractView):
    """A view that answers the ``media`` of its endpoint; refusals are JSON, whatever the caller accepts."""

    def _negotiated(self, request: Request) -> tuple[BaseRenderer, str]:
        media = [kind.partition(";")[0] for kind in self.endpoint.media] if self.endpoint else []
        answered = {"*/*", EnvelopeRenderer.media_type, *media, *(f"{kind.partition('/')[0]}/*" for kind in media)}
        accepted = {part.partition(";")[0].strip() for part in request.headers.get("Accept", "*/*").split(",")}
        if accepted.isdisjoint(answered):
            raise NotAcceptable
        return EnvelopeRenderer(), EnvelopeRenderer.media_type


def attachment(content: bytes | IO[bytes], name: str, media: str) -> HttpResponseBase:
    """``content`` as a file that a browser saves and never shows. An open file is sent from its position and closed."""
    if isinstance(content, bytes):
        response: HttpResponseBase = HttpResponse(content, content_type=media)
    else:
        response = FileResponse(content, content_type=media)
    return as_attachment(response, name)


def as_attachment(response: HttpResponseBase, name: str) -> HttpResponseBase:
    """``response`` with the headers under which nothing in it runs and nobody keeps it."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


class UploadParser(MultiPartParser):
    """A form with a file, of at most ``settings.UPLOAD_LIMIT`` bytes; each name stands once.

    Raises ``PayloadTooLarge``, or ``ParseError`` for what is no such form.
    """

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > settings.UPLOAD_LIMIT + _FRAMING:
            raise PayloadTooLarge(f"A file has at most {settings.UPLOAD_LIMIT} bytes.")
        try:
            found = super().parse(stream, media_type, parser_context)
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
            raise PayloadTooLarge("The fields beside the file are too large, or too many.") from None
        except UnreadablePostError:
            raise ParseError("The request body ended before it was complete.") from None
        for part in (found.data, found.files):
            _refuse_repetition(part)
        return found


def _refuse_repetition(part: Any) -> None:
    lists: Mapping[str, list[Any]] = dict(part.lists())
    for name, values in lists.items():
        if len(values) > 1:
            raise ParseError(f"The name {name} stands twice in the form.")
        if isinstance(values[0], str) and "\0" in values[0]:
            raise ParseError("Text must not hold NUL characters.")
