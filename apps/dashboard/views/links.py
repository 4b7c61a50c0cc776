"""Pages behind a link that cannot be guessed, without a log-in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.core.api.throttling import Usage, count, count_file
from apps.core.client_address import client_address, limit_key
from apps.core.exceptions import NotFound
from apps.repairs import selectors

# Browsers name no origin where even our own pages are told nothing (`no-referrer`), and Django takes a form without one
# for another site's. Other sites learn as little with this: the address, which is the secret, stays here.
PRIVATE = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow"}
LinkPage = Callable[..., HttpResponse]
Counting = Callable[[HttpRequest, str], list[Usage]]


def behind_link(page: LinkPage) -> LinkPage:
    """A page for whoever has its ``token``, kept by nobody. Every link that leads nowhere is answered alike."""
    return _guarded(page, _of_caller)


def file_behind_link(page: LinkPage) -> LinkPage:
    """As ``behind_link``, for the files of an order's page, of which there may be many."""
    return _guarded(page, _of_link)


def _guarded(page: LinkPage, counting: Counting) -> LinkPage:
    @wraps(page)
    def guarded(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        wait = max((usage.wait for usage in counting(request, token) if usage.exceeded), default=0)
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


def _of_caller(request: HttpRequest, token: str) -> list[Usage]:
    """How much this address has asked, by the limit that the interface has for strangers."""
    key = limit_key(client_address(request))
    usages = [count(request, "track", key, rate) for rate in settings.RATE_LIMITS["api"]]
    return [usage for usage in usages if usage is not None]


def _of_link(request: HttpRequest, token: str) -> list[Usage]:
    return count_file(request, token) if selectors.is_of_this_shop(token) else _of_caller(request, token)
