"""Two people who enter a price for the same days at the same moment: one of them is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.db import retrying
from apps.pricing.models import Price
from apps.pricing.services import create_price, replace_price, update_price
from tests.conftest import Api
from tests.factories import BranchFactory, DeviceModelFactory, PriceFactory, RepairTypeFactory, member
from tests.racing import kinds, race

SYSTEM = Actor.system("race")

pytestmark = pytest.mark.django_db(transaction=True)


def fields(**changes: Any) -> dict[str, Any]:
    return {"price": Decimal("99.00"), "valid_from": date(2026, 6, 1), **changes}


def work(function: Callable[..., Any], *arguments: Any, **named: Any) -> Callable[[], Any]:
    return partial(retrying, partial(function, *arguments, actor=SYSTEM, **named))


@pytest.mark.exhaustive
@pytest.mark.parametrize("at_branch", [False, True])
def test_sixteen_prices_for_the_same_days_at_once_make_one(at_branch: bool) -> None:
    wanted = fields(device_model=DeviceModelFactory(), repair_type=RepairTypeFactory())
    wanted |= {"branch": BranchFactory()} if at_branch else {}

    outcomes = race(*[work(create_price, dict(wanted)) for _ in range(16)])

    assert kinds(outcomes) == {"Duplicate": 15, "Price": 1}
    assert Price.objects.count() == 1
    assert Event.objects.filter(type="pricing.price.created").count() == 1


def test_prices_of_the_list_and_of_branches_at_once_do_not_get_in_each_others_way() -> None:
    same = fields(device_model=DeviceModelFactory(), repair_type=RepairTypeFactory())
    places = [None, BranchFactory(), BranchFactory(), BranchFactory()]

    outcomes = race(*[work(create_price, same | {"branch": place}) for place in places * 2])

    assert kinds(outcomes) == {"Duplicate": 4, "Price": 4}
    assert set(Price.objects.values_list("branch", flat=True)) == {place and place.pk for place in places}


def test_a_price_that_is_lengthened_while_another_one_is_made_does_not_meet_it() -> None:
    spring = PriceFactory(valid_from=date(2026, 3, 1), valid_until=date(2026, 5, 31))
    summer = fields(device_model=spring.device_model, repair_type=spring.repair_type)

    outcomes = race(work(update_price, spring.pk, {"valid_until": date(2026, 6, 30)}), work(create_price, dict(summer)))

    assert kinds(outcomes) == {"Duplicate": 1, "Price": 1}
    assert Price.objects.valid_on(date(2026, 6, 15)).count() == 1


def test_a_price_that_eight_replace_at_once_is_replaced_once() -> None:
    old = PriceFactory(valid_from=date(2026, 1, 1))
    new = fields(price=Decimal("109.00"))

    outcomes = race(*[work(replace_price, old.pk, dict(new)) for _ in range(8)])

    assert kinds(outcomes) == {"Conflict": 7, "Price": 1}
    rows = Price.objects.order_by("valid_from").values_list("valid_from", "valid_until")
    assert list(rows) == [(date(2026, 1, 1), date(2026, 5, 31)), (date(2026, 6, 1), None)]


def test_a_price_that_is_replaced_changed_and_followed_at_once_stays_one_line_of_periods() -> None:
    old = PriceFactory(valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31))
    follower = fields(device_model=old.device_model, repair_type=old.repair_type, valid_from=date(2026, 9, 1))

    race(
        work(replace_price, old.pk, fields(price=Decimal("109.00"))),
        work(update_price, old.pk, {"valid_until": date(2026, 8, 31)}),
        work(create_price, dict(follower)),
        work(replace_price, old.pk, fields(price=Decimal("89.00"), valid_from=date(2026, 3, 1))),
    )

    for month in range(1, 13):
        assert Price.objects.valid_on(date(2026, month, 15)).count() <= 1
    assert Price.objects.valid_on(date(2026, 1, 15)).count() == 1


def test_one_request_to_replace_that_is_sent_eight_times_at_once_is_done_once() -> None:
    old, manager = PriceFactory(valid_from=date(2026, 1, 1)), Api(member("admin", None))
    body = {"price": "109.00", "validFrom": "2026-06-01"}
    apis = [Api(manager.user) for _ in range(8)]

    outcomes = race(
        *[partial(api.post, f"pricing/{old.pk}/replace", body, **{"Idempotency-Key": "once"}) for api in apis]
    )

    assert Price.objects.count() == 2
    new = Price.objects.get(valid_from=date(2026, 6, 1))
    answers = {(answer.status_code, (answer.body.get("data") or {}).get("id")) for answer in outcomes}
    assert answers <= {(201, str(new.pk)), (409, None)}
    assert (201, str(new.pk)) in answers


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


def test_database_alone_holds_that_prices_do_not_overlap() -> None:
    model, repair = DeviceModelFactory(), RepairTypeFactory()

    def write(**changes: Any) -> Price:
        with transaction.atomic():
            return Price.objects.create(device_model=model, repair_type=repair, **fields(**changes))

    # Two who insert at once may wait for each other; then PostgreSQL ends one of them, which does it once more.
    outcomes = race(*[lambda: retrying(write)] * 2)
    write(part_quality="aftermarket_economy")
    Price.objects.filter(part_quality="original").update(valid_until=date(2026, 6, 30))
    write(valid_from=date(2026, 7, 1))

    assert kinds(outcomes) == {"IntegrityError": 1, "Price": 1}
    with pytest.raises(IntegrityError, match="pricing_prices_do_not_overlap"):
        write(valid_from=date(2026, 6, 30), valid_until=date(2026, 6, 30))
    assert Price.objects.count() == 3
