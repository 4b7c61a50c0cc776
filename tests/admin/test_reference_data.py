"""Reference data is saved by its forms, and every write is an event."""

from typing import Any

import pytest
from django.db.models import Model
from django.test import RequestFactory

from apps.audit.models import Event
from apps.catalog.models import Brand, DeviceModel, PartType, RepairType
from apps.core.admin_site import site
from apps.inventory.models import Branch, Category, Item
from tests.admin.office import Office, address, events, text, typed
from tests.factories import (
    BranchFactory,
    BrandFactory,
    CategoryFactory,
    DeviceModelFactory,
    ItemFactory,
    PartTypeFactory,
    RepairTypeFactory,
    line,
    order,
    stocked,
)

ITEM = {"sku": "A-1", "name": "شاشة", "unit_of_measure": "pcs", "unit_price": "20", "cost_price": "8", "currency": "USD",
        "reorder_level": "1", "reorder_quantity": "2"}  # fmt: skip


@pytest.mark.parametrize(
    ("model", "fields", "name"),
    [
        (Brand, {"name": "سامسونج"}, "catalog.brand"),
        (RepairType, {"name": "Board repair"}, "catalog.repairtype"),
        (PartType, {"name": "Lens", "quality": "original"}, "catalog.parttype"),
        (Category, {"name": "Lenses"}, "inventory.category"),
        (Item, ITEM, "inventory.item"),
        (Branch, {"name": "محطة", "code": "ST", "timezone": "Africa/Cairo", "currency": "EGP"}, "inventory.branch"),
    ],
)
def test_a_new_record_is_saved_and_recorded(
    boss: Office, model: type[Model], fields: dict[str, Any], name: str
) -> None:
    answer = boss.add(model, **fields)

    assert answer.status_code == 302
    record: Any = model._default_manager.get()
    told = events(f"{name}.created")
    assert record.name == fields["name"]
    assert [(event.aggregate_id, event.actor_id, event.actor_label) for event in told] == [
        (record.pk, boss.user.pk, "Ada Boss")
    ]
    assert told[0].payload["changes"]["name"] == [None, fields["name"]]
    assert told[0].request_id
    assert told[0].address == "127.0.0.1"


@pytest.mark.parametrize(
    ("factory", "name"),
    [
        (BrandFactory, "catalog.brand"),
        (DeviceModelFactory, "catalog.devicemodel"),
        (RepairTypeFactory, "catalog.repairtype"),
        (PartTypeFactory, "catalog.parttype"),
        (CategoryFactory, "inventory.category"),
        (ItemFactory, "inventory.item"),
        (BranchFactory, "inventory.branch"),
    ],
)
def test_a_change_and_a_deletion_are_recorded(boss: Office, factory: Any, name: str) -> None:
    record = factory(name="Before")

    changed = boss.save(record, name="بعد")
    deleted = boss.post(address(record, "delete", record.pk), post="yes")

    assert (changed.status_code, deleted.status_code) == (302, 302)
    told = list(Event.objects.filter(aggregate_id=record.pk).order_by("created_at"))
    assert [event.type for event in told] == [f"{name}.updated", f"{name}.deleted"]
    assert told[0].payload == {"changes": {"name": ["Before", "بعد"]}}
    assert told[1].payload["changes"]["name"] == ["بعد", None]
    assert {event.actor_id for event in told} == {boss.user.pk}
    assert not type(record).objects.filter(pk=record.pk).exists()


def test_what_is_refused_or_untouched_writes_nothing(boss: Office) -> None:
    BrandFactory(name="Apple")
    record = BrandFactory(name="Nokia")
    before = Event.objects.count()

    refused = boss.save(record, name="APPLE")
    untouched = boss.save(record)

    assert refused.status_code == 200
    assert "already exists" in text(refused) or "violated" in text(refused)
    assert untouched.status_code == 302
    assert Brand.objects.get(pk=record.pk).name == "Nokia"
    assert Event.objects.count() == before


def test_aliases_are_typed_one_a_line(boss: Office) -> None:
    record = DeviceModelFactory(aliases=["A52"])

    boss.save(record, aliases="A52\r\nSM-A525\r\n\r\n جالاكسي ")

    assert DeviceModel.objects.get().aliases == ["A52", "SM-A525", "جالاكسي"]
    assert boss.shown(DeviceModel, q="جالاكسي") == {record.pk}
    assert events("catalog.devicemodel.updated")[0].payload["changes"] == {
        "aliases": [["A52"], ["A52", "SM-A525", "جالاكسي"]]
    }


def test_relations_of_an_item_are_part_of_its_event(boss: Office) -> None:
    record, model = ItemFactory(), DeviceModelFactory()

    boss.save(record, compatible_models=[str(model.pk)])

    assert list(record.compatible_models.all()) == [model]
    assert events("inventory.item.updated")[0].payload["changes"] == {"compatible_models": [[], [str(model.pk)]]}


@pytest.mark.exhaustive
def test_what_is_in_use_stays_and_the_page_says_so(boss: Office, branch: Branch) -> None:
    item = stocked(1, branch)
    order(branch, lines=[line(item)])
    before = Event.objects.count()

    answers = [boss.post(address(record, "delete", record.pk), post="yes") for record in (item, branch)]

    assert boss.messages(answers[0]) == ["Other records refer to this one. Make it inactive instead."] * 2
    assert [answer.url for answer in answers] == [address(record, "change", record.pk) for record in (item, branch)]
    assert Item.objects.filter(pk=item.pk).exists()
    assert Branch.objects.filter(pk=branch.pk).exists()
    assert Event.objects.count() == before


@pytest.mark.exhaustive
def test_records_are_taken_out_of_use_together_once(boss: Office) -> None:
    records = [BrandFactory(), BrandFactory(), BrandFactory(is_active=False)]

    first = boss.messages(boss.act("deactivate", *records))
    second = boss.messages(boss.act("deactivate", *records))
    back = boss.messages(boss.act("activate", records[0]))

    assert first == ["2 taken out of use."]
    assert second == ["Nothing was changed."]
    assert back == ["1 taken into use."]
    assert list(Brand.objects.filter(is_active=True)) == [records[0]]
    assert len(events("catalog.brand.updated")) == 3


def test_a_category_is_never_below_itself(boss: Office) -> None:
    top = CategoryFactory()
    below = CategoryFactory(parent=top)

    answer = boss.save(top, parent=str(below.pk))

    assert answer.context["adminform"].form.errors == {"parent": ["A category cannot be below itself."]}
    assert Category.objects.get(pk=top.pk).parent is None


def test_a_manager_changes_the_own_branch_and_makes_none(chief: Office, branch: Branch) -> None:
    changed = chief.save(branch, manager_name="منى", phone_number="+20 2 2735 0000")
    made = chief.post(address(branch, "add"), name="New", code="N")

    assert changed.status_code == 302
    assert made.status_code == 403
    branch.refresh_from_db()
    assert (branch.manager_name, branch.phone_number) == ("منى", "+20227350000")
    assert [event.actor_label for event in events("inventory.branch.updated")] == ["Mo Chief"]
    assert Branch.objects.count() == 1


@pytest.mark.exhaustive
def test_fields_that_were_not_on_the_form_keep_what_others_wrote(boss: Office) -> None:
    record = DeviceModelFactory(name="One", import_key="row-1")

    answer = boss.save(record, name="Two", import_key="row-2", search_text="x", created_at_0="2001-01-01")

    assert answer.status_code == 302
    fresh = DeviceModel.objects.get()
    assert (fresh.name, fresh.import_key, fresh.created_at) == ("Two", "row-1", record.created_at)


@pytest.mark.parametrize("term", ["a\0b", "%", "'", "\ud83d", "x" * 500])
def test_any_search_text_finds_something_or_nothing(boss: Office, term: str) -> None:
    query = {"app_label": "repairs", "model_name": "repairorder", "field_name": "device_model"}

    answers = [boss.client.get("/admin/autocomplete/", {**query, "term": term.encode("utf-8", "ignore")}),
               boss.client.get(address(DeviceModel, "changelist"), {"q": term.encode("utf-8", "ignore")})]  # fmt: skip

    assert [answer.status_code for answer in answers] == [200, 200]


def test_only_what_was_typed_is_taken_over_under_the_lock(boss: Office) -> None:
    record = DeviceModelFactory(name="One")
    page = boss.open(record).context["adminform"].form
    form = type(page)(data={**typed(page), "name": "Two"}, instance=DeviceModel.objects.get())
    assert form.is_valid()
    read_before = form.save(commit=False)
    DeviceModel.objects.update(import_key="row-7")

    request = RequestFactory().post("/")
    request.user, request.session = boss.user, boss.client.session
    site.get_model_admin(DeviceModel).save_model(request, read_before, form, change=True)

    fresh = DeviceModel.objects.get()
    assert (fresh.name, fresh.import_key) == ("Two", "row-7")
    assert events("catalog.devicemodel.updated")[0].payload == {"changes": {"name": ["One", "Two"]}}
