"""A list that many people change at the same moment: everybody is answered, and its history tells of each change."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from apps.audit.models import Event
from apps.core.db import retrying
from apps.pricing.models import Price
from apps.pricing.services import update_price
from apps.pricing.services.change_steps import apply_change
from tests.factories import DeviceModelFactory, PriceFactory, RepairTypeFactory
from tests.pricing.changing import SYSTEM, by, drafted
from tests.racing import kinds, race


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_change_of_all_prices_and_fifteen_people_at_once_are_all_answered() -> None:
    model = DeviceModelFactory()
    prices = [PriceFactory(device_model=model, repair_type=RepairTypeFactory(), price=Decimal(100)) for _ in range(15)]
    change = drafted(by("percent", "10"))

    outcomes = race(
        partial(retrying, partial(apply_change, change.pk, actor=SYSTEM)),
        *[partial(retrying, partial(update_price, price.pk, {"price": Decimal(50)}, actor=SYSTEM)) for price in prices],
    )

    assert kinds(outcomes[1:]) == {"Price": 15}
    assert kinds(outcomes[:1]).keys() <= {"BulkChange", "PricesChanged"}
    assert set(Price.objects.values_list("price", flat=True)) == {Decimal(50)}
    assert Event.objects.filter(type="pricing.price.updated").count() in {15, 30}
