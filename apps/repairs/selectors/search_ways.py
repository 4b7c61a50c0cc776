"""The ways in which a search leads to orders, and the statements that go them on PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Expression, F, OrderBy, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

from apps.core.text import has_trigram

EACH = RawSQL("named.id", ())  # one of the customers or models of an arm
CUSTOMER_WORDS = "customer_words"  # the customer's words, as a value of the order


@dataclass(frozen=True)
class Arm:
    """Orders of one kind: those that meet ``condition``; with ``each``, those of these customers or models, in ``column``.

    ``row_by_row`` is the same in the form that is quick where many orders meet it, and they are read in order until there
    are enough. ``is_part`` says that ``each`` is only some of those whose orders they are.
    """

    condition: Q = field(default_factory=Q)
    column: str = ""
    each: str = ""
    row_by_row: Q | None = None
    is_part: bool = False
    by_time: bool = False  # they are one after another in time
    most: int = 0  # so many are found in full, where that is more than are counted elsewhere


@dataclass(frozen=True)
class Ids:
    """The first of some ids, as an array in PostgreSQL's own text: nobody here reads them one by one."""

    number: int
    array: str = "{}"
    are_all: bool = True

    def arm(self, column: str, row_by_row: Q, condition: Q | None = None) -> Arm:
        """The orders of each of them, which meet ``condition`` as well; of all of them, ``row_by_row``."""
        walked = None if self.are_all else row_by_row
        return Arm(condition or Q(), column, self.array, walked, is_part=not self.are_all)

    def hold(self, column: str) -> Q:
        """That a column of the order is one of them."""
        return Q(RawSQL(f'"repairs_repairorder"."{column}_id" = ANY(%s::uuid[])', [self.array], BooleanField()))  # noqa: S611


def ids_of(rows: QuerySet[Any], most: int) -> Ids:
    """The first ids, at most so many."""
    try:
        sql, parameters = rows.order_by().values_list("pk")[: most + 1].query.sql_with_params()
    except EmptyResultSet:
        return NOBODY
    number, array = answer(f"SELECT COUNT(*), array_agg(id)::text FROM ({sql}) found (id)", parameters)[0]
    return Ids(number, array, number <= most) if number else NOBODY


NOBODY = Ids(0)


@dataclass(frozen=True)
class Statement:
    sql: str
    parameters: tuple[Any, ...]


def holds(text: Expression | F, word: str) -> Q:
    """That a text of the row itself holds a word, for rows that are read in order until there are enough.

    PostgreSQL takes a third of the rows to meet this, where it takes next to none to be ``LIKE`` something, and would sort
    them all first.
    """
    return Q(GreaterThan(StrIndex(text, Value(word)), 0))


def row_by_row(words: list[str]) -> Q:
    """``CustomerQuerySet.named`` for the customer of a row; of short words, where they begin."""
    text = Concat(Value(" "), F(CUSTOMER_WORDS))
    return reduce(and_, (holds(text, word if has_trigram(word) else f" {word}") for word in words))


def statement_of(rows: QuerySet[Any], each: str, columns: int, limit: str) -> Statement | None:
    """Nothing for a filter that nothing can meet."""
    named = ", ".join(f"c{number}" for number in range(columns))
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    if not each:
        return Statement(f"SELECT * FROM ({sql}) picked ({named})", tuple(parameters))
    sql = f"SELECT picked.* FROM unnest(%s::uuid[]) named(id) CROSS JOIN LATERAL ({sql}) picked ({named}) {limit}"
    return Statement(sql, (each, *parameters))


def all_of(
    ways: Sequence[Statement | None], order: str, first: int, limit: int
) -> tuple[list[int], int, list[Sequence[Any]]]:
    """How many rows each way leads to and how many all of them, with some of these in order."""
    there = [(number, way) for number, way in enumerate(ways) if way is not None]
    if not there:
        return [0] * len(ways), 0, []
    named = ", ".join(f"a{number} AS MATERIALIZED ({way.sql})" for number, way in there)
    union = " UNION ".join(f"SELECT * FROM a{number}" for number, _ in there)
    counted = ", ".join("0" if way is None else f"(SELECT COUNT(*) FROM a{number})" for number, way in enumerate(ways))
    sql = (
        f"WITH {named}, found AS MATERIALIZED ({union}) SELECT counted.*, shown.* FROM "
        f"(SELECT (SELECT COUNT(*) FROM found), {counted}) counted "
        f"LEFT JOIN (SELECT * FROM found {order} LIMIT {limit:d} OFFSET {first:d}) shown ON TRUE {order}"
    )
    told = answer(sql, [value for _, way in there for value in way.parameters])
    total, *counts = told[0][: len(ways) + 1]
    rows = [row[len(ways) + 1 :] for row in told]
    return counts, total, [row for row in rows if any(value is not None for value in row)]


def first_of(ways: Sequence[Statement | None], order: str, first: int, limit: int) -> list[Sequence[Any]]:
    """Some of the rows to which any way leads."""
    there = [(number, way) for number, way in enumerate(ways) if way is not None]
    if not there:
        return []
    union = " UNION ".join(f"SELECT * FROM ({way.sql}) a{number}" for number, way in there)
    sql = f"SELECT * FROM ({union}) found {order} LIMIT {limit:d} OFFSET {first:d}"
    return answer(sql, [value for _, way in there for value in way.parameters])


def order_by_columns(orders: Sequence[OrderBy]) -> str:
    columns = [
        f"c{number}{' DESC' * order.descending}{' NULLS LAST' * bool(order.nulls_last)}"
        f"{' NULLS FIRST' * bool(order.nulls_first)}"
        for number, order in enumerate(orders)
    ]
    return f"ORDER BY {', '.join(columns)}"


def answer(sql: str, parameters: Sequence[Any]) -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Sequence[Any]] = cursor.fetchall()
    return rows
