"""Rows that are written without composing a statement for each of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from apps.audit.models import Event
from apps.core import writing
from apps.core.ids import new_id
from apps.inventory.models import Item
from tests.factories import ItemFactory

pytestmark = pytest.mark.django_db


def event(number: int) -> Event:
    return Event(
        type="test.happened", aggregate="test", aggregate_id=new_id(), payload={"number": number, "text": 'é"'},
        actor_kind="system", actor_label="test",
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3, 60])
def test_inserted_rows_are_those_that_were_given(count: int) -> None:
    rows = [event(number) for number in range(count)]

    writing.insert(rows)

    assert {row.pk: (row.payload, row.created_at) for row in rows} == {
        pk: (payload, created_at) for pk, payload, created_at in Event.objects.filter(type="test.happened").values_list(
            "pk", "payload", "created_at"
        )
    }  # fmt: skip
    assert not any(row._state.adding for row in rows)


@pytest.mark.parametrize("count", [1, 3, 60])
def test_only_the_named_fields_are_updated(count: int) -> None:
    items = [ItemFactory(unit_price=Decimal(1), reorder_level=1) for _ in range(count)]
    for number, item in enumerate(items):
        item.unit_price, item.reorder_level = Decimal(number), 7

    writing.update(items, ("unit_price",))

    found = Item.objects.values_list("pk", "unit_price", "reorder_level")
    assert set(found) == {(item.pk, Decimal(number), 1) for number, item in enumerate(items)}


def test_few_rows_are_one_statement(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        writing.insert([event(1), event(2)])
    with django_assert_num_queries(0):  # type: ignore[operator]
        writing.insert([])
        writing.update([], ("unit_price",))


def test_refusal_inside_is_raised_as_by_the_statement() -> None:
    first = event(1)
    writing.insert([first])

    with pytest.raises(IntegrityError), transaction.atomic(), writing.together():  # noqa: PT012
        writing.insert([event(2)])
        writing.insert([first])

    assert list(Event.objects.filter(type="test.happened")) == [first]
    assert connection.is_usable()
