"""Statements that are asked with every request, composed once: composing them costs more than running them."""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState

if TYPE_CHECKING:
    from apps.core.postgresql.base import DatabaseWrapper

MOST = 10_000  # texts that are remembered; more would mean that a key holds what it should not
Make = Callable[[], QuerySet[Any, Any]]
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class _Slot:
    """The place of an id in the parameters."""

    name: str


@dataclass(frozen=True)
class _Text:
    sql: str
    parameters: tuple[Any, ...]
    converters: Mapping[int, Any]


_texts: dict[Hashable, _Text] = {}
_HEX_ID = re.compile(r"[0-9a-f]{32}")


def rows(key: Hashable, make: Make, ids: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of the ``values_list`` that ``make`` gives.

    ``key`` stands for its text: two calls with the same key differ in ``ids`` alone, and none of the ids has the value
    of another parameter. ``make`` is called once for a key. Ids may be written as text.
    """
    known = _known(ids)
    if not _can_be_composed(ids, known):
        return list(make())
    return _run(_texts.get(key) or _compose(key, make(), known), known)


def records(model: type[M], key: Hashable, make: Make, ids: Mapping[str, Any]) -> list[M]:
    """The records of the queryset that ``make`` gives, under the same terms."""
    names = [field.attname for field in model._meta.concrete_fields]
    found = rows((key, model), lambda: make().values_list(*names), ids)
    return [model.from_db(connection.alias, names, row) for row in found]


def record(model: type[M], names: Sequence[str], row: Sequence[Any]) -> M:
    """As ``Model.from_db`` for a model that does nothing of its own when it is made, without signals and checks.

    Columns that are not among ``names`` are read when they are asked for. What ``row`` has beyond ``names`` is left.
    """
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
    made.__dict__.update(zip(names, row, strict=False))
    return made


def with_ids(model: type[Model], pks: Iterable[Any]) -> tuple[Hashable, Make, dict[str, Any]]:
    """Key, queryset and ids for the records of ``model`` with these ids."""
    wanted = list(pks)
    manager = model._default_manager
    named = {f"id{number}": pk for number, pk in enumerate(wanted)}
    return ("with ids", model, len(wanted)), lambda: manager.filter(pk__in=wanted).order_by(), named


def count(key: Hashable, make: Make, ids: Mapping[str, Any]) -> int:
    """How many rows ``rows`` would give, counted by the database."""
    known = _known(ids)
    if not _can_be_composed(ids, known):
        return make().count()
    counting = (key, "count")
    text = _texts.get(counting) or _compose(counting, make(), known, "SELECT COUNT(*) FROM ({}) counted")
    return int(_run(text, known)[0][0])


def _known(ids: Mapping[str, Any]) -> dict[str, UUID]:
    """The ids that there are, in the form in which they are found among the parameters."""
    return {name: UUID(value) if isinstance(value, str) else value for name, value in ids.items() if value is not None}


def _can_be_composed(ids: Mapping[str, Any], known: Mapping[str, UUID]) -> bool:
    # Ids of one value have no places of their own: a caller who asks for the record of their own id would leave a
    # statement behind that mistakes every later caller for the record.
    return len(set(known.values())) == len(known) >= len(ids) - 1


def _run(text: _Text, ids: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor == "postgresql":
        parameters = [ids[value.name] if type(value) is _Slot else value for value in text.parameters]
        found = cast("DatabaseWrapper", database).rows(text.sql, parameters)
    else:
        parameters = [_parameter(ids[value.name]) if type(value) is _Slot else value for value in text.parameters]
        with database.cursor() as cursor:
            cursor.execute(text.sql, parameters)
            found = cursor.fetchall()
    return [_converted(row, text.converters) for row in found] if text.converters else found


def _parameter(value: Any) -> Any:
    """An id as the database takes it."""
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value


def _converted(row: Sequence[Any], converters: Mapping[int, Any]) -> tuple[Any, ...]:
    values = list(row)
    for position, (functions, expression) in converters.items():
        for function in functions:
            values[position] = function(values[position], expression, connection)
    return tuple(values)


def _compose(key: Hashable, wanted: QuerySet[Any, Any], ids: Mapping[str, Any], around: str = "") -> _Text:
    compiler = wanted.query.get_compiler(connection=connection)
    # Even where nothing can be found, the statement is what the key stands for.
    compiler.elide_empty = False
    sql, parameters = compiler.as_sql()
    slots = {_parameter(value): _Slot(name) for name, value in ids.items()}
    placed = tuple(slots.get(value, value) if isinstance(value, Hashable) else value for value in parameters)
    if any(map(_is_of_this_call, placed)):
        raise TypeError(f"{key}: the statement holds a value of this one call that is not among its ids.")
    text = _Text(
        around.format(sql) if around else sql,
        placed,
        {} if around else compiler.get_converters([column for column, _, _ in compiler.select]),
    )
    if len(_texts) >= MOST:
        _texts.clear()
    _texts[key] = text
    return text


def _is_of_this_call(value: Any) -> bool:
    """Whether a parameter is an id, a time or a list: nothing that a role or a limit alone decides."""
    if isinstance(value, str):
        return _HEX_ID.fullmatch(value) is not None
    return isinstance(value, UUID | date | Sequence)
