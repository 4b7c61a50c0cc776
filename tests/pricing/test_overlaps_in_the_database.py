"""The database holds by itself that no two prices of one key are valid on the same day, and says it as a duplicate."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from apps.core.api.errors import is_duplicate
from apps.core.exceptions import Duplicate
from apps.inventory.models import Branch
from apps.pricing.models import Price, overlaps
from apps.pricing.services import refusing_overlaps
from tests.factories import DeviceModelFactory, PartTypeFactory, PriceFactory, RepairTypeFactory

pytestmark = pytest.mark.django_db
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has a constraint instead")

JUNE: dict[str, Any] = {"valid_from": date(2026, 6, 1), "valid_until": date(2026, 6, 30)}
SHARED: list[dict[str, Any]] = [
    JUNE,
    {"valid_from": date(2026, 6, 30)},
    {"valid_from": date(2026, 5, 1), "valid_until": date(2026, 6, 1)},
    {"valid_from": date(2026, 6, 10), "valid_until": date(2026, 6, 10)},
    {"valid_from": date(2020, 1, 1)},
]
FREE: list[dict[str, Any]] = [
    {"valid_from": date(2026, 7, 1)},
    {"valid_from": date(2020, 1, 1), "valid_until": date(2026, 5, 31)},
    {**JUNE, "part_quality": "aftermarket_economy"},
]


def key() -> dict[str, Any]:
    return {"device_model": DeviceModelFactory(), "repair_type": RepairTypeFactory(), "part_quality": "original"}


def write(**fields: Any) -> Price:
    with transaction.atomic():
        made: Price = PriceFactory(**fields)
    return made


@pytest.mark.parametrize("period", SHARED, ids=str)
@pytest.mark.parametrize("kind", ["list", "part", "branch"])
def test_a_second_price_on_one_day_is_refused(branch: Branch, kind: str, period: dict[str, Any]) -> None:
    same = key() | {"list": {}, "part": {"part_type": PartTypeFactory()}, "branch": {"branch": branch}}[kind]
    write(**same, **JUNE)
    apart = write(**same, valid_from=date(2030, 1, 1), valid_until=date(2030, 1, 2)) if len(period) == 2 else None

    with pytest.raises(IntegrityError, match=overlaps.NAME):
        write(**same, **period)
    if apart is not None:
        with pytest.raises(IntegrityError, match=overlaps.NAME), transaction.atomic():
            Price.objects.filter(pk=apart.pk).update(**period)

    assert Price.objects.count() == 1 + (apart is not None)


@pytest.mark.parametrize("period", FREE, ids=str)
def test_a_price_on_other_days_or_of_something_else_is_taken(branch: Branch, period: dict[str, Any]) -> None:
    same = key()
    first = write(**same, **JUNE)

    write(**same | period)
    write(**same | JUNE, part_type=PartTypeFactory())
    write(**same | JUNE, branch=branch)
    Price.objects.filter(pk=first.pk).update(valid_until=date(2026, 6, 29), price="1.00")

    assert Price.objects.count() == 4


def test_what_the_database_refuses_is_a_duplicate_at_every_door() -> None:
    same = key()
    write(**same, **JUNE)

    with pytest.raises(IntegrityError) as refused:
        write(**same, **JUNE)

    assert is_duplicate(refused.value)


def test_only_overlaps_are_told_as_such() -> None:
    with pytest.raises(IntegrityError), refusing_overlaps(), transaction.atomic():
        write(**key(), valid_from=date(2026, 6, 2), valid_until=date(2026, 6, 1))
    same = key()
    write(**same, **JUNE)
    with pytest.raises(Duplicate), refusing_overlaps(), transaction.atomic():
        write(**same, **JUNE)


def triggers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{overlaps.NAME}%"])
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.exhaustive
@on_sqlite
def test_triggers_that_an_altered_table_lost_come_back_after_the_migration() -> None:
    before = triggers()
    overlaps.remove(connection)
    lost = triggers()

    call_command("migrate", verbosity=0)

    assert (len(before), lost) == (2, set())
    assert triggers() == before
    same = key()
    write(**same, **JUNE)
    with pytest.raises(IntegrityError, match=overlaps.NAME):
        write(**same, **JUNE)
