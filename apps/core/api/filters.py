"""Query parameters: named in camelCase, and refused when a list does not know them."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django_filters.fields import IsoDateTimeField
from django_filters.filters import BooleanFilter, IsoDateTimeFilter
from django_filters.filterset import FilterSet
from django_filters.rest_framework.backends import DjangoFilterBackend
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from apps.core.api.serializers import camel

LONGEST_SEARCH = 200
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class ContractFilterSet(FilterSet):
    """A filter set whose parameters carry the contract's camelCase names."""

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        return {camel(name): found for name, found in super().get_filters().items()}


class ContractFilterBackend(DjangoFilterBackend):
    """Runs a view's filter set where a request names one of its filters; building its form costs more than a query."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset = getattr(view, "filterset_class", None)
        if filterset is None or request.query_params.keys().isdisjoint(filterset.base_filters):
            return queryset
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered


class TruthField(forms.NullBooleanField):
    """``true`` or ``false``; anything else is refused, where Django's own field would take it for nothing said."""

    default_error_messages = {"invalid": "This must be true or false."}

    def to_python(self, value: Any) -> Any:
        text = str(value or "").lower()
        if text not in {"", "true", "1", "false", "0"}:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return text in {"true", "1"} if text else None


class TruthFilter(BooleanFilter):
    """Yes or no."""

    field_class = TruthField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=forms.TextInput, **kwargs)


class InstantField(IsoDateTimeField):
    """A moment that is one in UTC as well: at the ends of the calendar an offset leads out of it."""

    def to_python(self, value: Any) -> datetime | None:
        found: datetime | None = super().to_python(value)
        try:
            return None if found is None else found.astimezone(UTC)
        except OverflowError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class LastInstantField(InstantField):
    """A moment; a date stands for its last instant in UTC, so that a day is within “from” and “to” of its date."""

    def to_python(self, value: Any) -> datetime | None:
        found = super().to_python(value)
        if found is None or not isinstance(value, str) or not _DATE.fullmatch(value.strip()):
            return found
        return found.replace(hour=23, minute=59, second=59, microsecond=999_999)


class InstantFilter(IsoDateTimeFilter):
    """A moment (ISO 8601), or a date that stands for its first instant in UTC."""

    field_class = InstantField


class LastInstantFilter(IsoDateTimeFilter):
    """A moment (ISO 8601), or a date that stands for its last instant in UTC."""

    field_class = LastInstantField


def search_text(params: Mapping[str, str]) -> str:
    """What ``?q=`` asks for. Raises ``ValidationError`` past 200 characters: nobody types more, and every word costs."""
    text = params.get("q", "").replace("\0", "").strip()
    if len(text) > LONGEST_SEARCH:
        message = f"Search text has at most {LONGEST_SEARCH} characters."
        raise ValidationError({"q": [ErrorDetail(message, code="max_length")]})
    return text


def refuse_unknown(params: Mapping[str, str], known: Iterable[str]) -> None:
    """Raise ``ValidationError`` for a parameter that nobody reads or is there twice, and for text that cannot be kept."""
    allowed = set(known)
    errors = {}
    for name, value in params.items():
        if name not in allowed:
            errors[name] = [ErrorDetail("There is no such parameter.", code="unknown_parameter")]
        elif isinstance(params, QueryDict) and len(params.getlist(name)) > 1:
            errors[name] = [ErrorDetail("Give this parameter once.", code="repeated")]
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
