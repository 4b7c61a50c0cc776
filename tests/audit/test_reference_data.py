"""Every write to reference data over HTTP is an event with what was and what is."""

from __future__ import annotations

from typing import Any

import pytest

from apps.audit.models import Event
from apps.catalog.models import Brand
from tests.conftest import Api
from tests.factories import BrandFactory, DeviceModelFactory, RepairTypeFactory, order

# path, what is created, what is changed; then the name in the log, the column, its value before and after.
WRITES = [
    ("catalog/brands", {"name": "Nokia"}, {"name": "HMD"}, "catalog.brand", "name", "Nokia", "HMD"),
    ("catalog/device-models", {"name": "3310", "brandId": "?"}, {"releaseYear": 2000}, "catalog.devicemodel",
     "release_year", None, 2000),
    ("catalog/repair-types", {"name": "Screen"}, {"isActive": False}, "catalog.repairtype", "is_active", True, False),
    ("catalog/part-types", {"name": "Display", "warrantyMonths": 6}, {"warrantyMonths": 12}, "catalog.parttype",
     "warranty_months", 6, 12),
    ("inventory/branches", {"name": "Harbour", "code": "HAR"}, {"city": "Hamburg"}, "inventory.branch", "city", "",
     "Hamburg"),
    ("inventory/categories", {"name": "Parts"}, {"description": "small"}, "inventory.category", "description", "",
     "small"),
    ("inventory/items", {"sku": "A-1", "name": "Screw", "unitPrice": "1.50"}, {"unitPrice": "1.75"}, "inventory.item",
     "unit_price", "1.50", "1.75"),
    ("pricing", {"deviceModelId": "?", "repairTypeId": "?", "price": "99.00"}, {"price": "89.00"}, "pricing.price",
     "price", "99.00", "89.00"),
]  # fmt: skip
pytestmark = pytest.mark.django_db


def _filled(body: dict[str, Any]) -> dict[str, Any]:
    made = {"brandId": BrandFactory, "deviceModelId": DeviceModelFactory, "repairTypeId": RepairTypeFactory}
    return {name: str(made[name]().pk) if value == "?" else value for name, value in body.items()}


def _told(pk: str) -> list[tuple[str, dict[str, Any]]]:
    events = Event.objects.filter(aggregate_id=pk).order_by("created_at", "id")
    return [(event.type, event.payload) for event in events]


@pytest.mark.parametrize(("path", "body", "patch", "label", "column", "before", "after"), WRITES)
def test_a_write_becomes_an_event_with_before_and_after(
    admin: Api, path: str, body: dict[str, Any], patch: dict[str, Any], label: str, column: str, before: Any, after: Any
) -> None:
    created = admin.post(path, _filled(body))
    pk = created.body["data"]["id"]
    changed = admin.patch(f"{path}/{pk}", patch)
    removed = admin.delete(f"{path}/{pk}")

    assert (created.status_code, changed.status_code, removed.status_code) == (201, 200, 204)
    (made, first), (update, difference), (end, last) = _told(pk)
    assert (made, update, end) == (f"{label}.created", f"{label}.updated", f"{label}.deleted")
    assert first["changes"][column] == [None, before]
    assert difference == {"changes": {column: [before, after]}}
    assert last["changes"][column] == [after, None]
    assert first["changes"].keys() == last["changes"].keys()


def test_the_event_names_the_caller_and_the_request(manager: Api) -> None:
    answer = manager.post("catalog/brands", {"name": "Nokia"}, X_Request_ID="till-7:42")

    event = Event.objects.get(aggregate_id=answer.body["data"]["id"])
    assert (event.actor_kind, event.actor_id) == ("user", manager.user.pk)
    assert (event.actor_label, event.address) == (manager.user.get_full_name(), "127.0.0.1")
    assert event.request_id == "till-7:42"


def test_a_refused_write_is_no_event(manager: Api, seller: Api) -> None:
    brand = BrandFactory(name="Nokia")
    before = Event.objects.count()

    answers = [
        seller.post("catalog/brands", {"name": "HMD"}),
        manager.post("catalog/brands", {"name": "nokia"}),
        manager.patch(f"catalog/brands/{brand.pk}", {"name": ""}),
        manager.patch(f"catalog/brands/{brand.pk}", {"name": "HMD"}, If_Match='"old"'),
        manager.patch(f"catalog/brands/{brand.pk}", {"name": "Nokia"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 409, 400, 412, 200]
    assert Event.objects.count() == before
    assert list(Brand.objects.values_list("name", flat=True)) == ["Nokia"]


def test_a_record_in_use_is_not_deleted_and_no_event_says_so(admin: Api) -> None:
    model = order().device_model
    before = Event.objects.count()

    answer = admin.delete(f"catalog/device-models/{model.pk}")

    assert (answer.status_code, answer.body["code"]) == (409, "IN_USE")
    assert Event.objects.count() == before
    assert type(model).objects.filter(pk=model.pk).exists()


def test_a_changed_relation_is_told_by_the_ids_on_the_other_side(admin: Api) -> None:
    first, second = sorted(DeviceModelFactory.create_batch(2), key=lambda model: str(model.pk))
    item = admin.post("inventory/items", {"sku": "A-1", "name": "Screw", "compatibleModelIds": [str(first.pk)]})
    pk = item.body["data"]["id"]

    admin.patch(f"inventory/items/{pk}", {"compatibleModelIds": [str(second.pk), str(first.pk)]})

    ids = [str(first.pk), str(second.pk)]
    assert _told(pk)[0][1]["changes"]["compatible_models"] == [None, ids[:1]]
    assert _told(pk)[1][1] == {"changes": {"compatible_models": [ids[:1], ids]}}


def test_the_history_of_a_price_lists_its_events_oldest_first(manager: Api, customer: Api) -> None:
    pk = manager.post("pricing", _filled(WRITES[-1][1])).body["data"]["id"]
    manager.patch(f"pricing/{pk}", {"price": "89.00"})

    answer = manager.get(f"pricing/{pk}/history")
    refused = customer.get(f"pricing/{pk}/history")

    items = answer.body["data"]["items"]
    assert [item["type"] for item in items] == ["pricing.price.created", "pricing.price.updated"]
    assert items[1]["payload"] == {"changes": {"price": ["99.00", "89.00"]}}
    assert items[1].keys() == {"id", "type", "payload", "actor", "createdAt", "updatedAt"}
    person = {"kind": "user", "id": str(manager.user.pk), "name": manager.user.get_full_name()}
    assert items[1]["actor"] == person
    assert (refused.status_code, refused.body["code"]) == (403, "FORBIDDEN")
