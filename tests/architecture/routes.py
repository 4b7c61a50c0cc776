"""The interface as the URL map has it: every method of every route, with what it declares."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from apps.core.api.endpoints import Endpoint

_METHODS = ("get", "post", "put", "patch", "delete")
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One method of one path; ``template`` names its parameters as in ``repairs/<pk>/notes``."""

    method: str
    template: str
    view: type[Any]
    endpoint: Endpoint

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"<(\w+)>", self.template)

    def path(self, values: Mapping[str, Any]) -> str:
        """The path below ``/api/v1/`` with its parameters filled in."""
        return re.sub(r"<(\w+)>", lambda match: str(values[match.group(1)]), self.template)


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for found in resolver.url_patterns:
        path = prefix + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from _patterns(found, path)
        else:
            yield path, found


@cache
def routes() -> tuple[Route, ...]:
    """Everything below ``/api/v1/``."""
    found = []
    for path, pattern in _patterns(get_resolver()):
        if not path.startswith("api/v1/"):
            continue
        view: Any = pattern.callback.cls  # type: ignore[attr-defined]
        actions: Any = getattr(pattern.callback, "actions", None) or {
            method: method for method in _METHODS if hasattr(view, method)
        }
        template = _PARAMETER.sub(r"<\1>", path.removeprefix("api/v1/"))
        found += [
            Route(method.upper(), template, view, view.endpoints[action])
            for method, action in actions.items()
            if method in _METHODS
        ]
    return tuple(found)


def lists() -> list[Route]:
    """The routes that answer a page."""
    return [route for route in routes() if route.endpoint.paged]
