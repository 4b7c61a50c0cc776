"""Query parameters: named in camelCase, and refused when a list does not know them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django_filters.filters import IsoDateTimeFilter
from django_filters.filterset import FilterSet
from rest_framework.exceptions import ErrorDetail, ValidationError

from apps.core.api.serializers import camel

PAGING = frozenset({"page", "limit", "cursor", "ordering", "q"})


class ContractFilterSet(FilterSet):
    """A filter set whose parameters carry the contract's camelCase names."""

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        return {camel(name): found for name, found in super().get_filters().items()}


class InstantFilter(IsoDateTimeFilter):
    """A moment (ISO 8601), or a date that stands for its first instant in UTC."""


def refuse_unknown(params: Mapping[str, str], known: Iterable[str]) -> None:
    """Raise ``ValidationError`` for a parameter that nobody reads, and for text that no database can hold."""
    allowed = set(known)
    errors = {}
    for name, value in params.items():
        if name not in allowed:
            errors[name] = [ErrorDetail("There is no such parameter.", code="unknown_parameter")]
        elif "\0" in value:
            errors[name] = [ErrorDetail("Text must not hold NUL characters.", code="invalid_text")]
    if errors:
        raise ValidationError(errors)


def ordering_of(params: Mapping[str, str], allowed: Mapping[str, str], default: tuple[str, ...]) -> list[str]:
    """The ORM paths for ``?ordering=-createdAt,name``; ``allowed`` maps the contract's names to paths."""
    chosen: list[str] = []
    for name in filter(None, params.get("ordering", "").split(",")):
        bare = name.strip().removeprefix("-")
        if bare not in allowed:
            message = f"This list can be ordered by {', '.join(sorted(allowed))}."
            raise ValidationError({"ordering": [ErrorDetail(message, code="invalid_choice")]})
        path = allowed[bare]
        if path not in {item.lstrip("-") for item in chosen}:
            chosen.append(f"-{path}" if name.strip().startswith("-") else path)
    return chosen or list(default)
