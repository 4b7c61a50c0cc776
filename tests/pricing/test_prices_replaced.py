"""A price ends and another one takes its place, in one step."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from apps.audit.models import Event
from apps.inventory.models import Branch
from apps.pricing.models import Price
from tests.conftest import Api
from tests.factories import PartTypeFactory, PriceFactory

JULY = {"price": "109.00", "validFrom": "2026-07-01"}


@pytest.fixture
def price(db: None) -> Price:
    made: Price = PriceFactory(
        valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31), part_type=PartTypeFactory(), cost=Decimal("40.00"),
        part_quality="aftermarket_premium", notes="old supplier", source="import",
    )  # fmt: skip
    return made


def replace(api: Api, price: Price, **headers: str) -> Any:
    return api.post(f"pricing/{price.pk}/replace", JULY | {"reason": "dearer parts"}, **headers)


def periods() -> list[tuple[str, date, date | None]]:
    rows = Price.objects.order_by("valid_from").values_list("price", "valid_from", "valid_until")
    return [(str(amount), first, last) for amount, first, last in rows]


def test_replaced_price_ends_the_day_before_the_new_one_begins(manager: Api, price: Price) -> None:
    answer = replace(manager, price)

    assert answer.status_code == 201
    data = answer.body["data"]
    old = manager.get(f"pricing/{price.pk}").body["data"]
    assert (old["price"], old["validFrom"], old["validUntil"]) == ("99.00", "2026-01-01", "2026-06-30")
    assert (data["price"], data["validFrom"], data["validUntil"]) == ("109.00", "2026-07-01", "2026-12-31")
    same = ("deviceModelId", "repairTypeId", "partTypeId", "partQuality", "branchId", "currency", "cost")
    assert [data[name] for name in same] == [old[name] for name in same]
    assert (data["cost"], data["margin"], data["source"], data["notes"]) == ("40.00", "69.00", "person", "")
    assert answer.headers["ETag"] == manager.get(f"pricing/{data['id']}").headers["ETag"]


def test_replacing_tells_why_in_both_histories(manager: Api, price: Price) -> None:
    new = replace(manager, price).body["data"]

    told = Event.objects.filter(type__startswith="pricing.price.").order_by("id")
    assert [(event.type, event.aggregate_id, event.payload["reason"]) for event in told] == [
        ("pricing.price.updated", price.pk, "dearer parts"),
        ("pricing.price.created", Price.objects.get(pk=new["id"]).pk, "dearer parts"),
    ]
    assert told[0].payload["changes"] == {"valid_until": ["2026-12-31", "2026-06-30"]}


def test_replacement_may_have_a_cost_and_an_end_of_its_own(manager: Api, price: Price) -> None:
    body = JULY | {"cost": "50.00", "validUntil": None, "notes": "new supplier"}

    data = manager.post(f"pricing/{price.pk}/replace", body).body["data"]

    assert (data["cost"], data["validUntil"], data["notes"]) == ("50.00", None, "new supplier")


@time_machine.travel(datetime(2026, 6, 15, 23, 30, tzinfo=UTC), tick=False)
def test_price_is_replaced_from_today_where_the_branch_is(manager: Api, branch: Branch, price: Price) -> None:
    Branch.objects.update(timezone="Asia/Tokyo")  # where it is the next morning

    data = Api(manager.user).post(f"pricing/{price.pk}/replace", {"price": "109.00"}).body["data"]

    assert data["validFrom"] == "2026-06-16"
    assert Price.objects.get(pk=price.pk).valid_until == date(2026, 6, 15)


@pytest.mark.parametrize(
    ("day", "status", "code", "words"),
    [
        ("2026-01-01", 400, "VALIDATION_ERROR", "This price begins on 2026-01-01: change it, or replace it"),
        ("2025-12-31", 400, "VALIDATION_ERROR", "This price begins on 2026-01-01: change it, or replace it"),
        ("2027-01-01", 409, "CONFLICT", "This price ends on 2026-12-31: there is nothing to replace from 2027-01-01."),
    ],
)  # fmt: skip
def test_price_is_replaced_only_while_it_is_valid(
    manager: Api, price: Price, day: str, status: int, code: str, words: str
) -> None:
    before = periods()

    answer = manager.post(f"pricing/{price.pk}/replace", JULY | {"validFrom": day})

    assert (answer.status_code, answer.body["code"]) == (status, code)
    assert words in answer.body["error"]
    assert periods() == before
    assert not Event.objects.filter(type__startswith="pricing.price.").exists()


def test_price_is_replaced_once_however_often_it_is_sent(manager: Api, price: Price) -> None:
    first, replayed = (replace(manager, price, **{"Idempotency-Key": "k"}) for _ in range(2))
    again = replace(manager, price)

    assert (first.status_code, replayed.status_code) == (201, 201)
    assert replayed.body["data"] == first.body["data"]
    assert (again.status_code, again.body["code"]) == (409, "CONFLICT")
    assert len(periods()) == 2


def test_replacement_into_the_days_of_a_third_price_changes_nothing(manager: Api, price: Price) -> None:
    PriceFactory(
        device_model=price.device_model, repair_type=price.repair_type, part_type=price.part_type,
        part_quality=price.part_quality, valid_from=date(2027, 1, 1),
    )  # fmt: skip
    before = periods()

    answer = manager.post(f"pricing/{price.pk}/replace", JULY | {"validUntil": None})

    assert (answer.status_code, answer.body["code"]) == (409, "DUPLICATE_ERROR")
    assert periods() == before


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"price": "0"}, "price", "min_value"),
        ({"price": "1.005"}, "price", "invalid"),
        ({"cost": "-1"}, "cost", "min_value"),
        ({"validUntil": "2026-06-30"}, "validUntil", "invalid"),
        ({"reason": "x" * 201}, "reason", "max_length"),
        ({"partQuality": "original"}, "partQuality", "unknown_field"),
    ],
)
def test_replacement_that_is_no_price_is_refused(
    manager: Api, price: Price, body: dict[str, Any], field: str, code: str
) -> None:
    before = periods()

    answer = manager.post(f"pricing/{price.pk}/replace", JULY | body)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [(field, code)]
    assert periods() == before


def test_price_that_has_changed_meanwhile_is_not_replaced(manager: Api, price: Price) -> None:
    tag = manager.get(f"pricing/{price.pk}").headers["ETag"]
    manager.patch(f"pricing/{price.pk}", {"notes": "call first"})

    answer = replace(manager, price, **{"If-Match": tag})

    assert (answer.status_code, answer.body["code"]) == (412, "PRECONDITION_FAILED")
    assert len(periods()) == 1
