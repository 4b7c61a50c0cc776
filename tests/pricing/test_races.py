"""Two people who enter a price for the same days at the same moment: one of them is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.core.actor import Actor
from apps.core.db import retrying
from apps.pricing.models import Price
from apps.pricing.services import create_price, update_price
from tests.factories import DeviceModelFactory, PriceFactory, RepairTypeFactory
from tests.racing import kinds, race

SYSTEM = Actor.system("race")

pytestmark = pytest.mark.django_db(transaction=True)


def fields(**changes: Any) -> dict[str, Any]:
    return {"price": Decimal("99.00"), "valid_from": date(2026, 6, 1), **changes}


def test_eight_prices_for_the_same_days_at_once_make_one() -> None:
    model, repair = DeviceModelFactory(), RepairTypeFactory()
    wanted = fields(device_model=model, repair_type=repair)

    outcomes = race(*[lambda: retrying(lambda: create_price(dict(wanted), actor=SYSTEM))] * 8)

    assert kinds(outcomes) == {"Duplicate": 7, "Price": 1}
    assert Price.objects.count() == 1


def test_two_prices_moved_to_the_same_days_at_once_do_not_meet() -> None:
    model, repair = DeviceModelFactory(), RepairTypeFactory()
    made = [
        PriceFactory(device_model=model, repair_type=repair, valid_from=day, valid_until=day)
        for day in (date(2026, 1, 1), date(2026, 2, 1))
    ]
    june = {"valid_from": date(2026, 6, 1), "valid_until": date(2026, 6, 30)}

    outcomes = race(*[partial(retrying, partial(update_price, price.pk, june, actor=SYSTEM)) for price in made])

    assert kinds(outcomes) == {"Duplicate": 1, "Price": 1}
    assert Price.objects.valid_on(date(2026, 6, 15)).count() == 1


@pytest.mark.postgresql
def test_database_alone_holds_that_prices_do_not_overlap() -> None:
    model, repair = DeviceModelFactory(), RepairTypeFactory()

    def write(**changes: Any) -> Price:
        with transaction.atomic():
            return Price.objects.create(device_model=model, repair_type=repair, **fields(**changes))

    outcomes = race(write, write)
    write(part_quality="aftermarket_economy")
    Price.objects.filter(part_quality="original").update(valid_until=date(2026, 6, 30))
    write(valid_from=date(2026, 7, 1))

    assert kinds(outcomes) == {"IntegrityError": 1, "Price": 1}
    with pytest.raises(IntegrityError, match="pricing_prices_do_not_overlap"):
        write(valid_from=date(2026, 6, 30), valid_until=date(2026, 6, 30))
    assert Price.objects.count() == 3
