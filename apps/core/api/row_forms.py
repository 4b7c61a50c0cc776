"""The two forms in which a database gives a value, and how each becomes what the contract writes.

``OBJECTS`` are Python's types, from either database. ``TEXTS`` are PostgreSQL's own texts: an id, an amount or a date
is already written there as the contract wants it, so that neither side has to make an object of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from django.db import models
from rest_framework import serializers

from apps.core import money
from apps.core.api.renderers import iso
from apps.core.api.serializers import OptionalText


@dataclass(frozen=True)
class Form:
    """Source text that makes an answer of a value, by kind; ``{}`` stands for the value. ``scope`` are its names."""

    answers: dict[str, str]
    arguments: dict[str, str]
    scope: dict[str, Callable[..., Any]]


def kind_of(field: "models.Field[Any, Any]") -> str:
    """What sort of value a column holds. Raises ``TypeError`` for one that must not be read as it lies there."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    for kind, types in _KINDS.items():
        if isinstance(field, types):
            return kind
    if hasattr(field, "from_db_value"):
        raise TypeError(f"{field} is not a plain column.")
    return "plain"


_KINDS: dict[str, Any] = {
    "id": models.UUIDField,
    "moment": models.DateTimeField,
    "date": models.DateField,
    "decimal": models.DecimalField,
    "json": models.JSONField,
}


def answer_of(form: Form, declared: serializers.Field, field: "models.Field[Any, Any]", value: str) -> str:
    """Source text of the answer that ``declared`` makes of ``value``, a column of ``field``."""
    kind = kind_of(field)
    if kind == "decimal" and isinstance(declared, serializers.FloatField):
        kind = "real"
    if isinstance(declared, OptionalText):
        return f"({value} or None)"
    return form.answers.get(kind, "{}").format(value)


def _or_none(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else function(value)


def _money(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else money.text(amount, currency)


@lru_cache(maxsize=16_384)
def _money_of_text(amount: str | None, currency: str) -> str | None:
    return None if amount is None else money.text(Decimal(amount), currency)


def _iso_of_text(moment: str | None) -> str | None:
    """``2026-01-11 18:00:00.5+00`` → ``2026-01-11T18:00:00.500000Z``; the connection's time zone is UTC."""
    if moment is None:
        return None
    clock = moment[11:-3]
    return f"{moment[:10]}T{clock}.000000Z" if len(clock) == 8 else f"{moment[:10]}T{clock:0<15}Z"


_real = _or_none(float)

OBJECTS = Form(
    answers={
        "id": "text({})",
        "moment": "iso({})",
        "date": "date({})",
        "decimal": "number({})",
        "real": "real({})",
        "money": "money({}, {})",
    },
    arguments={},
    scope={
        "text": _or_none(str),
        "iso": _or_none(iso),
        "date": _or_none(date.isoformat),
        "number": _or_none(lambda amount: format(amount, "f")),
        "real": _real,
        "money": _money,
    },
)
TEXTS = Form(
    answers={"moment": "iso({})", "real": "real({})", "json": "json({})", "money": "money({}, {})"},
    arguments={
        "id": "as_id({})",
        "moment": "as_moment({})",
        "date": "as_date({})",
        "decimal": "as_decimal({})",
        "json": "json({})",
    },
    scope={
        "iso": _iso_of_text,
        "real": _real,
        "json": _or_none(orjson.loads),
        "money": _money_of_text,
        "as_id": _or_none(UUID),
        "as_moment": _or_none(datetime.fromisoformat),
        "as_date": _or_none(date.fromisoformat),
        "as_decimal": _or_none(Decimal),
    },
)
