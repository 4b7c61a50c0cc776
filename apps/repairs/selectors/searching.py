"""The one search box of orders: by number, device, model and customer, at a million orders as at ten.

A search meets three kinds of rows: orders by what stands in them, and customers and models by their names, which lead to
orders. Each is looked up by an index of its own, and only then are they put together. One condition over all three would
have PostgreSQL read every order, and a document of all words in each order would be wrong whenever somebody is renamed.
Rows that few of the orders have are found in full; of what thousands have, the first are taken for each customer and model.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property, reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, OrderBy, OuterRef, Q, QuerySet, Subquery

from apps.accounts.models import Customer
from apps.accounts.models.customer import named_by, number_in
from apps.catalog.selectors import models_named
from apps.core.api.pagination import LARGE_TABLE, Sought, is_large
from apps.core.db import planned_anew
from apps.repairs import rules
from apps.repairs.models import RepairOrder
from apps.repairs.models.orders import DEVICE_WORDS
from apps.repairs.selectors.search_ways import (
    CUSTOMER_WORDS,
    EACH,
    NOBODY,
    Arm,
    Ids,
    Statement,
    all_of,
    answer,
    first_of,
    holds,
    ids_of,
    order_by_columns,
    row_by_row,
    statement_of,
)

COUNTED_AT_MOST = 500
# Customers and models that are asked for their orders one by one. Where more are found, so are their orders, everywhere.
ASKED_AT_MOST = 2_000
# A scope of so few orders is read as a whole, out of an index; for less than to ask everybody who was found.
READ_AT_MOST = 20_000
# Numbers of one year that begin with the same two figures: they stand beside each other.
SAME_BEGINNING = 10_000
# So few models that all their orders are read, rather than those of everybody of a common name.
FEW_MODELS = 10

ASKED_IN_SMALL_TABLES = LARGE_TABLE


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


def _ids(rows: QuerySet[Any]) -> Ids:
    """The first ids, as many as are asked for their orders."""
    return ids_of(rows, ASKED_AT_MOST if is_large(RepairOrder) else ASKED_IN_SMALL_TABLES)


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
        whole = [self._whole(arm, past, paths) for arm in self._arms]
        counts, total, rows = all_of(whole, order_by_columns(orders), first, limit)
        cut = [found > max(self._most, arm.most) or arm.is_part for found, arm in zip(counts, self._arms, strict=True)]
        if not any(cut):
            return rows, total
        ways = [
            self._head(arm, past, paths, orders, first + limit) if is_cut else way
            for arm, is_cut, way in zip(self._arms, cut, whole, strict=True)
        ]
        return first_of(ways, order_by_columns(orders), first, limit), None

    def _whole(self, arm: Arm, past: Q, paths: Sequence[str]) -> Statement | None:
        """All orders of an arm, or one more than are counted; none of one that is only known in part."""
        if arm.is_part:
            return None
        rows = self._rows_of(arm, past).order_by(*["created_at"] * arm.by_time)
        most = max(self._most, arm.most)
        return statement_of(rows.values_list(*paths)[: most + 1], arm.each, len(paths), f"LIMIT {most + 1}")

    def _head(self, arm: Arm, past: Q, paths: Sequence[str], orders: Sequence[OrderBy], most: int) -> Statement | None:
        """The first orders of an arm: none is read past those that may be shown."""
        if arm.row_by_row is not None:
            arm = Arm(arm.row_by_row)
        rows = self._rows_of(arm, past).order_by(*orders).values_list(*paths)[:most]
        return statement_of(rows, arm.each, len(paths), "")

    def _rows_of(self, arm: Arm, past: Q) -> QuerySet[Any]:
        named = Customer.objects.filter(pk=OuterRef("customer")).order_by().values("search_text")
        rows = self._orders.alias(**{CUSTOMER_WORDS: Subquery(named)}).filter(arm.condition, past)
        return rows.filter(**{arm.column: EACH}) if arm.each else rows

    @cached_property
    def _arms(self) -> list[Arm]:
        needle = self._needle
        arms = []
        if needle.begun_number:
            begun = Q(order_number__startswith=needle.begun_number)
            if needle.begun_year:
                begun = holds(F("order_number"), needle.begun_number) & _within(needle.begun_year)
            arms.append(
                Arm(begun, by_time=needle.begun_year is not None, most=0 if needle.begun_year else SAME_BEGINNING)
            )
        if needle.device:
            held = [holds(F("search_text"), word) for word in needle.device]
            arms.append(Arm(DEVICE_WORDS.holding([*needle.device]), row_by_row=reduce(and_, held)))
        return arms if needle.begun_number else arms + self._named()

    def _named(self) -> list[Arm]:
        """The arms that lead over customers and models."""
        customers, models = _ids(_people(self._text, self._by_customer)), _ids(models_named(self._text))
        if not customers.number and not models.number:
            return [arm for who, what in _divided(self._needle, self._by_customer) for arm in self._both(who, what)]
        walked = named_by(self._text, row_by_row)
        every_model = models.hold("device_model")
        if not models.are_all:
            every_model = Q(device_model__in=models_named(self._text).values("pk"))
        if self._size <= READ_AT_MOST:
            return [self._read(customers, every_model, walked)]
        arms = []
        if customers.number:
            arms.append(customers.arm("customer", walked))
        if models.number:
            arms.append(models.arm("device_model", every_model))
        return arms

    def _both(self, who: str, what: str) -> list[Arm]:
        """Orders of the customers and models that are named so."""
        models = _ids(models_named(what))
        customers = _ids(_people(who)) if models.number else NOBODY
        if not customers.number:
            return []
        walked, of_models = named_by(who, row_by_row), models.hold("device_model")
        few = models.number <= FEW_MODELS and _planned(self._orders.filter(of_models)) <= READ_AT_MOST
        if few and not customers.are_all:
            return [Arm(walked, "device_model", models.array)]
        return [customers.arm("customer", walked & of_models, of_models)]

    def _read(self, customers: Ids, every_model: Q, walked: Q) -> Arm:
        """The orders of the customers and models, out of a scope that is read as a whole."""
        if customers.are_all:
            return Arm(customers.hold("customer") | every_model)
        if self._size <= ASKED_AT_MOST:
            return Arm(walked | every_model)
        return Arm(row_by_row=walked | every_model, is_part=True)

    @cached_property
    def _size(self) -> int:
        """About how many orders the scope has."""
        return _planned(self._orders) if self._orders.query.where else READ_AT_MOST + 1


def _planned(orders: QuerySet[RepairOrder]) -> int:
    """How many rows the planner takes a queryset to have: to count them may cost more than to search."""
    try:
        sql, parameters = orders.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    [[plan]] = answer(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
    return int(plan[0]["Plan"]["Plan Rows"])


def _within(year: int | None) -> Q:
    """When orders with numbers of that year were taken in, in whatever time zone."""
    if year is None or not 1 < year < 9999:
        return Q()
    day = timedelta(days=1)
    return Q(created_at__range=(datetime(year, 1, 1, tzinfo=UTC) - day, datetime(year + 1, 1, 1, tzinfo=UTC) + day))
