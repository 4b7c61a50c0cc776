"""A merge that is killed has moved nothing; one among other work leaves nothing behind and blocks nobody."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import connection

from apps.catalog.models import DeviceModel
from apps.catalog.services import merge_models, move_leftovers
from apps.core.db import retrying
from apps.core.exceptions import Conflict, ValidationFailed
from apps.inventory.models import Branch
from apps.pricing.models import Price
from apps.repairs.models import RepairOrder
from apps.repairs.services import Intake, create_order
from tests.catalog.merging import MADE, SYSTEM, make_pair, references
from tests.conftest import Api
from tests.factories import (
    CustomerFactory,
    ItemFactory,
    PriceFactory,
    RepairTypeFactory,
    line,
    member,
    order,
)
from tests.inventory.killing import every_statement_killed
from tests.racing import kinds, race


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_killed_merge_has_moved_nothing() -> None:
    source, target = make_pair()
    for make in MADE.values():
        make(source)

    statements = every_statement_killed(partial(merge_models, source.pk, target.pk, actor=SYSTEM))

    assert statements > 20


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_orders_that_come_while_a_model_is_merged_are_left_at_neither(branch: Branch) -> None:
    source, target = make_pair()
    customer, repair = CustomerFactory(), RepairTypeFactory()

    def take_in() -> Any:
        intake = Intake(
            customer_id=customer.pk, device_model_id=source.pk, branch_id=branch.pk, issue_description="x",
            items=[line(repair_type_id=repair.pk)],
        )  # fmt: skip
        return retrying(lambda: create_order(intake, actor=SYSTEM))

    def merge() -> Any:
        return retrying(lambda: merge_models(source.pk, target.pk, actor=SYSTEM))

    outcomes = race(*[take_in] * 5, merge, *[take_in] * 5)

    assert kinds(outcomes) == {"DeviceModel": 1, "RepairOrder": 10}
    assert set(RepairOrder.objects.values_list("device_model", flat=True)) == {target.pk}
    assert {table: n for table, n in references(source).items() if n and table != "catalog.modelword"} == {}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_merges_in_opposite_directions_leave_one_model() -> None:
    first, second = make_pair()
    order(device_model=first.pk)
    order(device_model=second.pk)

    def merge(one: DeviceModel, other: DeviceModel) -> Any:
        return merge_models(one.pk, other.pk, actor=SYSTEM)

    outcomes = race(*[partial(merge, first, second), partial(merge, second, first)] * 4)

    left = DeviceModel.objects.get(merged_into=None)
    assert kinds(outcomes)["DeviceModel"] == 1
    assert {type(one) for one in outcomes} <= {DeviceModel, Conflict, ValidationFailed}
    assert set(RepairOrder.objects.values_list("device_model", flat=True)) == {left.pk}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_prices_items_and_bookings_that_change_while_models_are_merged_do_not_block_it(branch: Branch) -> None:
    source, target = make_pair()
    listed_price, part = PriceFactory(device_model=source), ItemFactory()
    part.compatible_models.add(source)
    manager = Api(member("manager", branch))

    def reprice() -> int:
        return int(manager.patch(f"pricing/{listed_price.pk}", {"price": "50.00"}).status_code)

    def refit() -> int:
        body = {"compatibleModelIds": [str(source.pk), str(target.pk)]}
        return int(manager.patch(f"inventory/items/{part.pk}", body).status_code)

    def merge() -> Any:
        return merge_models(source.pk, target.pk, actor=SYSTEM)

    outcomes = race(reprice, refit, merge, reprice, refit)

    assert kinds(outcomes) == {"DeviceModel": 1, "int": 4}
    assert {one for one in outcomes if isinstance(one, int)} == {200}
    move_leftovers(source.pk, actor=SYSTEM)
    assert list(part.compatible_models.all()) == [target]
    assert Price.objects.get().device_model_id == target.pk
    assert connection.vendor == "postgresql"
