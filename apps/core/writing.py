"""Writing rows where composing the statements would cost more than running them.

Django composes an insert anew each time, from models to text, and an update of many rows as one CASE for each column;
here the text is kept for each kind of row. And what needs no answer is sent together, so that row locks are held for one
round trip instead of one for each statement.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import connection, router
from django.db.models import Model

# Rows of one insert: of many rows, and of what is left of them; each number of rows is a text that is kept.
MANY, FEW = 500, 50


def insert(rows: Sequence[Model]) -> None:
    """``bulk_create`` of new rows of one model, whose keys are set."""
    if not rows:
        return
    model = type(rows[0])
    fields = model._meta.concrete_fields
    for part in _parts(rows):
        values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in part for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(_insert(model, len(part)), values)
    for row in rows:
        row._state.adding, row._state.db = False, router.db_for_write(model)


def update(rows: Sequence[Model], names: tuple[str, ...]) -> None:
    """``bulk_update`` of these fields of rows of one model."""
    if not rows:
        return
    model = type(rows[0])
    statement, fields = _update(model, names)
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def delete(rows: Sequence[Model]) -> None:
    """Delete rows of one model to which, as the caller has seen to, none refers any more."""
    if not rows:
        return
    meta = type(rows[0])._meta
    key: Any = meta.pk
    statement = f"DELETE FROM {_quoted(meta.db_table)} WHERE {_quoted(key.column)} = %s"
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[key.get_db_prep_save(row.pk, connection)] for row in rows])


def _parts(rows: Sequence[Model]) -> Iterator[Sequence[Model]]:
    first = 0
    while first < len(rows):
        size = MANY if len(rows) - first >= MANY else FEW
        yield rows[first : first + size]
        first += size


@contextmanager
def together() -> Iterator[None]:
    """Send the statements inside in one go where the database can; nobody inside reads what they answer.

    What the database refuses is raised at the end, as it would be by the statement itself.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


@lru_cache(maxsize=256)
def _insert(model: type[Model], rows: int) -> str:
    fields = model._meta.concrete_fields
    columns = ", ".join(_quoted(str(field.column)) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES {', '.join([one] * rows)}"


@lru_cache(maxsize=64)
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    changes = ", ".join(f"{_quoted(str(field.column))} = %s" for field in fields)
    key: Any = model._meta.pk
    return f"UPDATE {_quoted(model._meta.db_table)} SET {changes} WHERE {_quoted(key.column)} = %s", [*fields, key]


def _quoted(name: str) -> str:
    return f'"{name}"'
