"""The service routes, and the answers to what no view takes."""

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import health
from apps.core.api.errors import STATUS, body
from apps.core.api.renderers import EnvelopeRenderer, dump, envelope, iso, request_id_of
from apps.core.api.throttling import tell_limits


def _json(content: bytes, status: int = 200) -> HttpResponse:
    response = HttpResponse(content, status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """What this is and where to go: JSON, or the dashboard for a browser."""
    if request.accepts("text/html") and "text/html" in request.headers.get("Accept", ""):
        return HttpResponseRedirect("/dashboard/")
    links = {"docs": "/api/docs", "schema": "/api/schema", "health": "/health", "admin": "/admin/",
             "dashboard": "/dashboard/"}  # fmt: skip
    answer = _json(dump({"name": "Mendery", "version": settings.VERSION, "links": links}))
    patch_vary_headers(answer, ["Accept"])
    return answer


@require_safe
def health_report(request: HttpRequest) -> HttpResponse:
    """Everything that Mendery stands on; 503 when one of them does not answer."""
    return _report("database", "cache", "broker")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether requests can be served: the database answers. Without cache or broker the shop still works."""
    return _report("database")


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Whether this process answers at all."""
    return _report()


def _report(*checks: str) -> HttpResponse:
    started = time.perf_counter()
    report = health.check(*checks)
    elapsed = (time.perf_counter() - started) * 1000
    content = {
        "status": "healthy" if report.healthy else "unhealthy",
        "timestamp": iso(datetime.now(UTC)),
        "checks": report.checks,
        "uptime": round(health.uptime(), 1),
        "responseTime": f"{elapsed:.1f}ms",
    }
    return _json(dump(content), 200 if report.healthy else 503)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The OpenAPI document: the same for everybody, and composed once in a process."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


class SchemaView(SpectacularAPIView):
    """The OpenAPI document; a refusal is the contract's, which the document's own forms cannot write."""

    def _get_schema_response(self, request: Request) -> Response:
        return Response(document())

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        if response.exception:
            request.accepted_renderer, request.accepted_media_type = EnvelopeRenderer(), EnvelopeRenderer.media_type
        finished: Response = super().finalize_response(request, response, *args, **kwargs)
        tell_limits(request, finished)
        return finished


def _refusal(request: HttpRequest, code: str, message: str) -> HttpResponse:
    return _json(envelope(body(code, message), request_id=request_id_of(request)), STATUS[code])


def _is_page(request: HttpRequest) -> bool:
    return request.path_info.startswith(("/admin/", "/dashboard/"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_page(request):
        return defaults.bad_request(request, exception)
    return _refusal(request, "VALIDATION_ERROR", "The request cannot be understood.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_page(request):
        return defaults.permission_denied(request, exception)
    return _refusal(request, "FORBIDDEN", "This is not allowed.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_page(request):
        return defaults.page_not_found(request, exception)
    return _refusal(request, "NOT_FOUND", "There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_page(request):
        return defaults.server_error(request)
    return _refusal(request, "INTERNAL_ERROR", "Something went wrong on our side. It has been recorded.")


@csrf_exempt
def no_such_route(request: HttpRequest) -> HttpResponse:
    """Whatever the interface does not know; without CSRF checks, which would answer 403 to a POST."""
    return _refusal(request, "NOT_FOUND", "There is nothing at this address.")
