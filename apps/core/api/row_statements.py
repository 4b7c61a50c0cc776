"""How the rows of a shape are fetched by the ids in one of their columns, on either database."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet

from apps.core import composed
from apps.core.api.row_forms import OBJECTS, TEXTS, Form

if TYPE_CHECKING:
    from apps.core.postgresql.base import DatabaseWrapper


def form() -> Form:
    """The form in which the rows come from the database that is in use."""
    return TEXTS if connection.vendor == "postgresql" else OBJECTS


class ById:
    """Rows of ``columns`` of ``model`` whose ``key`` is one of some ids; the first value of a row is its key.

    On PostgreSQL the statement is composed once and its text does not depend on the number of ids, so that the server
    prepares it once for each connection.
    """

    def __init__(self, model: type[Model], key: str, columns: Sequence[str], ordering: Sequence[str] = ()) -> None:
        self._model, self._columns, self._ordering = model, tuple(columns), tuple(ordering)
        self._key: Any = model._meta.pk if key == "pk" else model._meta.get_field(key)
        self._text = ""

    def rows(self, ids: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows, in the declared ordering."""
        database = connections[DEFAULT_DB_ALIAS]
        if database.vendor == "postgresql":
            return self._from_postgresql(ids, cast("DatabaseWrapper", database))
        # One text for each number of ids; a page has at most a hundred.
        named = {f"id{number}": pk for number, pk in enumerate(ids)}
        return composed.rows((self, len(ids)), lambda: self._queryset(ids), named)

    def _queryset(self, ids: Sequence[Any]) -> QuerySet[Any, Any]:
        rows = self._model._default_manager.filter(**{f"{self._key.attname}__in": list(ids)})
        return rows.order_by(*self._ordering).values_list(self._key.attname, *self._columns)

    def _from_postgresql(self, ids: Sequence[Any], database: "DatabaseWrapper") -> list[tuple[Any, ...]]:
        if not self._text:
            self._text = self._compose()
        return database.rows(self._text, ["{" + ",".join(map(str, ids)) + "}"], texts=True)

    def _compose(self) -> str:
        rows = self._model._default_manager.order_by().values_list(self._key.attname, *self._columns)
        text, parameters = rows.query.sql_with_params()
        if parameters or " WHERE " in text:
            raise TypeError(f"The default manager of {self._model.__name__} narrows its rows.")
        quoted = [f"{self._column(name.lstrip('-'))}{' DESC' * name.startswith('-')}" for name in self._ordering]
        where = f" WHERE {self._column(self._key.name)} = ANY(%s::{self._key.db_type(connection)}[])"
        return text + where + (f" ORDER BY {', '.join(quoted)}" if quoted else "")

    def _column(self, name: str) -> str:
        options = self._model._meta
        field: Any = options.pk if name == "pk" else options.get_field(name)
        return f'"{options.db_table}"."{field.column}"'
