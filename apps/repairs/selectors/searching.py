"""The one search box of orders: by number, device, model and customer, at a million orders as at ten.

A search meets three kinds of rows: orders by what stands in them, and customers and models by their names, which lead to
orders. Each is looked up by an index of its own, and only then are they put together. One condition over all three would
have PostgreSQL read every order, and a document of all words in each order would be wrong whenever somebody is renamed.
Rows that few of the orders have are found in full; of what thousands have, the first are taken for each customer and model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Expression, F, OrderBy, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

from apps.accounts.models import Customer
from apps.accounts.models.customer import named_by, number_in
from apps.catalog.selectors import models_named
from apps.core.api.pagination import LARGE_TABLE, Sought, is_large
from apps.core.db import planned_anew
from apps.core.text import has_trigram
from apps.repairs import rules
from apps.repairs.models import RepairOrder
from apps.repairs.models.orders import DEVICE_WORDS

COUNTED_AT_MOST = 1_000
# Customers and models that are asked for their orders one by one. Where more are found, so are their orders, everywhere.
ASKED_AT_MOST = 2_000
# A scope of so few orders is read as a whole, out of an index; for less than to ask everybody who was found.
READ_AT_MOST = 20_000

ASKED_IN_SMALL_TABLES = LARGE_TABLE

_EACH = RawSQL("named.id", ())
_CUSTOMER_WORDS = "customer_words"


def orders_found(
    orders: QuerySet[RepairOrder], text: str, *, by_customer: bool = True
) -> QuerySet[RepairOrder] | Sought:
    """Those of ``orders`` that ``text`` finds, for a list: by number, IMEI, serial number, model, and by the customer's
    name, phone and e-mail, where that may be known.
    """
    if connection.vendor != "postgresql":
        return _one_by_one(orders, text, by_customer=by_customer)
    return OrdersFound(orders, text, by_customer)


def orders_found_anywhere(orders: QuerySet[RepairOrder], text: str) -> QuerySet[RepairOrder]:
    """``orders_found`` as a queryset, for those who cannot do with less."""
    if connection.vendor != "postgresql":
        return _one_by_one(orders, text, by_customer=True)
    few = OrdersFound(orders, text, by_customer=True).few()
    return _one_by_one(orders, text, by_customer=True) if few is None else orders.filter(pk__in=few)


def _one_by_one(orders: QuerySet[RepairOrder], text: str, *, by_customer: bool) -> QuerySet[RepairOrder]:
    """The same as one condition, which the database is left to answer as it can."""
    needle = rules.needle(text)
    found = _itself(needle)
    customers, models = _people(text, by_customer), models_named(text)
    if not needle.begun_number:
        found |= Q(customer__in=customers.values("pk")) | Q(device_model__in=models.values("pk"))
        if not customers.exists() and not models.exists():
            for who, what in _divided(needle, by_customer):
                found |= Q(customer__in=_people(who).values("pk"), device_model__in=models_named(what).values("pk"))
    return orders.filter(found)


def _itself(needle: rules.Needle) -> Q:
    """Orders by what stands in them."""
    found = DEVICE_WORDS.holding([*needle.device]) if needle.device else Q(pk__in=[])
    return found | Q(order_number__startswith=needle.begun_number) if needle.begun_number else found


def _people(text: str, by_customer: bool = True) -> QuerySet[Customer]:
    return Customer.objects.named(text) if by_customer else Customer.objects.none()


def _divided(needle: rules.Needle, by_customer: bool) -> list[tuple[str, str]]:
    return [*needle.divided()] if by_customer and not number_in(needle.text) else []


@dataclass(frozen=True)
class _Arm:
    """Orders of one kind: those that meet ``condition``; with ``each``, those of these customers or models, in ``column``.

    ``row_by_row`` is the same in the form that is quick where many orders meet it, and they are read in order until there
    are enough. ``is_part`` says that ``each`` is only some of those whose orders they are.
    """

    condition: Q = field(default_factory=Q)
    column: str = ""
    each: str = ""
    row_by_row: Q | None = None
    is_part: bool = False


@dataclass(frozen=True)
class _Statement:
    sql: str
    parameters: tuple[Any, ...]


class OrdersFound(Sought):
    """What a search found of ``orders``, on PostgreSQL."""

    model = RepairOrder

    def __init__(self, orders: QuerySet[RepairOrder], text: str, by_customer: bool) -> None:
        self._orders, self._text, self._by_customer = orders.order_by(), text, by_customer
        self._needle = rules.needle(text)
        self._most = COUNTED_AT_MOST if is_large(RepairOrder) else LARGE_TABLE

    def page(
        self, paths: Sequence[str], orders: Sequence[OrderBy], first: int, limit: int
    ) -> tuple[list[Any], int, bool]:
        with planned_anew():
            found, total = self._rows(Q(), paths, orders, first, limit)
        place = list(paths).index("pk")
        return [row[place] for row in found], self._most if total is None else total, total is None

    def after(self, past: Q, paths: Sequence[str], orders: Sequence[OrderBy], limit: int) -> list[Sequence[Any]]:
        with planned_anew():
            return self._rows(past, paths, orders, 0, limit)[0]

    def few(self) -> list[UUID] | None:
        """The ids of all that was found, or ``None`` where they are many."""
        with planned_anew():
            found, total = self._rows(Q(), ["pk"], [F("pk").asc()], 0, COUNTED_AT_MOST)
        return None if total is None or total > len(found) else [row[0] for row in found]

    def _rows(
        self, past: Q, paths: Sequence[str], orders: Sequence[OrderBy], first: int, limit: int
    ) -> tuple[list[Sequence[Any]], int | None]:
        """Some rows in order, and how many there are; ``None`` for more than are counted."""
        if not self._arms:
            return [], 0
        whole = [self._whole(arm, past, paths) for arm in self._arms]
        count = ", ".join(f"(SELECT COUNT(*) FROM a{number})" for number in range(len(whole)))
        ways = ", ".join(f"a{number} AS MATERIALIZED ({way.sql})" for number, way in enumerate(whole))
        union = " UNION ".join(f"SELECT * FROM a{number}" for number in range(len(whole)))
        order = _order_by(orders)
        statement = (
            f"WITH {ways}, found AS MATERIALIZED ({union}) SELECT counted.*, shown.* FROM "
            f"(SELECT (SELECT COUNT(*) FROM found), {count}) counted "
            f"LEFT JOIN (SELECT * FROM found {order} LIMIT {limit:d} OFFSET {first:d}) shown ON TRUE {order}"
        )
        answer = _answer(statement, [value for way in whole for value in way.parameters])
        total, *counts = answer[0][: len(whole) + 1]
        rows = [row[len(whole) + 1 :] for row in answer]
        cut = [found > self._most or arm.is_part for found, arm in zip(counts, self._arms, strict=True)]
        if any(cut):
            return self._first(cut, whole, past, paths, orders, first, limit), None
        return [row for row in rows if any(value is not None for value in row)], total

    def _first(
        self,
        cut: Sequence[bool],
        whole: Sequence[_Statement],
        past: Q,
        paths: Sequence[str],
        orders: Sequence[OrderBy],
        first: int,
        limit: int,
    ) -> list[Sequence[Any]]:
        """Some of many rows: none is read past those that may be shown."""
        ways = [
            self._head(arm, past, paths, orders, first + limit) if is_cut else way
            for arm, is_cut, way in zip(self._arms, cut, whole, strict=True)
        ]
        union = " UNION ".join(f"SELECT * FROM ({way.sql}) a{number}" for number, way in enumerate(ways))
        statement = f"SELECT * FROM ({union}) found {_order_by(orders)} LIMIT {limit:d} OFFSET {first:d}"
        return _answer(statement, [value for way in ways for value in way.parameters])

    def _whole(self, arm: _Arm, past: Q, paths: Sequence[str]) -> _Statement:
        """All orders of an arm, or one more than are counted; none of one that is only known in part."""
        if arm.is_part:
            return _statement(self._orders.none().values_list(*paths), "", len(paths), "")
        rows = self._rows_of(arm, past).values_list(*paths)[: self._most + 1]
        return _statement(rows, arm.each, len(paths), f"LIMIT {self._most + 1}")

    def _head(self, arm: _Arm, past: Q, paths: Sequence[str], orders: Sequence[OrderBy], most: int) -> _Statement:
        """The first orders of an arm."""
        if arm.row_by_row is not None:
            arm = _Arm(arm.row_by_row)
        rows = self._rows_of(arm, past).order_by(*orders).values_list(*paths)[:most]
        return _statement(rows, arm.each, len(paths), "")

    def _rows_of(self, arm: _Arm, past: Q) -> QuerySet[Any]:
        named = Customer.objects.filter(pk=OuterRef("customer")).order_by().values("search_text")
        rows = self._orders.alias(**{_CUSTOMER_WORDS: Subquery(named)}).filter(arm.condition, past)
        return rows.filter(**{arm.column: _EACH}) if arm.each else rows

    @cached_property
    def _arms(self) -> list[_Arm]:
        needle = self._needle
        arms = []
        if needle.begun_number:
            begun = Q(order_number__startswith=needle.begun_number)
            within = _within(needle.begun_year)
            arms.append(_Arm(begun & within, row_by_row=_holds(F("order_number"), needle.begun_number) & within))
        if needle.device:
            held = [_holds(F("search_text"), word) for word in needle.device]
            arms.append(_Arm(DEVICE_WORDS.holding([*needle.device]), row_by_row=reduce(and_, held)))
        return arms if needle.begun_number else arms + self._named()

    def _named(self) -> list[_Arm]:
        """The arms that lead over customers and models."""
        customers, models = _ids(_people(self._text, self._by_customer)), _ids(models_named(self._text))
        if not customers.number and not models.number:
            return [arm for who, what in _divided(self._needle, self._by_customer) for arm in _both(who, what)]
        walked = named_by(self._text, _row_by_row)
        if self._is_small:
            either = customers.hold("customer") | models.hold("device_model")
            is_part = not customers.are_all
            return [_Arm(either, row_by_row=walked | models.hold("device_model") if is_part else None, is_part=is_part)]
        arms = []
        if customers.number:
            arms.append(customers.arm("customer", walked))
        if models.number:
            arms.append(models.arm("device_model", Q(device_model__in=models_named(self._text).values("pk"))))
        return arms

    @cached_property
    def _is_small(self) -> bool:
        """Whether the scope has so few orders that it is read as a whole."""
        if not self._orders.query.where:
            return False
        return self._orders.values("pk")[: READ_AT_MOST + 1].count() <= READ_AT_MOST


def _within(year: int | None) -> Q:
    """When orders with numbers of that year were taken in, in whatever time zone."""
    if year is None or not 1 < year < 9999:
        return Q()
    day = timedelta(days=1)
    return Q(created_at__range=(datetime(year, 1, 1, tzinfo=UTC) - day, datetime(year + 1, 1, 1, tzinfo=UTC) + day))


def _both(who: str, what: str) -> list[_Arm]:
    """Orders of the customers and models that are named so."""
    models = _ids(models_named(what))
    customers = _ids(_people(who)) if models.number else _NOBODY
    if not customers.number:
        return []
    walked = named_by(who, _row_by_row) & models.hold("device_model")
    return [customers.arm("customer", walked, models.hold("device_model"))]


def _holds(text: Expression | F, word: str) -> Q:
    """That a text of the row itself holds a word, for rows that are read in order until there are enough.

    PostgreSQL takes a third of the rows to meet this, where it takes next to none to be ``LIKE`` something, and would sort
    them all first.
    """
    return Q(GreaterThan(StrIndex(text, Value(word)), 0))


def _row_by_row(words: list[str]) -> Q:
    """``CustomerQuerySet.named`` for the customer of a row; of short words, where they begin."""
    text = Concat(Value(" "), F(_CUSTOMER_WORDS))
    return reduce(and_, (_holds(text, word if has_trigram(word) else f" {word}") for word in words))


@dataclass(frozen=True)
class _Ids:
    """The first of some ids, as an array in PostgreSQL's own text: nobody here reads them one by one."""

    number: int
    array: str = "{}"
    are_all: bool = True

    def arm(self, column: str, row_by_row: Q, condition: Q | None = None) -> _Arm:
        """The orders of each of them, which meet ``condition`` as well; of all of them, ``row_by_row``."""
        walked = None if self.are_all else row_by_row
        return _Arm(condition or Q(), column, self.array, walked, is_part=not self.are_all)

    def hold(self, column: str) -> Q:
        """That a column of the order is one of them."""
        return Q(RawSQL(f'"repairs_repairorder"."{column}_id" = ANY(%s::uuid[])', [self.array], BooleanField()))  # noqa: S611


def _ids(rows: QuerySet[Any]) -> _Ids:
    """The first ids, as many as are asked for their orders."""
    most = ASKED_AT_MOST if is_large(RepairOrder) else ASKED_IN_SMALL_TABLES
    try:
        sql, parameters = rows.order_by().values_list("pk")[: most + 1].query.sql_with_params()
    except EmptyResultSet:
        return _NOBODY
    number, array = _answer(f"SELECT COUNT(*), array_agg(id)::text FROM ({sql}) found (id)", parameters)[0]
    return _Ids(number, array, number <= most) if number else _NOBODY


_NOBODY = _Ids(0)


def _statement(rows: QuerySet[Any], each: str, columns: int, limit: str) -> _Statement:
    named = ", ".join(f"c{number}" for number in range(columns))
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # a filter that nothing can meet
        return _Statement(f"SELECT {', '.join(['NULL'] * columns)} WHERE FALSE", ())
    if not each:
        return _Statement(f"SELECT * FROM ({sql}) picked ({named})", tuple(parameters))
    sql = f"SELECT picked.* FROM unnest(%s::uuid[]) named(id) CROSS JOIN LATERAL ({sql}) picked ({named}) {limit}"
    return _Statement(sql, (each, *parameters))


def _order_by(orders: Sequence[OrderBy]) -> str:
    columns = [
        f"c{number}{' DESC' * order.descending}{' NULLS LAST' * bool(order.nulls_last)}"
        f"{' NULLS FIRST' * bool(order.nulls_first)}"
        for number, order in enumerate(orders)
    ]
    return f"ORDER BY {', '.join(columns)}"


def _answer(sql: str, parameters: Sequence[Any]) -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
