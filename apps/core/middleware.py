"""The outermost middleware (the request's id, its time, one line in the log), and what a browser may load."""

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from corsheaders.middleware import CorsMiddleware
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxMiddleware

from apps.core.ids import new_id
from apps.core.logs import current_request_id

logger = logging.getLogger("apps.requests")
_SANE_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")


class RequestMiddleware:
    """Names and times every request, and serves an API path with a trailing slash as the one without."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        sent_id = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = sent_id if _SANE_ID.fullmatch(sent_id) else str(new_id())
        request.META["mendery.request_id"] = request_id
        token = current_request_id.set(request_id)
        try:
            _drop_trailing_slash(request)
            response = self.get_response(request)
            elapsed = (time.perf_counter() - started) * 1000
            response["X-Request-ID"] = request_id
            response["X-Response-Time"] = f"{elapsed:.1f}ms"
            logger.info(
                "%s %s %s", request.method, request.path, response.status_code, extra={"duration_ms": round(elapsed, 1)}
            )
        finally:
            current_request_id.reset(token)
        return response


def _drop_trailing_slash(request: HttpRequest) -> None:
    path = request.path_info
    if path.endswith("/") and path.startswith(("/api/", "/health/", "/metrics/")):
        request.path_info = path[:-1]


def is_interface(request: HttpRequest) -> bool:
    """Whether this is asked of the HTTP interface, which knows tokens and no cookies."""
    return request.path_info.startswith("/api/")


class PagesMiddleware:
    """Mixed into a middleware that only pages have a use for; what else comes goes past it."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)  # type: ignore[call-arg]
        # Those that follow each other are passed in one step: Django wraps each in what turns errors into answers.
        next_one = getattr(get_response, "__wrapped__", None)
        self.past: Any = next_one.past if isinstance(next_one, PagesMiddleware) else get_response

    def __call__(self, request: HttpRequest) -> Any:
        here: Any = self.past if is_interface(request) else super().__call__  # type: ignore[misc]
        return here(request)


class CookieSessionMiddleware(PagesMiddleware, SessionMiddleware):
    """Django's session, which a cookie leads to."""


class PageCsrfMiddleware(PagesMiddleware, CsrfViewMiddleware):
    """Django's protection of forms, whose sessions come with a cookie."""


class PageMessageMiddleware(PagesMiddleware, MessageMiddleware):
    """What one page has to say on the next."""


class PageHtmxMiddleware(PagesMiddleware, HtmxMiddleware):
    """Whether a page asks for a part of itself."""


class CrossOriginMiddleware(CorsMiddleware):
    """What other origins may ask; of a request that names no origin only caches are told that it would matter."""

    def __call__(self, request: HttpRequest) -> Any:
        if self.async_mode or request.method == "OPTIONS" or "HTTP_ORIGIN" in request.META:
            return super().__call__(request)
        response: Any = self.get_response(request)
        if is_interface(request):
            patch_vary_headers(response, ("origin",))
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """The policy of the settings for pages; for JSON, which loads nothing, the narrowest there is, not built anew."""

    def process_request(self, request: HttpRequest) -> None:
        if not request.path_info.startswith("/api/v1/"):  # there are no pages
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type") != "application/json":
            return super().process_response(request, response)
        response.setdefault(HEADER, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        return response
