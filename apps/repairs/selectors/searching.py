"""The one search box of orders: by number, device, model and customer, at a million orders as at ten.

A search meets three kinds of rows: orders by what stands in them, and customers and models by their names, which lead to
orders. Each is looked up by an index of its own, and only then are they put together. One condition over all three would
have PostgreSQL read every order, and a document of all words in each order would be wrong whenever somebody is renamed.
Rows that few of the orders have are found in full; of what thousands have, the first are taken for each customer and model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, OrderBy, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from apps.accounts.models import Customer
from apps.accounts.models.customer import CUSTOMER_WORDS, named_by, number_in
from apps.catalog.selectors import models_named
from apps.core.api.pagination import Sought
from apps.core.db import planned_anew
from apps.repairs import rules
from apps.repairs.models import RepairOrder
from apps.repairs.models.orders import DEVICE_WORDS

COUNTED_AT_MOST = 1_000
# Customers and models that are asked for their orders one by one. Where more are found, so are their orders, everywhere.
ASKED_AT_MOST = 1_500
# A scope of so few orders is read as a whole, out of an index; for less than to ask everybody who was found.
READ_AT_MOST = 20_000

_EACH = RawSQL("named.id", ())
# The customer's words as a value of the order, for the rows that are read one by one.
_WORDS = replace(CUSTOMER_WORDS, column="customer_words")


def orders_found(orders: QuerySet[RepairOrder], text: str, *, by_customer: bool = True) -> QuerySet[RepairOrder] | Sought:
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

    Where there are more of them than ``each`` names, ``walked`` is what all their orders meet, row by row.
    """

    condition: Q = field(default_factory=Q)
    column: str = ""
    each: tuple[UUID, ...] = ()
    walked: Q | None = None


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

    def page(
        self, paths: Sequence[str], orders: Sequence[OrderBy], first: int, limit: int
    ) -> tuple[list[Any], int, bool]:
        with planned_anew():
            found, total = self._rows(Q(), paths, orders, first, limit)
        place = list(paths).index("pk")
        return [row[place] for row in found], COUNTED_AT_MOST if total is None else total, total is None

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
        cut = [found > COUNTED_AT_MOST or arm.walked is not None for found, arm in zip(counts, self._arms, strict=True)]
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
        """All orders of an arm, or one more than are counted."""
        rows = self._rows_of(arm, past).values_list(*paths)[: COUNTED_AT_MOST + 1]
        return _statement(rows, arm.each, len(paths), f"LIMIT {COUNTED_AT_MOST + 1}")

    def _head(self, arm: _Arm, past: Q, paths: Sequence[str], orders: Sequence[OrderBy], most: int) -> _Statement:
        """The first orders of an arm."""
        if arm.walked is not None:
            arm = _Arm(arm.walked)
        rows = self._rows_of(arm, past).order_by(*orders).values_list(*paths)[:most]
        return _statement(rows, arm.each, len(paths), "")

    def _rows_of(self, arm: _Arm, past: Q) -> QuerySet[Any]:
        named = Customer.objects.filter(pk=OuterRef("customer")).values("search_text")
        rows = self._orders.alias(**{_WORDS.column: Subquery(named)}).filter(arm.condition, past)
        return rows.filter(**{arm.column: _EACH}) if arm.each else rows

    @cached_property
    def _arms(self) -> list[_Arm]:
        needle = self._needle
        arms = []
        if needle.begun_number:
            arms.append(_Arm(Q(order_number__startswith=needle.begun_number)))
        if needle.device:
            arms.append(_Arm(DEVICE_WORDS.holding([*needle.device])))
        return arms if needle.begun_number else arms + self._named()

    def _named(self) -> list[_Arm]:
        """The arms that lead over customers and models."""
        customers, models = _ids(_people(self._text, self._by_customer)), _ids(models_named(self._text))
        if not customers and not models:
            return [arm for who, what in _divided(self._needle, self._by_customer) for arm in _both(who, what)]
        if self._is_small:
            people = Q(customer__in=_people(self._text).values("pk")) if customers else Q(pk__in=[])
            return [_Arm(people | Q(device_model__in=models) if models else people)]
        arms = []
        if customers:
            walked = named_by(self._text, _WORDS) if len(customers) > ASKED_AT_MOST else None
            arms.append(_Arm(column="customer", each=customers, walked=walked))
        if models:
            walked = Q(device_model__in=models) if len(models) > ASKED_AT_MOST else None
            arms.append(_Arm(column="device_model", each=models, walked=walked))
        return arms

    @cached_property
    def _is_small(self) -> bool:
        """Whether the scope has so few orders that it is read as a whole."""
        if not self._orders.query.where:
            return False
        return self._orders.values("pk")[: READ_AT_MOST + 1].count() <= READ_AT_MOST


def _both(who: str, what: str) -> list[_Arm]:
    """Orders of the customers and models that are named so."""
    models = _ids(models_named(what))
    customers = _ids(_people(who)) if models else ()
    if not customers:
        return []
    if len(customers) > ASKED_AT_MOST:
        return [_Arm(Q(customer__in=_people(who).values("pk")), "device_model", models)]
    return [_Arm(Q(device_model__in=models), "customer", customers)]


def _ids(rows: QuerySet[Any]) -> tuple[UUID, ...]:
    """The first ids, at most one more than are asked for their orders."""
    return tuple(rows.order_by().values_list("pk", flat=True)[: ASKED_AT_MOST + 1])


def _statement(rows: QuerySet[Any], each: tuple[UUID, ...], columns: int, limit: str) -> _Statement:
    named = ", ".join(f"c{number}" for number in range(columns))
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # a filter that nothing can meet
        return _Statement(f"SELECT {', '.join(['NULL'] * columns)} WHERE FALSE", ())
    if not each:
        return _Statement(f"SELECT * FROM ({sql}) picked ({named})", tuple(parameters))
    sql = f"SELECT picked.* FROM unnest(%s::uuid[]) named(id) CROSS JOIN LATERAL ({sql}) picked ({named}) {limit}"
    return _Statement(sql, ([*each], *parameters))


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
