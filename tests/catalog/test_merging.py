"""Duplicate models become one: whatever referred to the duplicate, in whichever app, refers to the other one."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from apps.audit.models import Event
from apps.catalog import registry
from apps.catalog.models import DeviceModel
from apps.catalog.rules.merging import FACTS, TooManyAliases, facts_after_merging
from apps.catalog.selectors import device_models_matching, likely_duplicates, references_to, referring_fields
from apps.catalog.services import hold_model, merge_models, move_all_leftovers, move_leftovers
from apps.core.actor import Actor
from apps.core.exceptions import Forbidden
from apps.core.ids import new_id
from apps.inventory.models import Branch, Item
from apps.pricing.models import Price
from apps.repairs.models import Booking, RepairOrder
from apps.repairs.services import edit_order
from tests.catalog.merging import MADE, SYSTEM, make_pair, references
from tests.conftest import Api
from tests.factories import (
    BrandFactory,
    DeviceModelFactory,
    ItemFactory,
    PriceFactory,
    RepairTypeFactory,
    booking,
    order,
)


@pytest.fixture
def pair(db: None) -> tuple[DeviceModel, DeviceModel]:
    """A duplicate and the model that it is."""
    return make_pair()


def test_everything_that_refers_to_a_model_is_moved(pair: tuple[DeviceModel, DeviceModel]) -> None:
    source, target = pair
    for make in MADE.values():
        make(source)

    merge_models(source.pk, target.pk, actor=SYSTEM, reason="the same")

    # A new table with a reference to a model needs its line in MADE, and to be moved.
    assert set(references(target)) == set(MADE)
    kept = {"catalog.modelword"}
    assert {table: number for table, number in references(source).items() if number and table not in kept} == {}
    assert {table for table, number in references(target).items() if number} == set(MADE)
    event = Event.objects.get(type="catalog.devicemodel.merged")
    assert (event.aggregate_id, event.payload["into_id"], event.payload["reason"]) == (
        source.pk, str(target.pk), "the same",
    )  # fmt: skip
    assert {name: number for name, number in event.payload["moved"].items() if number} == {
        "catalog.devicemodel": 1, "catalog.modelnotice": 1, "catalog.typeallocation": 1, "inventory.item": 1,
        "pricing.estimaterecord": 1, "pricing.price": 1, "repairs.booking": 1, "repairs.repairorder": 1,
    }  # fmt: skip


def test_parts_move_tables_that_there_are(db: None) -> None:
    tables = {field.model._meta.label_lower for field in referring_fields()}

    assert {name for part in registry.parts() for name in part.relations} <= tables


def test_merge_is_answered_with_the_model_that_stays(manager: Api, pair: tuple[DeviceModel, DeviceModel]) -> None:
    source, target = pair

    answer = manager.post(f"catalog/device-models/{source.pk}/merge", {"intoId": str(target.pk), "reason": "copy"})
    left = manager.get(f"catalog/device-models/{source.pk}").body["data"]

    data = answer.body["data"]
    assert (answer.status_code, data["id"], data["name"]) == (200, str(target.pk), "Galaxy S21 5G")
    assert (data["modelNumber"], data["releaseYear"], data["launchPrice"]) == ("SM-G9910", 2021, "799.00")
    assert data["aliases"] == ["o1q", "S21", "SM-G991B", "Phantom"]
    assert (left["isActive"], left["mergedIntoId"], left["name"]) == (False, str(target.pk), "S21")
    found = [model for text in ("s21", "phantom", "sm-g991b") for model in device_models_matching(text, SYSTEM, 9)]
    assert found == [target] * 3


REFUSED = {
    "itself": (400, "VALIDATION_ERROR", "invalid"),
    "unknown target": (400, "FOREIGN_KEY_ERROR", "does_not_exist"),
    "unknown source": (404, "NOT_FOUND", None),
    "merged source": (409, "CONFLICT", None),
    "merged target": (400, "VALIDATION_ERROR", "merged"),
    "too many aliases": (400, "VALIDATION_ERROR", "max_length"),
    "no target": (400, "VALIDATION_ERROR", "required"),
    "long reason": (400, "VALIDATION_ERROR", "max_length"),
    "unknown field": (400, "VALIDATION_ERROR", "unknown_field"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_merge_that_makes_no_sense_is_refused(manager: Api, pair: tuple[DeviceModel, DeviceModel], case: str) -> None:
    source, target = pair
    gone = DeviceModelFactory(merged_into=target, is_active=False)
    full = DeviceModelFactory(aliases=[f"alias {n}" for n in range(100)])
    order(device_model=source.pk)
    source_id, body = {
        "itself": (source.pk, {"intoId": str(source.pk)}),
        "unknown target": (source.pk, {"intoId": str(new_id())}),
        "unknown source": (new_id(), {"intoId": str(target.pk)}),
        "merged source": (gone.pk, {"intoId": str(source.pk)}),
        "merged target": (source.pk, {"intoId": str(gone.pk)}),
        "too many aliases": (source.pk, {"intoId": str(full.pk)}),
        "no target": (source.pk, {}),
        "long reason": (source.pk, {"intoId": str(target.pk), "reason": "x" * 201}),
        "unknown field": (source.pk, {"intoId": str(target.pk), "force": True}),
    }[case]
    before = (
        list(DeviceModel.objects.order_by("pk").values()),
        list(RepairOrder.objects.values()),
        Event.objects.count(),
    )

    answer = manager.post(f"catalog/device-models/{source_id}/merge", body)

    status, code, detail = REFUSED[case]
    assert (answer.status_code, answer.body["code"]) == (status, code)
    assert [row["code"] for row in answer.body["details"]] == ([detail] if detail else [])
    after = list(DeviceModel.objects.order_by("pk").values()), list(RepairOrder.objects.values()), Event.objects.count()
    assert after == before


@pytest.mark.parametrize("role", ["technician", "seller", "customer"])
def test_only_who_may_write_the_catalogue_merges(
    request: pytest.FixtureRequest, pair: tuple[DeviceModel, DeviceModel], role: str
) -> None:
    source, target = pair
    api: Api = request.getfixturevalue(role)

    answer = api.post(f"catalog/device-models/{source.pk}/merge", {"intoId": str(target.pk)})

    assert (answer.status_code, answer.body["code"]) == (403, "FORBIDDEN")
    with pytest.raises(Forbidden):
        merge_models(source.pk, target.pk, actor=Actor.user(api.user))
    assert DeviceModel.objects.filter(merged_into=None).count() == 2


def test_a_merged_model_stays_as_it_is(manager: Api, pair: tuple[DeviceModel, DeviceModel]) -> None:
    source, target = pair
    merge_models(source.pk, target.pk, actor=SYSTEM)
    path = f"catalog/device-models/{source.pk}"
    before = DeviceModel.objects.filter(pk=source.pk).values().get()

    answers = [
        manager.patch(path, {"isActive": True}),
        manager.put(path, {"name": "S22", "brandId": str(source.brand_id)}),
        manager.delete(path),
        manager.delete(f"catalog/device-models/{target.pk}"),
    ]

    assert [(answer.status_code, answer.body["code"]) for answer in answers] == [(409, "CONFLICT")] * 3 + [
        (409, "IN_USE")
    ]
    assert DeviceModel.objects.filter(pk=source.pk).values().get() == before


def test_models_merged_one_after_the_other_all_lead_to_the_last(pair: tuple[DeviceModel, DeviceModel]) -> None:
    source, target = pair
    last = DeviceModelFactory(brand=source.brand, name="S21 (SM-G991)")

    merge_models(source.pk, target.pk, actor=SYSTEM)
    merge_models(target.pk, last.pk, actor=SYSTEM)

    assert set(DeviceModel.objects.exclude(pk=last.pk).values_list("merged_into", flat=True)) == {last.pk}
    assert hold_model(source.pk) == last.pk
    assert [model.pk for model in device_models_matching("phantom", SYSTEM, 9)] == [last.pk]


def test_items_fit_the_model_that_stays_once_and_are_found_by_it(pair: tuple[DeviceModel, DeviceModel]) -> None:
    source, target = pair
    one, both = ItemFactory(), ItemFactory()
    one.compatible_models.add(source)
    both.compatible_models.set([source, target])
    before = Item.objects.get(pk=one.pk).updated_at

    merge_models(source.pk, target.pk, actor=SYSTEM)

    assert list(one.compatible_models.all()) == list(both.compatible_models.all()) == [target]
    assert set(Item.objects.found_by("galaxy")) == {one, both}
    assert Item.objects.get(pk=one.pk).updated_at > before


# Facts.


names = st.text("ab1- ", max_size=4)
models = st.fixed_dictionaries(
    {"name": names, "aliases": st.lists(names, max_size=60)}
    | {fact: st.none() | st.integers(1, 3) for fact in FACTS if fact != "model_number"}
    | {"model_number": names}
)


@pytest.mark.exhaustive
@given(models, models)
def test_facts_are_filled_and_never_replaced(source: dict[str, Any], target: dict[str, Any]) -> None:
    try:
        changed = facts_after_merging(source, target)
    except TooManyAliases:
        assert len(source["aliases"]) + len(target["aliases"]) > 97
        return

    assert all(target[name] in {None, ""} for name in changed if name != "aliases")
    aliases = changed.get("aliases", target["aliases"])
    assert aliases[: len(target["aliases"])] == target["aliases"]
    assert facts_after_merging(source, {**target, **changed}) == {}


# Coming again.


@pytest.mark.django_db
def test_a_device_list_that_names_the_duplicate_leads_to_where_it_went(tmp_path: Any) -> None:
    path = tmp_path / "devices.csv"
    path.write_text(
        "device_key,brand,model,model_number\n"
        "samsung|s21,Samsung,S21,SM-G991B\nsamsung|s215g,Samsung,Galaxy S21 5G,SM-G9910\n"
    )
    call_command("import_devices", str(path), verbosity=0)
    source, target = (DeviceModel.objects.get(import_key=key) for key in ("samsung|s21", "samsung|s215g"))
    merge_models(source.pk, target.pk, actor=SYSTEM)
    before = list(DeviceModel.objects.order_by("pk").values())

    call_command("import_devices", str(path), verbosity=0)
    path.write_text("device_key,brand,model,model_number\nsamsung|s21,Samsung,S21,SM-G991B|SM-G991U\n,,,\n")
    call_command("import_devices", str(path), verbosity=0)

    after = list(DeviceModel.objects.order_by("pk").values())
    assert [row["merged_into_id"] for row in after] == [row["merged_into_id"] for row in before]
    assert DeviceModel.objects.get(pk=source.pk).is_active is False
    assert DeviceModel.objects.get(pk=target.pk).aliases == ["S21", "SM-G991B", "SM-G991U"]
    assert DeviceModel.objects.get(pk=target.pk).import_key == "samsung|s215g"


def test_work_for_the_duplicate_is_taken_for_where_it_went(
    manager: Api, branch: Branch, pair: tuple[DeviceModel, DeviceModel]
) -> None:
    source, target = pair
    taken = order(branch)
    merge_models(source.pk, target.pk, actor=SYSTEM)

    new = order(branch, device_model=source.pk)
    edit_order(taken.pk, {"device_model_id": source.pk}, actor=SYSTEM)
    booked = booking(branch, device_model_id=source.pk)
    body = {"deviceModelId": str(source.pk), "repairTypeId": str(RepairTypeFactory().pk), "price": "9.00"}
    priced = manager.post("pricing", body).body["data"]

    assert {RepairOrder.objects.get(pk=one.pk).device_model_id for one in (new, taken)} == {target.pk}
    assert Booking.objects.get(pk=booked.pk).device_model_id == target.pk
    assert priced["deviceModelId"] == str(target.pk)


def test_what_still_refers_to_a_merged_model_follows_it(pair: tuple[DeviceModel, DeviceModel]) -> None:
    source, target = pair
    merge_models(source.pk, target.pk, actor=SYSTEM)
    left = order()
    RepairOrder.objects.filter(pk=left.pk).update(device_model=source)
    PriceFactory(device_model=source)

    moved = move_all_leftovers(actor=SYSTEM)

    assert moved == 2
    assert (RepairOrder.objects.get(pk=left.pk).device_model_id, Price.objects.get().device_model_id) == (
        target.pk,
    ) * 2
    told = Event.objects.get(type="catalog.devicemodel.leftovers_moved")
    assert told.payload["moved"] == {"repairs.repairorder": 1, "pricing.price": 1}
    assert move_leftovers(source.pk, actor=SYSTEM) == move_leftovers(target.pk, actor=SYSTEM) == {}


# Proposals.


def test_likely_duplicates_share_a_name_or_a_number_within_a_brand(db: None) -> None:
    apple, other = BrandFactory(name="Apple"), BrandFactory(name="Other")
    one, two = DeviceModelFactory(brand=apple, name="iPhone X"), DeviceModelFactory(brand=apple, name="iPhoneX")
    three = DeviceModelFactory(brand=apple, name="iPhone 9", aliases=["A1901"])
    four = DeviceModelFactory(brand=apple, name="iPhone 99", model_number="A1901")
    DeviceModelFactory(brand=other, name="iPhone X", aliases=["A1901"])
    DeviceModelFactory(brand=apple, name="IPHONE-X", is_active=False)

    found = likely_duplicates(10)

    assert [(group.models, group.shared) for group in found] == [
        ((three, four), ("a1901",)),
        ((one, two), ("iphonex",)),
    ]
    assert likely_duplicates(1, 1) == found[1:]
    assert references_to([one.pk])["prices"] == references_to([one.pk])["items"] == {}
