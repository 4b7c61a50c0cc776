"""Which fields of a record another one has already, as the database refused it."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection
from django.db.models import F, UniqueConstraint

_SQLITE_INDEX = re.compile(r"UNIQUE constraint failed: index '(\w+)'")
_SQLITE_COLUMNS = re.compile(r"UNIQUE constraint failed: (\w+\.\w+(?:, \w+\.\w+)*)")


def duplicated_fields(error: IntegrityError) -> list[str]:
    """The names of the fields, by the names that models give them; none where the database does not say.

    A record under an id that is taken is told by ``id`` alone.
    """
    if connection.vendor == "postgresql":
        return _fields_by_constraint().get(getattr(getattr(error.__cause__, "diag", None), "constraint_name", ""), [])
    text = str(error)
    if found := _SQLITE_INDEX.search(text):
        return _fields_by_constraint().get(found.group(1), [])
    found = _SQLITE_COLUMNS.search(text)
    return [column.partition(".")[2] for column in found.group(1).split(", ")] if found else []


@cache
def _fields_by_constraint() -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for model in apps.get_models():
        named[f"{model._meta.db_table}_pkey"] = [model._meta.pk.attname]
        for constraint in model._meta.constraints:
            if isinstance(constraint, UniqueConstraint):
                fields = constraint.fields or [name for part in constraint.expressions for name in _names(part)]
                named[constraint.name] = [model._meta.get_field(name).attname for name in fields]  # type: ignore[union-attr]
    return named


def _names(expression: Any) -> Iterator[str]:
    if isinstance(expression, F):
        yield str(expression.name)  # type: ignore[attr-defined]
        return
    for part in expression.get_source_expressions():
        yield from _names(part)
