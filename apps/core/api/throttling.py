"""Limits on how often one caller may ask, counted by django-ratelimit and told in the headers of every answer."""

import logging
import time
from abc import ABC, abstractmethod
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
from apps.core.phones import as_identifier

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


def count_secret(request: HttpRequest, group: str, identifier: object) -> list[Usage]:
    """Count one try of a secret, by address and, apart, by the identifier that is being tried; for every door."""
    usages = [count(request, *counter) for counter in _secret_counters(request, group, identifier)]
    return [usage for usage in usages if usage is not None]


def _secret_counters(request: HttpRequest, group: str, identifier: object) -> list[tuple[str, str, str]]:
    keys = ["address:" + limit_key(client_address(request))]
    if isinstance(identifier, str):
        keys.append("identifier:" + as_identifier(identifier[:254]).casefold())
    return [(f"auth:{group}", key, rate) for key in keys for rate in settings.RATE_LIMITS["auth"]]


def tell_limits(request: Request, response: HttpResponseBase) -> None:
    """Put what ``LimitThrottle`` has counted into the headers of the answer."""
    for name, value in request.META.get("mendery.limits", {}).items():
        response[name] = value


class LimitThrottle(ABC, BaseThrottle):
    """Counts what ``counters`` names; the tightest limit goes into the headers, the longest wait into Retry-After."""

    _wait: int = 1

    @abstractmethod
    def counters(self, request: Request, view: Any) -> list[tuple[str, str, str]]:
        """Triples of group, key and rate."""

    def allow_request(self, request: Request, view: Any) -> bool:
        counted = [count(request._request, *counter) for counter in self.counters(request, view)]
        usages = [usage for usage in counted if usage is not None]
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

    def counters(self, request: Request, view: Any) -> list[tuple[str, str, str]]:
        user: Any = request.user
        if user is None:
            address = limit_key(client_address(request._request))
            return [("api", address, rate) for rate in settings.RATE_LIMITS["api"]]
        limit = "api" if user.role == "customer" else "staff"
        return [("api", str(user.pk), rate) for rate in settings.RATE_LIMITS[limit]]


class SecretThrottle(LimitThrottle):
    """The limit of routes that take a secret; a view whose secret other doors take too names their ``secret_group``."""

    def counters(self, request: Request, view: Any) -> list[tuple[str, str, str]]:
        identifier = request.data.get("identifier") if isinstance(request.data, dict) else None
        group = getattr(view, "secret_group", request._request.path_info)
        return _secret_counters(request._request, group, identifier)
