"""Two ways through a list: numbered pages with a capped total, and a cursor that stays stable while rows are added."""

import base64
import binascii
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import connection
from django.db.models import Expression, F, Field, Model, OrderBy, Q, QuerySet
from rest_framework.exceptions import ValidationError

from apps.core import composed
from apps.core.api.table_sizes import TableSizes

DEFAULT_LIMIT, LARGEST_LIMIT = 20, 100
LARGE_TABLE, COUNTED_AT_MOST = 100_000, 10_000
LARGEST_PAGE = 2**53 - 1  # what every JSON reader still reads exactly; it is past the end of any list
_FARTHEST_OFFSET = 2**62


@dataclass(frozen=True)
class Page:
    """The ids of one page, in order, and the ``pagination`` object that goes with them."""

    ids: list[Any]
    pagination: dict[str, Any]


@dataclass(frozen=True)
class Selection:
    """The rows of a list. With a ``key``, the text of ``make()`` follows from it but for ``ids``; see ``composed``."""

    model: type[Model]
    make: Callable[[], QuerySet[Any]]
    key: Hashable = None
    ids: Mapping[str, Any] = field(default_factory=dict)

    def first(self, orders: Sequence[OrderBy], limit: int) -> list[Any]:
        """The ids of the first rows."""
        if self.key is None:
            return self.slice(orders, 0, limit)
        key = (self.key, tuple(map(repr, orders)), limit)
        make = partial(self._ordered, orders, 0, limit)
        return [row[0] for row in composed.rows(key, make, self.ids)]

    def slice(self, orders: Sequence[OrderBy], first: int, limit: int) -> list[Any]:
        """The ids of some rows."""
        return [row[0] for row in self._ordered(orders, first, limit)]

    def count(self, most: int | None = None) -> int:
        """How many rows there are, counted up to ``most``."""
        if self.key is None:
            return self._bare(most).count()
        return composed.count((self.key, most), partial(self._bare, most), self.ids)

    def _bare(self, most: int | None) -> QuerySet[Any, Any]:
        rows = self.make().order_by()
        return rows.values_list("pk")[:most] if most is not None else rows.values_list("pk")

    def _ordered(self, orders: Sequence[OrderBy], first: int, limit: int) -> QuerySet[Any, Any]:
        return self.make().order_by(*orders).values_list("pk")[first : first + limit]


@dataclass(frozen=True)
class Ranked:
    """What a search found: ``rows``, ranked by ``rank``, a small number, the best lowest; level ones in ``ordering``.

    ``parts`` are the same rows apart, one queryset for each rank, the best first; ``walks`` are the parts in the form that
    is quick where many rows are found: row by row in ``ordering``. The columns of ``ordering`` are never empty.
    """

    rows: QuerySet[Any]
    rank: Expression
    parts: Sequence[QuerySet[Any]]
    walks: Sequence[QuerySet[Any]]
    ordering: Sequence[str]

    @property
    def model(self) -> type[Model]:
        return self.rows.model

    def counted(self, keys: "Sequence[_Key]", first: int, limit: int, most: int) -> tuple[list[Any], int] | None:
        """The ids of some rows and the number of all, or ``None`` where there are more than ``most``.

        All are found once, then counted and put in order. To walk an index of the order instead looks cheaper to a
        planner, and reads the whole table where what is sought stands at its end.
        """
        columns = [f"o{number}" for number in range(len(keys))]
        orders = [f"{column} DESC" if key.descending else column for column, key in zip(columns, keys, strict=True)]
        rows = self.rows.order_by().annotate(_rank=self.rank).values_list("_rank", "pk", *(key.path for key in keys))
        try:
            sql, parameters = rows[: most + 1].query.sql_with_params()
        except EmptyResultSet:  # a filter that nothing can meet
            return [], 0
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH found (rank, id, {', '.join(columns)}) AS ({sql}) "
                f"SELECT id, (SELECT COUNT(*) FROM found) FROM found ORDER BY {', '.join(['rank', *orders])} "
                f"LIMIT {limit:d} OFFSET {first:d}",
                parameters,
            )
            found = cursor.fetchall()
        total = found[0][1] if found else rows[: most + 1].count() if first else 0
        if total > most:
            return None
        pk: Any = self.model._meta.pk
        return [pk.to_python(row[0]) for row in found], total

    def slice(self, orders: Sequence[OrderBy], first: int, limit: int) -> list[Any]:
        """The ids of some of many rows. None is judged past those that are shown."""
        found: list[Any] = []
        for part in self.walks:
            rows = part.order_by(*orders).values_list("pk", flat=True)
            wanted = list(rows[first : first + limit - len(found)])
            found += wanted
            if len(found) == limit:
                break
            # Past its end a part is known to be no longer than ``first``.
            first = 0 if wanted or not first else first - part.order_by().count()
        return found


class Sought(ABC):
    """What a search found, under any ordering of the list, by whoever knows how to find it quickest."""

    model: type[Model]

    @abstractmethod
    def page(
        self, paths: Sequence[str], orders: Sequence[OrderBy], first: int, limit: int
    ) -> tuple[list[Any], int, bool]:
        """The ids of some rows, the number of all, and whether it is only known to be at least that."""

    @abstractmethod
    def after(self, past: Q, paths: Sequence[str], orders: Sequence[OrderBy], limit: int) -> list[Sequence[Any]]:
        """The columns ``paths`` of the first rows that meet ``past``."""


@dataclass(frozen=True)
class _Key:
    """One column of the ordering."""

    path: str
    descending: bool
    column: "Field[Any, Any]"

    @property
    def order(self) -> OrderBy:
        expression = F(self.path)
        # Where a column can be empty the databases disagree about its place; elsewhere the index decides.
        options: dict[str, Any] = {"nulls_last": True} if self.column.null else {}
        return expression.desc(**options) if self.descending else expression.asc(**options)

    def beyond(self, value: Any) -> Q:
        """Rows that come after ``value`` in this column alone."""
        if value is None:
            return Q(pk__in=[])
        after = Q(**{f"{self.path}__{'lt' if self.descending else 'gt'}": value})
        return after | Q(**{f"{self.path}__isnull": True}) if self.column.null else after

    def before(self, value: Any) -> Q:
        """Rows that come before ``value`` in this column alone."""
        if value is None:
            return Q(**{f"{self.path}__isnull": False})
        return Q(**{f"{self.path}__{'gt' if self.descending else 'lt'}": value})

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})


def _refuse(name: str, message: str) -> ValidationError:
    return ValidationError({name: [message]}, code="invalid")


def _number(params: Mapping[str, str], name: str, default: int, highest: int | None) -> int:
    text = params.get(name, "")
    if text == "" and name not in params:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 40 or int(text) < 1:
        raise _refuse(name, "This must be a whole number of at least 1.")
    if highest is not None and int(text) > highest:
        raise _refuse(name, f"This must be at most {highest}.")
    return int(text)


def paginate(
    rows: QuerySet[Any] | Selection | Ranked | Sought, params: Mapping[str, str], ordering: Sequence[str]
) -> Page:
    """The page that ``params`` asks for; ``ordering`` are ORM paths, the id is added as the last.

    Raises ``ValidationError`` for a page, limit or cursor that is not one.
    """
    if isinstance(rows, Sought):
        return _sought_page(rows, params, ordering)
    ranked = rows if isinstance(rows, Ranked) else None
    selection = _selection(rows)
    limit = _number(params, "limit", DEFAULT_LIMIT, LARGEST_LIMIT)
    keys = _keys(selection.model, ranked.ordering if ranked else ordering)
    if "cursor" in params:
        parts = ranked.parts if ranked else [selection.make()]
        return _cursor_page(parts, params["cursor"], limit, keys)
    page = min(_number(params, "page", 1, None), LARGEST_PAGE)
    return _numbered_page(selection, page, limit, keys, ranked)


def _sought_page(sought: Sought, params: Mapping[str, str], ordering: Sequence[str]) -> Page:
    limit = _number(params, "limit", DEFAULT_LIMIT, LARGEST_LIMIT)
    keys = _keys(sought.model, ordering)
    if "cursor" in params:
        return _cursor_page([sought], params["cursor"], limit, keys)
    page = min(_number(params, "page", 1, None), LARGEST_PAGE)
    first = min((page - 1) * limit, _FARTHEST_OFFSET)
    ids, total, estimated = sought.page([key.path for key in keys], [key.order for key in keys], first, limit)
    return Page(ids, _numbered(page, limit, total, estimated))


def _selection(rows: QuerySet[Any] | Selection | Ranked) -> Selection:
    if isinstance(rows, Selection):
        return rows
    whole = rows.rows if isinstance(rows, Ranked) else rows
    return Selection(whole.model, lambda: whole)


def _keys(model: type[Model], ordering: Sequence[str]) -> list[_Key]:
    names = [*ordering] if "pk" in {name.lstrip("-") for name in ordering} else [*ordering, _tie_break(ordering)]
    return [_Key(name.lstrip("-"), name.startswith("-"), _field(model, name.lstrip("-"))) for name in names]


def _tie_break(ordering: Sequence[str]) -> str:
    # The id runs in the direction of the first column, so that one index serves both.
    return "-pk" if ordering and ordering[0].startswith("-") else "pk"


def _field(model: type[Model], path: str) -> "Field[Any, Any]":
    *relations, last = path.split("__")
    current: Any = model
    for name in relations:
        current = current._meta.get_field(name).related_model
    if last == "pk":
        return current._meta.pk  # type: ignore[no-any-return]
    try:
        return current._meta.get_field(last)  # type: ignore[no-any-return]
    except FieldDoesNotExist:
        raise TypeError(f"{path} is not a column of {model.__name__}, so it cannot order a cursor.") from None


def _numbered_page(selection: Selection, page: int, limit: int, keys: list[_Key], ranked: Ranked | None) -> Page:
    offset = (page - 1) * limit
    counted = ranked.counted(keys, min(offset, _FARTHEST_OFFSET), limit, COUNTED_AT_MOST) if ranked else None
    if counted is not None:
        ids, total, estimated = *counted, False
    else:
        total, estimated = _total(selection, is_past_bound=ranked is not None)
        ids = _ids(selection, offset, limit, keys, ranked) if offset < total or estimated else []
    return Page(ids, _numbered(page, limit, total, estimated))


def _numbered(page: int, limit: int, total: int, estimated: bool) -> dict[str, Any]:
    pagination: dict[str, Any] = {"page": page, "limit": limit, "total": total, "pages": -(-total // limit)}
    if estimated:
        pagination["totalIsEstimate"] = True
    return pagination


def _ids(selection: Selection, offset: int, limit: int, keys: list[_Key], ranked: Ranked | None) -> list[Any]:
    orders = [key.order for key in keys]
    if offset == 0 and ranked is None:
        return selection.first(orders, limit)
    return (ranked or selection).slice(orders, offset, limit) if offset < _FARTHEST_OFFSET else []


def _total(selection: Selection, *, is_past_bound: bool = False) -> tuple[int, bool]:
    """The number of rows, and whether it is only known to be at least that."""
    if not is_large(selection.model):
        return selection.count(), False
    counted = COUNTED_AT_MOST + 1 if is_past_bound else selection.count(COUNTED_AT_MOST + 1)
    return (COUNTED_AT_MOST, True) if counted > COUNTED_AT_MOST else (counted, False)


_sizes = TableSizes(time.monotonic, lifetime=60)


def is_large(model: type[Model]) -> bool:
    """Whether the table has reached the size from which totals are counted up to a bound."""
    return _sizes.rows(model._meta.db_table) >= LARGE_TABLE


def _cursor_page(parts: Sequence[QuerySet[Any] | Sought], cursor: str, limit: int, keys: list[_Key]) -> Page:
    first, backwards, position = _decode(cursor, keys, len(parts)) if cursor else (0, False, None)
    orders = [_reversed(key) if backwards else key.order for key in keys]
    rows: list[tuple[int, Sequence[Any]]] = []
    for number in range(first, -1, -1) if backwards else range(first, len(parts)):
        past = _past(keys, position, backwards) if position is not None and number == first else Q()
        found = _after(parts[number], past, [key.path for key in keys], orders, limit + 1 - len(rows))
        rows += [(number, row) for row in found]
        if len(rows) > limit:
            break
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()
    has_next = backwards or more
    has_previous = more if backwards else position is not None
    pagination = {
        "limit": limit,
        "nextCursor": _encode(keys, rows[-1], backwards=False) if rows and has_next else None,
        "previousCursor": _encode(keys, rows[0], backwards=True) if rows and has_previous else None,
    }
    pk = next(i for i, key in enumerate(keys) if key.path == "pk")
    return Page([row[pk] for _, row in rows], pagination)


def _after(
    part: QuerySet[Any] | Sought, past: Q, paths: Sequence[str], orders: Sequence[OrderBy], limit: int
) -> Sequence[Sequence[Any]]:
    if isinstance(part, Sought):
        return part.after(past, paths, orders, limit)
    return list(part.filter(past).order_by(*orders).values_list(*paths)[:limit])


def _reversed(key: _Key) -> OrderBy:
    order = key.order.copy()
    order.reverse_ordering()
    return order


def _past(keys: list[_Key], position: Sequence[Any], backwards: bool) -> Q:
    """Rows beyond ``position``: beyond in the first column, or level there and beyond in the second, and so on."""
    condition = Q()
    level = Q()
    for key, value in zip(keys, position, strict=True):
        condition |= level & (key.before(value) if backwards else key.beyond(value))
        level &= key.same(value)
    first, value = keys[0], position[0]
    if value is not None and not first.column.null:
        # Implied by the rest, but only in this form does PostgreSQL start in the middle of the index.
        upwards = first.descending == backwards
        condition &= Q(**{f"{first.path}__{'gte' if upwards else 'lte'}": value})
    return condition


def _signature(keys: list[_Key]) -> str:
    return ",".join(("-" if key.descending else "") + key.path for key in keys)


def _encode(keys: list[_Key], found: tuple[int, Sequence[Any]], *, backwards: bool) -> str:
    part, row = found
    values = [
        None if value is None else key.column.value_to_string(cast("Model", _Holder(key, value)))
        for key, value in zip(keys, row, strict=True)
    ]
    text = json.dumps([_signature(keys), backwards, values, part], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class _Holder:
    """Stands in for an instance, so that a field can write its own value as text."""

    def __init__(self, key: _Key, value: Any) -> None:
        setattr(self, key.column.attname, value)


def _decode(cursor: str, keys: list[_Key], parts: int) -> tuple[int, bool, list[Any]]:
    """The part, the direction and the position that a cursor stands for."""
    broken = _refuse("cursor", "This cursor does not belong to this list and ordering.")
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        signature, backwards, values, part = json.loads(text)
        if signature != _signature(keys) or len(values) != len(keys) or not isinstance(backwards, bool):
            raise broken
        if type(part) is not int or not 0 <= part < parts:
            raise broken
        return part, backwards, [_value(key, value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError, binascii.Error, RecursionError, ModelValidationError, OverflowError):
        raise broken from None


def _value(key: _Key, value: Any) -> Any:
    if value is None and key.column.null:
        return None
    if not isinstance(value, str) or len(value) > 1000 or "\0" in value:
        raise ValueError(value)
    value.encode()  # half a surrogate pair was never given out
    found = key.column.to_python(value)
    if isinstance(found, datetime):
        if found.tzinfo is None:
            raise ValueError(value)
        return found.astimezone(UTC)
    return found
