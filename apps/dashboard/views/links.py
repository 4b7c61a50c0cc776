"""Pages behind a link that cannot be guessed, without a log-in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.core.api.throttling import count
from apps.core.client_address import client_address, limit_key
from apps.core.exceptions import NotFound

# Browsers name no origin where even our own pages are told nothing (`no-referrer`), and Django takes a form without one
# for another site's. Other sites learn as little with this: the address, which is the secret, stays here.
PRIVATE = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow"}
LinkPage = Callable[..., HttpResponse]


def behind_link(page: LinkPage) -> LinkPage:
    """A page for whoever has its ``token``, kept by nobody. Every link that leads nowhere is answered alike."""

    @wraps(page)
    def guarded(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        wait = _wait(request)
        if wait:
            response = render(request, "track/wait.html", status=429)
            response["Retry-After"] = str(wait)
            return response
        try:
            response = page(request, token, **kwargs)
        except NotFound:
            response = render(request, "track/gone.html", status=404)
        for name, value in PRIVATE.items():
            response[name] = value
        return response

    return require_http_methods(["GET", "HEAD", "POST"])(never_cache(guarded))


def _wait(request: HttpRequest) -> int:
    """For how many seconds this address has asked enough, by the limit that the interface has for strangers."""
    key = limit_key(client_address(request))
    usages = [count(request, "track", key, rate) for rate in settings.RATE_LIMITS["api"]]
    return max((usage.wait for usage in usages if usage is not None and usage.exceeded), default=0)
