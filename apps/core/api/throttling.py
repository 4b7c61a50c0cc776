"""Limits on how often one caller may ask, counted by django-ratelimit and told in the headers of every answer."""

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_ratelimit.core import get_usage
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from apps.core.breaker import Breaker
from apps.core.client_address import client_address, limit_key
from apps.core.identifiers import as_identifier

logger = logging.getLogger(__name__)
_cache = Breaker(rest=10.0)


@dataclass(frozen=True)
class Usage:
    """How much of one limit is used up: ``count`` of ``limit`` in ``window`` seconds, which end in ``wait`` seconds."""

    count: int
    limit: int
    window: int
    wait: int

    @property
    def exceeded(self) -> bool:
        return self.count > self.limit

    def headers(self) -> dict[str, str]:
        """The contract's headers, and those of the IETF draft (draft-ietf-httpapi-ratelimit-headers)."""
        remaining = max(0, self.limit - self.count)
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(int(time.time()) + self.wait),
            "RateLimit": f'"default";r={remaining};t={self.wait}',
            "RateLimit-Policy": f'"default";q={self.limit};w={self.window}',
        }


_PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_rate(rate: str) -> tuple[int, int]:
    """``"30/15m"`` → 30 requests in 900 seconds."""
    count, _, period = rate.partition("/")
    multiple = period[:-1] or "1"
    return int(count), int(multiple) * _PERIODS[period[-1]]


def count(request: HttpRequest, group: str, key: str, rate: str) -> Usage | None:
    """Count one more use; ``None`` when the cache does not answer: a limit must not close the shop."""
    if _cache.is_open:
        return None
    limit, window = parse_rate(rate)
    try:
        usage = get_usage(request, group=group, key=lambda *_: key, rate=(limit, window), increment=True)
    except Exception:
        _cache.trip()
        logger.warning("The cache does not answer; requests are not being counted.", exc_info=True)
        return None
    if usage is None or usage["time_left"] < 0:
        return None
    return Usage(usage["count"], usage["limit"], window, max(1, usage["time_left"]))


def _counted(request: HttpRequest, counters: Iterable[tuple[str, str, str]]) -> list[Usage]:
    usages = [count(request, *counter) for counter in counters]
    return [usage for usage in usages if usage is not None]


Acquaintance = Callable[[str, str | None], bool]
_knows: list[Acquaintance] = []


def spare_whom(knows: Acquaintance) -> None:
    """Do not refuse for what others tried: ``knows(identifier, address)`` tells who has come in from there before."""
    _knows[:] = [knows]


def count_secret(request: HttpRequest, group: str, identifier: object) -> list[Usage]:
    """Count one try of a secret, by address and, apart, by the identifier that is being tried; for every door.

    Strangers who use up an identifier's limit do not keep its owner out of places where the owner has been before.
    """
    address, rates, name = client_address(request), settings.RATE_LIMITS["auth"], f"auth:{group}"
    here = _counted(request, [(name, "address:" + limit_key(address), rate) for rate in rates])
    if not isinstance(identifier, str):
        return here
    key = "identifier:" + as_identifier(identifier[:254]).casefold()
    theirs = _counted(request, [(name, key, rate) for rate in rates])
    if any(usage.exceeded for usage in theirs) and any(knows(identifier[:254], address) for knows in _knows):
        return here
    return here + theirs


def tell_limits(request: Request, response: HttpResponseBase) -> None:
    """Put what ``LimitThrottle`` has counted into the headers of the answer."""
    for name, value in request._request.META.get("mendery.limits", {}).items():
        response[name] = value


class LimitThrottle(ABC, BaseThrottle):
    """The tightest of the ``usages`` goes into the headers, the longest wait into Retry-After."""

    _wait: int = 1

    @abstractmethod
    def usages(self, request: Request, view: Any) -> list[Usage]:
        """Count this request into every limit that holds for it."""

    def allow_request(self, request: Request, view: Any) -> bool:
        usages = self.usages(request, view)
        if not usages:
            return True
        tightest = min(usages, key=lambda usage: usage.limit - usage.count)
        request._request.META["mendery.limits"] = tightest.headers()
        exceeded = [usage for usage in usages if usage.exceeded]
        self._wait = max((usage.wait for usage in exceeded), default=1)
        return not exceeded

    def wait(self) -> float:
        return float(self._wait)


class CallerThrottle(LimitThrottle):
    """The general limit: by user, or by address for who has not logged in; staff work faster than customers."""

    def usages(self, request: Request, view: Any) -> list[Usage]:
        user: Any = request.user
        if user is None:
            key, limit = limit_key(client_address(request._request)), "api"
        else:
            key, limit = str(user.pk), "api" if user.role == "customer" else "staff"
        return _counted(request._request, [("api", key, rate) for rate in settings.RATE_LIMITS[limit]])


def count_file(request: HttpRequest, link: str) -> list[Usage]:
    """Count a file behind a link that this installation has made: by the link, whoever has it.

    One page may show dozens of pictures, each a request: counted by address they would keep its reader out of it.
    """
    return _counted(request, [("files", link, rate) for rate in settings.RATE_LIMITS["files"]])


class LinkedFileThrottle(CallerThrottle):
    """The limit of files behind a link; the view's ``proven_link()`` is ``None`` for one that nobody has made.

    Who tries links out is limited as everybody is.
    """

    def usages(self, request: Request, view: Any) -> list[Usage]:
        link = view.proven_link()
        return super().usages(request, view) if link is None else count_file(request._request, link)


class SecretThrottle(LimitThrottle):
    """The limit of routes that take a secret.

    A view whose secret other doors take too names their ``secret_group``; one whose body does not name whose secret it
    is says so by ``secret_identifier(request)``.
    """

    def usages(self, request: Request, view: Any) -> list[Usage]:
        whose = getattr(view, "secret_identifier", _identifier_sent)
        group = getattr(view, "secret_group", request._request.path_info)
        return count_secret(request._request, group, whose(request))


def _identifier_sent(request: Request) -> object:
    return request.data.get("identifier") if isinstance(request.data, dict) else None
