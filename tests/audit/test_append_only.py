"""The database itself keeps events as they were written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from apps.audit.models import Event
from apps.audit.services import record_saved
from apps.core.ids import new_id
from tests.audit.conftest import SYSTEM


def _sql(statement: str) -> Callable[[Event], object]:
    def run(event: Event) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(pk=event.pk if connection.vendor == "postgresql" else event.pk.hex))

    return run


def _save_again(event: Event) -> None:
    event.type = "forged"
    event.save()


ATTACKS: dict[str, Callable[[Event], object]] = {
    "save": _save_again,
    "update": lambda event: Event.objects.filter(pk=event.pk).update(type="forged"),
    "bulk_update": lambda event: Event.objects.bulk_update([Event(pk=event.pk, type="forged")], ["type"]),
    "delete": lambda event: event.delete(),
    "queryset_delete": lambda event: Event.objects.filter(pk=event.pk).delete(),
    "raw_update": _sql("UPDATE audit_event SET type = 'forged' WHERE id = '{pk}'"),
    "raw_delete": _sql("DELETE FROM audit_event WHERE id = '{pk}'"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_event_can_be_neither_changed_nor_deleted(attack: Callable[[Event], object]) -> None:
    with transaction.atomic():
        event = record_saved("created", aggregate="x.y", aggregate_id=new_id(), changes={}, actor=SYSTEM)

    with pytest.raises(IntegrityError, match="audit_event is append-only"), transaction.atomic():
        attack(event)

    assert list(Event.objects.values_list("pk", "type")) == [(event.pk, "x.y.created")]
