"""The catalogue in the back office: models found as they are written, merged, and warned of."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.catalog.models import DeviceModel, ModelNotice, TypeAllocation
from apps.repairs.models import RepairOrder
from tests.admin.office import Office, address, events, text
from tests.factories import BrandFactory, DeviceModelFactory, PriceFactory, order

DUPLICATES = "admin:catalog_devicemodel_duplicates_page"


@pytest.fixture
def pair(db: None) -> tuple[DeviceModel, DeviceModel]:
    brand = BrandFactory(name="Apple")
    return (
        DeviceModelFactory(brand=brand, name="iPhoneX", model_number="A1901"),
        DeviceModelFactory(brand=brand, name="iPhone X", model_number="A1865"),
    )


def listed(office: Office, **params: Any) -> list[str]:
    return [model.name for model in office.list(DeviceModel, **params).context["cl"].result_list]


def offered(office: Office, term: str) -> list[str]:
    asked = {"app_label": "catalog", "model_name": "modelnotice", "field_name": "device_model", "term": term}
    return [row["text"] for row in office.get(reverse("admin:autocomplete"), **asked).json()["results"]]


@pytest.mark.exhaustive
def test_models_are_listed_and_offered_the_best_first(chief: Office) -> None:
    brand = BrandFactory(name="Apple")
    for name in ("iPhone 13 Pro Max", "iPhone 13", "iPhone 13 Pro"):
        DeviceModelFactory(brand=brand, name=name)
    DeviceModelFactory(brand=brand, name="iPhone 13 mini", is_active=False)

    assert listed(chief, q="iphone 13") == ["iPhone 13", "iPhone 13 Pro", "iPhone 13 Pro Max", "iPhone 13 mini"]
    assert listed(chief, q="iphone 13", o="-1") == sorted(listed(chief, q="iphone 13"), reverse=True)
    assert listed(chief, q="zeppelin") == []
    assert offered(chief, "apple iphone13")[0] == "Apple iPhone 13"


def test_merging_shows_what_refers_to_each_and_keeps_the_chosen_one(
    chief: Office, pair: tuple[DeviceModel, DeviceModel]
) -> None:
    source, target = pair
    taken = order(device_model=source.pk)
    PriceFactory(device_model=target)

    chosen = chief.act("merge", source, target)
    preview = text(chief.get(chosen.url))
    answer = chief.page("merge_page", source, target, into=str(target.pk), reason="typed twice")

    assert "What refers to them" in preview
    assert "Repair orders" in preview
    assert chief.messages(answer) == ["1 merged into the one that stays."]
    assert RepairOrder.objects.get(pk=taken.pk).device_model_id == target.pk
    assert [event.payload["reason"] for event in events("catalog.devicemodel.merged")] == ["typed twice"]


def test_a_merge_that_is_refused_is_said(chief: Office, pair: tuple[DeviceModel, DeviceModel]) -> None:
    source, target = pair
    DeviceModel.objects.filter(pk=target.pk).update(aliases=[f"alias {n}" for n in range(100)])

    refused = chief.messages(chief.page("merge_page", source, target, into=str(target.pk)))

    assert "a model takes 100" in refused[0]
    assert not DeviceModel.objects.exclude(merged_into=None).exists()
    assert chief.messages(chief.act("merge", source)) == ["Choose the models that are one and the same."]


@pytest.mark.exhaustive
def test_a_merged_model_is_shown_and_leads_on_and_cannot_be_changed(
    chief: Office, pair: tuple[DeviceModel, DeviceModel]
) -> None:
    source, target = pair
    chief.page("merge_page", source, target, into=str(target.pk))

    page = text(chief.open(source))
    changed = chief.post(address(source, "change", source.pk), name="Other")
    chief.act("activate", source)

    assert address(target, "change", target.pk) in page
    assert changed.status_code == 403
    source.refresh_from_db()
    assert (source.name, source.is_active) == ("iPhoneX", False)
    assert listed(chief, merged="yes") == ["iPhoneX"]
    assert listed(chief, merged="no") == ["iPhone X"]
    assert offered(chief, "iphonex") == ["Apple iPhone X"]


@pytest.mark.exhaustive
def test_likely_duplicates_are_proposed(chief: Office, pair: tuple[DeviceModel, DeviceModel]) -> None:
    DeviceModelFactory(brand=pair[0].brand, name="iPhone 8")

    page = text(chief.get(reverse(DUPLICATES)))
    with CaptureQueriesContext(connection) as few:
        chief.get(reverse(DUPLICATES))
    for number in range(4):
        for name in (f"Pad {number}", f"Pad-{number}"):
            DeviceModelFactory(brand=pair[0].brand, name=name)
    with CaptureQueriesContext(connection) as many:
        chief.get(reverse(DUPLICATES), p="1")

    assert "iphonex" in page
    assert all(str(model.pk) in page for model in pair)
    assert "iPhone 8" not in page
    assert len(few) == len(many)
    assert "None are known" in text(chief.get(reverse(DUPLICATES), p="99"))
    assert reverse(DUPLICATES) in text(chief.list(DeviceModel))


@pytest.mark.exhaustive
def test_notices_are_written_and_shown_with_their_model(chief: Office, pair: tuple[DeviceModel, DeviceModel]) -> None:
    source, target = pair

    both = chief.add(ModelNotice, device_model=source.pk, brand=source.brand.pk, text="N", level="note")
    none = chief.add(ModelNotice, text="N", level="note")
    made = chief.add(ModelNotice, device_model=source.pk, text="Mind the glue.", level="warning")

    assert "not both" in text(both)
    assert "which model or which brand" in text(none)
    assert made.status_code == 302
    assert "Mind the glue." in text(chief.open(source))
    assert "Mind the glue." not in text(chief.open(target))
    assert chief.shown(ModelNotice, q="iphonex") == chief.shown(ModelNotice, q="glue") == {ModelNotice.objects.get().pk}
    assert len(events("catalog.modelnotice.created")) == 1


@pytest.mark.exhaustive
def test_types_of_phones_are_found_and_led_to_a_model(chief: Office, pair: tuple[DeviceModel, DeviceModel]) -> None:
    source, _ = pair
    known = TypeAllocation.objects.create(tac="35673908", brand="Apple", name="iPhone X", device_model=source)
    other = TypeAllocation.objects.create(tac="01000001", brand="Nokia", name="3310", also_known_as="NHM-5")

    saved = chief.save(other, device_model=source.pk)

    assert chief.shown(TypeAllocation, q="35-673908-123456-1") == {known.pk}
    assert chief.shown(TypeAllocation, q="nokia 3310") == chief.shown(TypeAllocation, q="nhm-5") == {other.pk}
    assert saved.status_code == 302
    assert chief.shown(TypeAllocation, linked="yes") == {known.pk, other.pk}
    assert chief.shown(TypeAllocation, linked="no") == set()
    assert len(events("catalog.typeallocation.updated")) == 1
