"""Notices: what the counter has to know of a model, and customers never read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from apps.audit.models import Event
from apps.catalog.models import DeviceModel, ModelNotice
from apps.catalog.selectors import notices_for
from apps.core.ids import new_id
from tests.conftest import Api
from tests.factories import DeviceModelFactory, RepairTypeFactory

DAY = date(2026, 5, 10)


@pytest.fixture
def model(db: None) -> DeviceModel:
    made: DeviceModel = DeviceModelFactory()
    return made


def notice(model: DeviceModel, text: str, **fields: Any) -> ModelNotice:
    about = {} if "brand" in fields else {"device_model": model}
    return ModelNotice.objects.create(**{**about, "text": text, "valid_from": date(2026, 1, 1), **fields})


def test_notice_is_made_read_changed_and_deleted(manager: Api, model: DeviceModel) -> None:
    body = {
        "deviceModelId": str(model.pk),
        "text": "Battery is glued in.",
        "level": "warning",
        "validFrom": "2026-01-01",
    }

    made = manager.post("catalog/notices", body)
    path = f"catalog/notices/{made.body['data']['id']}"
    changed = manager.patch(path, {"validUntil": "2026-12-31", "isActive": False})
    gone = manager.delete(path)

    data = made.body["data"]
    assert {name: data[name] for name in data if name not in {"id", "createdAt", "updatedAt"}} == {
        **body, "brandId": None, "repairTypeId": None, "validUntil": None, "isActive": True,
    }  # fmt: skip
    assert (changed.body["data"]["validUntil"], changed.body["data"]["isActive"]) == ("2026-12-31", False)
    assert [answer.status_code for answer in (made, changed, gone, manager.get(path))] == [201, 200, 204, 404]
    told = Event.objects.filter(aggregate="catalog.modelnotice").order_by("created_at", "id")
    assert [event.type.rpartition(".")[2] for event in told] == ["created", "updated", "deleted"]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"deviceModelId": None}, "deviceModelId", "required"),
        ({"brandId": "brand"}, "brandId", "invalid"),
        ({"validFrom": "2026-02-01", "validUntil": "2026-01-31"}, "validUntil", "invalid"),
        ({"text": ""}, "text", "blank"),
        ({"text": "x" * 1001}, "text", "max_length"),
        ({"level": "loud"}, "level", "invalid_choice"),
        ({"validFrom": "soon"}, "validFrom", "invalid"),
        ({"isActive": None}, "isActive", "null"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_notice_that_is_none_is_refused(
    manager: Api, model: DeviceModel, body: dict[str, Any], field: str, code: str
) -> None:
    if body.get("brandId") == "brand":
        body = {"brandId": str(model.brand_id)}

    answer = manager.post("catalog/notices", {"deviceModelId": str(model.pk), "text": "N", **body})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [(field, code)]
    assert not ModelNotice.objects.exists()


def test_changing_half_of_a_notice_is_checked_with_the_other_half(manager: Api, model: DeviceModel) -> None:
    made = notice(model, "N")

    answers = [
        manager.patch(f"catalog/notices/{made.pk}", {"validUntil": "2025-12-31"}),
        manager.patch(f"catalog/notices/{made.pk}", {"brandId": str(model.brand_id)}),
        manager.patch(f"catalog/notices/{made.pk}", {"deviceModelId": None}),
        manager.patch(f"catalog/notices/{made.pk}", {"deviceModelId": str(new_id())}),
    ]

    assert [answer.body["code"] for answer in answers] == ["VALIDATION_ERROR"] * 3 + ["FOREIGN_KEY_ERROR"]
    made.refresh_from_db()
    assert (made.valid_until, made.brand, made.device_model) == (None, None, model)


def test_list_is_filtered_by_model_with_its_brand_and_by_the_day(seller: Api, model: DeviceModel) -> None:
    notice(model, "of the model")
    notice(model, "of the brand", brand=model.brand)
    notice(model, "over", valid_until=date(2026, 5, 9))
    notice(model, "to come", valid_from=date(2026, 5, 11))
    notice(model, "off", is_active=False)
    notice(DeviceModelFactory(), "of another")

    def texts(query: str) -> set[str]:
        return {row["text"] for row in seller.get(f"catalog/notices?{query}").body["data"]["items"]}

    assert texts(f"deviceModelId={model.pk}&shownOn=2026-05-10") == {"of the model", "of the brand"}
    assert texts(f"deviceModelId={model.pk}") == {"of the model", "of the brand", "over", "to come", "off"}
    assert texts(f"brandId={model.brand_id}") == {"of the brand"}
    assert texts("isActive=false") == {"off"}
    assert texts(f"deviceModelId={new_id()}") == set()


def test_notices_for_the_counter_are_those_of_the_day_and_the_work_the_loudest_first(model: DeviceModel) -> None:
    screen, battery = RepairTypeFactory(), RepairTypeFactory()
    notice(model, "note")
    notice(model, "brand", brand=model.brand, level="warning")
    notice(model, "screen", repair_type=screen)
    notice(model, "battery", repair_type=battery, level="warning")
    notice(model, "over", valid_until=date(2026, 5, 9))
    notice(model, "last day", valid_until=DAY)

    plain = [one.text for one in notices_for(model.pk, DAY)]
    with_work = [one.text for one in notices_for(model.pk, DAY, [battery.pk])]

    assert plain == ["brand", "last day", "note"]
    assert with_work == ["battery", "brand", "last day", "note"]


def test_customers_neither_read_nor_guess_notices(customer: Api, model: DeviceModel) -> None:
    made = notice(model, "ask for cash")

    answers = [customer.get("catalog/notices"), customer.get(f"catalog/notices/{made.pk}")]
    detail = customer.get(f"catalog/device-models/{model.pk}")

    assert [(answer.status_code, answer.body["code"]) for answer in answers] == [(403, "FORBIDDEN")] * 2
    assert "cash" not in str(detail.body)
