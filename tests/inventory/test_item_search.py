"""Items in one box: by name, code, part type and compatible model, the best first, whatever the catalogue is renamed to."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.audit.models import Event
from apps.audit.services import sweep
from apps.catalog.models import Brand, DeviceModel
from apps.catalog.services import import_devices
from apps.core.actor import Actor
from apps.core.api import pagination
from apps.core.imports import Report
from apps.inventory import services
from apps.inventory.models import Item
from tests.conftest import Api
from tests.factories import BrandFactory, DeviceModelFactory, ItemFactory, PartTypeFactory

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="this is how SQLite is searched")


def skus(api: Api, query: str) -> list[str]:
    answer = api.get(f"inventory/items?{query}")
    assert answer.status_code == 200, answer.body
    return [row["sku"] for row in answer.body["data"]["items"]]


def iphone() -> DeviceModel:
    model: DeviceModel = DeviceModelFactory(
        brand=BrandFactory(name="Apple"), name="iPhone 12", model_number="A2403", aliases=["Twelve,2"]
    )
    return model


def screen(**fields: Any) -> Item:
    item: Item = ItemFactory(**{"sku": "LCD-12-B", "name": "Écran OLED", "barcode": "4006381333931", **fields})
    return item


# What is found.


@pytest.mark.parametrize(
    "text",
    [
        "lcd-12", "D-12-B", "cd", "l", "0638133", "31", "ecran", "ÉCRAN", "oled ecran", "oled ec", "premium", "apple",
        "iphone 12", "iphone12", "IPHONE 12 Ecran", "a2403", "240", "twelve,2", "premium apple lcd", "Pour Réparer",
    ],
)  # fmt: skip
def test_item_is_found_by_any_of_its_words(seller: Api, text: str) -> None:
    item = screen(description="pour réparer", part_type=PartTypeFactory(name="Prémium panel"))
    item.compatible_models.add(iphone())
    ItemFactory(sku="ZZZ", name="Fan")

    assert skus(seller, f"q={text}") == ["LCD-12-B"]
    assert list(Item.objects.found_by(text)) == [item]


@pytest.mark.parametrize(
    "text", ["iphone 13 mini", "ecran samsung", "lcd-13", 'a"b', "%", "_", "a*", "NEAR(a b)", "x" * 200]
)
def test_item_is_not_found_unless_every_word_occurs(seller: Api, text: str) -> None:
    screen().compatible_models.add(iphone())

    assert skus(seller, f"q={text.replace('%', '%25')}") == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("شاشة آيفون", "شاشة"), ("Экран", "ЭКР"), ("画面保護フィルム", "保護"), ("画面保護フィルム", "面保護フ"),
     ("Straße", "STRASSE"),
     ("ﬁlter", "filter"), ('15" "panel"', '"panel"'), ("50% AND OR NOT", "50% AND OR NOT"), ("a-b*c^d", "b*c^")],
)  # fmt: skip
def test_item_is_found_in_any_script_and_by_any_sign(seller: Api, name: str, text: str) -> None:
    ItemFactory(sku="THIS", name=name)
    ItemFactory(sku="OTHER", name="Screw")

    assert skus(seller, f"q={text.replace('%', '%25')}") == ["THIS"]


# The order.


def test_items_come_with_the_exact_code_first_then_by_how_their_name_begins_then_by_name(seller: Api) -> None:
    for sku, name, barcode in [
        ("1", "zebra case", "CASE"), ("case", "Yellow film", ""), ("3", "Case blue", ""), ("4", "CASE amber", ""),
        ("5", "Blue case", ""), ("6", "amber case", ""), ("case-7", "Amber lid", ""), ("8", "Screw", ""),
    ]:  # fmt: skip
        ItemFactory(sku=sku, name=name, barcode=barcode)

    assert skus(seller, "q=CASE") == ["case", "1", "4", "3", "6", "case-7", "5"]
    assert skus(seller, "q=CASE&ordering=-sku") == ["case-7", "case", "6", "5", "4", "3", "1"]


# Counted in one go, and past the number up to which that is done.
@pytest.mark.parametrize("most", [10_000, 8, 7, 3])
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 20])
def test_found_items_are_paged_without_a_gap_or_a_repetition(
    seller: Api, limit: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagination, "COUNTED_AT_MOST", most)
    expected = ["part", "begin-1", "begin-2", "begin-3", "rest-1", "rest-2", "rest-3", "rest-4"]
    ItemFactory(sku="part", name="zzz")
    for number in range(3):
        ItemFactory(sku=f"begin-{number + 1}", name=f"Part {number}")
    for number in range(4):
        ItemFactory(sku=f"rest-{number + 1}", name=f"A part {number // 2}")

    numbered = [
        seller.get(f"inventory/items?q=part&limit={limit}&page={page + 1}").body["data"]
        for page in range(-(-8 // limit) + 1)
    ]
    pages = [[row["sku"] for row in answer["items"]] for answer in numbered]
    cursors, cursor = [], ""
    while cursor is not None:
        answer = seller.get(f"inventory/items?q=part&limit={limit}&cursor={cursor}").body["data"]
        cursors.append([row["sku"] for row in answer["items"]])
        cursor, back = answer["pagination"]["nextCursor"], answer["pagination"]["previousCursor"]
    backwards = []
    while back is not None:
        answer = seller.get(f"inventory/items?q=part&limit={limit}&cursor={back}").body["data"]
        backwards.append([row["sku"] for row in answer["items"]])
        back = answer["pagination"]["previousCursor"]

    whole = [expected[start : start + limit] for start in range(0, 8, limit)]
    assert pages == [*whole, []]
    assert {answer["pagination"]["total"] for answer in numbered} == {8}
    assert cursors == whole
    assert list(itertools.chain.from_iterable(reversed(backwards))) == expected[: len(expected) - len(whole[-1])]


def test_total_of_very_many_found_items_is_an_estimate(seller: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "COUNTED_AT_MOST", 3)
    monkeypatch.setattr(pagination, "is_large", lambda model: True)
    for number in range(4):
        ItemFactory(sku=f"S{number}", name=f"A part {number}")

    many, few = (seller.get(f"inventory/items?q={text}&limit=2").body["data"] for text in ("part", "s3"))

    assert [row["sku"] for row in many["items"]] == ["S0", "S1"]
    assert many["pagination"] == {"page": 1, "limit": 2, "total": 3, "pages": 2, "totalIsEstimate": True}
    assert [row["sku"] for row in few["items"]] == ["S3"]
    assert few["pagination"] == {"page": 1, "limit": 2, "total": 1, "pages": 1}
    assert skus(seller, "q=part&limit=2&page=3") == []


@pytest.mark.parametrize("page", [2, 10**9, 10**30])
def test_page_past_the_end_of_a_search_is_empty_and_has_the_total(seller: Api, page: int) -> None:
    screen()

    answer = seller.get(f"inventory/items?q=ecran&page={page}").body["data"]

    assert (answer["items"], answer["pagination"]["total"], answer["pagination"]["pages"]) == ([], 1, 1)


def test_search_among_none_finds_none() -> None:
    screen()
    none = Item.objects.none()
    found = pagination.Ranked(none.found_by("ecran"), none.rank_by("ecran"), [none], [none], ["search_name"])

    page = pagination.paginate(found, {}, [])

    assert (page.ids, page.pagination) == ([], {"page": 1, "limit": 20, "total": 0, "pages": 0})


def test_found_items_that_are_added_meanwhile_neither_hide_nor_repeat_one(seller: Api) -> None:
    for number in range(4):
        ItemFactory(sku=f"begin-{number}", name=f"Part {number}")
    first = seller.get("inventory/items?q=part&limit=2&cursor=").body["data"]

    ItemFactory(sku="PART", name="exact")
    ItemFactory(sku="earlier", name="Part 0 too")
    second = seller.get(f"inventory/items?q=part&limit=9&cursor={first['pagination']['nextCursor']}").body["data"]

    assert [row["sku"] for row in first["items"]] == ["begin-0", "begin-1"]
    assert [row["sku"] for row in second["items"]] == ["begin-2", "begin-3"]


def test_cursor_of_a_search_is_refused_where_nothing_is_searched(seller: Api) -> None:
    for number in range(3):
        ItemFactory(name=f"A part {number}")
    cursor = seller.get("inventory/items?q=part&limit=1&cursor=").body["data"]["pagination"]["nextCursor"]

    answer = seller.get(f"inventory/items?cursor={cursor}")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [row["field"] for row in answer.body["details"]] == ["cursor"]


# The session with its user, the ids with their total, the rows and their models; by cursor, three parts.
@pytest.mark.parametrize(("query", "most"), [("q=part", 4), ("q=part&cursor=", 6), ("q=part&page=2&limit=1", 4)])
def test_search_takes_as_many_queries_for_three_items_as_for_one(seller: Api, query: str, most: int) -> None:
    counted = []
    for number in range(3):
        ItemFactory(sku=f"S{number}", name=f"A part {number}").compatible_models.add(DeviceModelFactory())
        ItemFactory(sku=f"B{number}", name=f"Part {number}")
        seller.get(f"inventory/items?{query}")
        with CaptureQueriesContext(connection) as queries:
            seller.get(f"inventory/items?{query}")
        counted.append(len(queries))

    assert max(counted) <= most, counted


# What the catalogue is renamed to.


def carried_over() -> None:
    """What was told has been heard."""
    while sweep():
        pass


@pytest.mark.parametrize(
    ("path", "body", "new", "old"),
    [
        ("catalog/brands/{brand}", {"name": "Pear"}, "pear iphone", "apple"),
        ("catalog/device-models/{model}", {"name": "aPhone 12"}, "apple aphone", "iphone 12"),
        ("catalog/device-models/{model}", {"modelNumber": "B7777"}, "b7777", "a2403"),
        ("catalog/device-models/{model}", {"aliases": ["Dozen"]}, "dozen", "twelve,2"),
        ("catalog/part-types/{part}", {"name": "Display"}, "display 12", "panel"),
    ],
)
def test_item_is_found_by_the_new_words_of_the_catalogue(
    manager: Api, path: str, body: dict[str, Any], new: str, old: str
) -> None:
    model, part = iphone(), PartTypeFactory(name="Panel")
    screen(part_type=part).compatible_models.add(model)
    before = Item.objects.get().updated_at
    assert skus(manager, f"q={old}") == ["LCD-12-B"]

    answer = manager.patch(path.format(brand=model.brand_id, model=model.pk, part=part.pk), body)
    carried_over()

    assert answer.status_code == 200
    assert skus(manager, f"q={new}") == ["LCD-12-B"]
    assert skus(manager, f"q={old}") == []
    assert Item.objects.get().updated_at == before


def test_item_is_no_longer_found_by_a_model_that_is_gone(manager: Api) -> None:
    model, other = iphone(), DeviceModelFactory(name="Pixel 12")
    item = screen()
    item.compatible_models.set([model, other])

    manager.delete(f"catalog/device-models/{model.pk}")
    carried_over()

    assert skus(manager, "q=a2403") == []
    assert skus(manager, "q=pixel") == ["LCD-12-B"]


def test_item_is_found_by_what_an_import_adds_to_its_model(manager: Api) -> None:
    model = iphone()
    screen().compatible_models.add(model)
    row = {"device_key": "apple-iphone-12", "brand": "Apple", "model": "iPhone 12", "model_number": "A2172"}

    with transaction.atomic():
        report = Report()
        import_devices([(1, row)], report, actor=SYSTEM)
    carried_over()

    assert report.counts["updated"] == 1, report
    assert skus(manager, "q=a2172 iphone") == ["LCD-12-B"]


def test_brand_of_many_items_is_carried_over_in_chunks(manager: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.words, "CHUNK", 2)
    model = iphone()
    for number in range(5):
        screen(sku=f"S{number}", barcode="").compatible_models.add(model)

    manager.patch(f"catalog/brands/{model.brand_id}", {"name": "Pear"})
    carried_over()

    assert skus(manager, "q=pear") == ["S0", "S1", "S2", "S3", "S4"]
    assert skus(manager, "q=apple") == []
    assert Event.objects.filter(type="inventory.words_moved").count() == 2


def test_change_that_names_nothing_is_not_carried_over(manager: Api, django_assert_max_num_queries: Any) -> None:
    model = iphone()
    screen().compatible_models.add(model)
    Item.objects.update(models_text="as it was")

    manager.patch(f"catalog/device-models/{model.pk}", {"releaseYear": 2020})
    carried_over()

    assert Item.objects.get().models_text == "as it was"


# What the models of an item are changed to.


def test_item_is_found_by_the_models_that_the_interface_gives_and_takes(manager: Api) -> None:
    model, other = iphone(), DeviceModelFactory(name="Pixel 7")
    body = {"sku": "S1", "name": "Screen", "compatibleModelIds": [str(model.pk)]}

    path = f"inventory/items/{manager.post('inventory/items', body).body['data']['id']}"
    made = (skus(manager, "q=iphone screen"), skus(manager, "q=pixel"))
    manager.patch(path, {"compatibleModelIds": [str(other.pk)], "name": "Display"})
    changed = (skus(manager, "q=iphone"), skus(manager, "q=pixel display"))
    manager.patch(path, {"compatibleModelIds": []})

    assert made == (["S1"], [])
    assert changed == ([], ["S1"])
    assert skus(manager, "q=pixel") == []
    assert skus(manager, "q=display") == ["S1"]


def test_item_is_found_by_the_part_type_that_it_gets(manager: Api) -> None:
    item, part = screen(), PartTypeFactory(name="Panel")

    manager.patch(f"inventory/items/{item.pk}", {"partTypeId": str(part.pk)})
    with_part = skus(manager, "q=panel")
    manager.patch(f"inventory/items/{item.pk}", {"partTypeId": None})

    assert with_part == ["LCD-12-B"]
    assert skus(manager, "q=panel") == []


@pytest.mark.parametrize("way", ["add", "set", "remove", "clear"])
def test_items_of_a_model_follow_the_relation_from_its_other_side(way: str) -> None:
    model, one, other = iphone(), screen(), ItemFactory(name="Other")
    model.items.add(one)
    found = {"add": {one, other}, "set": {other}, "remove": set(), "clear": set()}[way]

    {
        "add": lambda: model.items.add(other),
        "set": lambda: model.items.set([other]),
        "remove": lambda: model.items.remove(one),
        "clear": model.items.clear,
    }[way]()

    assert set(Item.objects.found_by("a2403")) == found


def test_item_that_is_saved_again_keeps_the_words_of_its_models() -> None:
    item = screen()
    item.compatible_models.add(iphone())

    item.name = "Display"
    item.save()
    item.save(update_fields=["name"])

    assert list(Item.objects.found_by("display a2403")) == [item]


def test_items_that_were_written_past_everything_are_found_after_the_night() -> None:
    item, model = screen(), iphone()
    Item.compatible_models.through.objects.bulk_create([Item.compatible_models.through(item=item, devicemodel=model)])
    Brand.objects.filter(pk=model.brand_id).update(search_text="pear")
    assert not Item.objects.found_by("a2403").exists()

    mended = [services.describe_all_items() for _ in range(2)]

    assert mended == [1, 0]
    assert list(Item.objects.found_by("a2403 pear")) == [item]
