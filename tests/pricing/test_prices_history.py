"""Who changed a price, why, and from what to what; and whose word a price is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.audit.models import Event
from apps.core.ids import new_id
from apps.pricing.enums import PriceSource
from apps.pricing.models import Price
from apps.pricing.services import create_price, update_price
from tests.conftest import Api
from tests.factories import DeviceModelFactory, PriceFactory, RepairTypeFactory
from tests.factories.shop import SYSTEM


def history(api: Api, price_id: Any) -> list[tuple[str, str | None, str]]:
    rows = api.get(f"pricing/{price_id}/history").body["data"]["items"]
    return [(row["type"].rpartition(".")[2], row["payload"].get("reason"), row["actor"]["name"]) for row in rows]


def test_history_tells_why(manager: Api) -> None:
    body = {
        "deviceModelId": str(DeviceModelFactory().pk),
        "repairTypeId": str(RepairTypeFactory().pk),
        "price": "99.00",
    }

    made = manager.post("pricing", body | {"reason": "opening"}).body["data"]
    manager.patch(f"pricing/{made['id']}", {"price": "89.00", "reason": "rival is cheaper"})
    manager.patch(f"pricing/{made['id']}", {"price": "95.00"})
    rows = manager.get(f"pricing/{made['id']}/history").body["data"]["items"]

    assert "reason" not in made
    assert [row["payload"].get("reason") for row in rows] == ["opening", "rival is cheaper", None]
    assert [row["payload"]["changes"]["price"] for row in rows] == [
        [None, "99.00"],
        ["99.00", "89.00"],
        ["89.00", "95.00"],
    ]
    assert {row["actor"]["id"] for row in rows} == {str(manager.user.pk)}


def test_history_of_a_price_that_is_gone_is_for_who_sets_prices(manager: Api, seller: Api) -> None:
    price = PriceFactory()
    name = manager.user.get_full_name()

    gone = manager.delete(f"pricing/{price.pk}?reason=sold%20out")

    assert gone.status_code == 204
    assert history(manager, price.pk) == [("deleted", "sold out", name)]
    for api, pk in ((seller, price.pk), (manager, new_id())):
        answer = api.get(f"pricing/{pk}/history")
        assert (answer.status_code, answer.body["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [("reason=" + "x" * 201, "reason", "max_length"), ("why=x", "why", "unknown_parameter")],
)
def test_price_is_not_deleted_for_a_reason_that_cannot_be_kept(manager: Api, query: str, field: str, code: str) -> None:
    price = PriceFactory()

    answer = manager.delete(f"pricing/{price.pk}?{query}")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [(field, code)]
    assert Price.objects.filter(pk=price.pk).exists()


def test_reason_longer_than_two_hundred_characters_is_refused(manager: Api) -> None:
    price = PriceFactory()

    answer = manager.patch(f"pricing/{price.pk}", {"price": "1.00", "reason": "x" * 201})

    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [("reason", "max_length")]
    assert Price.objects.get().price == Decimal("99.00")
    assert not Event.objects.filter(type__startswith="pricing.price.").exists()


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"price": "89.00"}, "person"),
        ({"price": "99.00"}, "person"),  # who writes the same amount confirms it
        ({"cost": "20.00"}, "person"),
        ({"notes": "call first"}, "import"),
        ({"validUntil": None}, "import"),
    ],
)
def test_price_is_the_word_of_who_wrote_an_amount_of_it(manager: Api, fields: dict[str, Any], source: str) -> None:
    price = PriceFactory(source=PriceSource.IMPORT, price=Decimal("99.00"))

    data = manager.patch(f"pricing/{price.pk}", fields).body["data"]

    assert data["source"] == source


def test_what_somebody_sets_is_no_estimate_any_more(manager: Api) -> None:
    price = PriceFactory(source=PriceSource.ESTIMATE, is_estimated=True, confidence_score=Decimal("0.7"))
    typed = PriceFactory(is_estimated=True, confidence_score=Decimal("0.7"))

    answers = [manager.patch(f"pricing/{one.pk}", {"price": "89.00"}).body["data"] for one in (price, typed)]

    assert [(row["isEstimated"], row["confidenceScore"]) for row in answers] == [(False, None), (True, 0.7)]


@pytest.mark.django_db
def test_services_say_themselves_where_an_amount_comes_from() -> None:
    fields = {"device_model": DeviceModelFactory(), "repair_type": RepairTypeFactory(), "price": Decimal("9.00")}

    made = create_price(fields, actor=SYSTEM, source=PriceSource.IMPORT)
    changed = update_price(made.pk, {"cost": Decimal("3.00")}, actor=SYSTEM, source=PriceSource.RULE)

    assert (made.source, changed.source) == ("import", "rule")


def test_source_cannot_be_written(manager: Api) -> None:
    price = PriceFactory(source=PriceSource.IMPORT)

    answer = manager.patch(f"pricing/{price.pk}", {"source": "person"})

    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [("source", "read_only")]
    assert Price.objects.get().source == "import"
