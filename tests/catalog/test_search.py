"""Device models are found in whatever way people write their names, and the best come first."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Brand, DeviceModel, ModelWord
from apps.catalog.rules import entries, place, squeezed, words_of
from apps.catalog.selectors import best_first, device_models_matching, models_found_by
from apps.catalog.services import describe_all_models
from apps.core.actor import Actor
from apps.core.ids import new_id
from tests.conftest import Api
from tests.factories import BrandFactory, DeviceModelFactory

ACTOR = Actor.system("test")
APPLE = [
    # name, number, year, aliases
    ("iPhone X", "A1865", 2017, ["A1901", "iPhone10,3"]),
    ("iPhone XS", "A1920", 2018, []),
    ("iPhone XS Max", "A1921", 2018, []),
    ("iPhone 8", "A1863", 2017, ["iPhone10,1"]),
    ("iPhone 12", "A2172", 2020, ["iPhone13,2"]),
    ("iPhone 13 mini", "A2481", 2021, []),
    ("iPhone 13 Pro", "A2483", 2021, []),
    ("iPhone 13 Pro Max", "A2484", 2021, []),
    ("iPhone 13", "A2482", 2021, ["iPhone14,5"]),
    ("iPhone 3G", "A1241", 2008, ["iPhone1,2"]),
    ("iPhone SE", "A1662", 2016, []),
    ("iPhone SE (2nd generation)", "A2275", 2020, []),
    ("iPad (7th generation)", "A2197", 2019, []),
]
SAMSUNG = [
    ("Galaxy S21 Ultra 5G", "SM-G998B", 2021, []),
    ("Galaxy S21+ 5G", "SM-G996B", 2021, []),
    ("Galaxy S21 FE 5G", "SM-G990B", 2022, []),
    ("Galaxy S21 5G", "SM-G9910", 2021, ["SM-G991B"]),
    ("SM-G991B", "SM-G991B", None, []),
    ("Galaxy A5 (2016)", "SM-A510F", 2016, []),
    ("Galaxy A50", "SM-A505F", 2019, []),
    ("Galaxy A5", "SM-X500F", 2014, []),
]


@pytest.fixture
def shop(db: None) -> None:
    for brand, rows in (("Apple", APPLE), ("Samsung", SAMSUNG)):
        maker = BrandFactory(name=brand)
        for name, number, year, aliases in rows:
            DeviceModelFactory(brand=maker, name=name, model_number=number, release_year=year, aliases=aliases)


def found(text: str, most: int = 20) -> list[str]:
    return [model.name for model in device_models_matching(text, ACTOR, most)]


FIRST = [
    *[(text, "iPhone X") for text in ("iPhone X", "iPhoneX", "iPhone 10", "iphone10", "A1901", "apple iphone x",
                                      "Apple iPhone10", "appleiphonex", "iphone10,3", "a1865", "IPHONE  10")],
    *[(text, "iPhone XS Max") for text in ("iphone xs max", "iphone 10s max", "iphonexsmax", "xs max")],
    *[(text, "iPhone SE (2nd generation)") for text in ("iphone se 2020", "iphone se 2", "SE 2", "iphone se2",
                                                        "iphone se 2nd gen", "iphone se (2nd generation)",
                                                        "iPhone SE gen. 2", "iphone se 2nd generation")],
    *[(text, "iPhone SE") for text in ("iphone se", "iphone se 2016", "iphone se 1st gen")],
    *[(text, "iPad (7th generation)") for text in ("ipad 7", "ipad 7th gen", "ipad 2019")],
    *[(text, "Galaxy S21 5G") for text in ("galaxy s21", "samsung s21", "SM-G991B", "smg991b", "g991b", "s21 5g",
                                           "samsungs21", "galaxys21", "galaxy s 21", "samsung galaxy s 21")],
    *[(text, "Galaxy S21+ 5G") for text in ("s21+", "s21 plus", "galaxy s21plus", "samsung s21+ 5g")],
    ("iphone 12", "iPhone 12"),
    ("galaxy a5 2016", "Galaxy A5 (2016)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), FIRST, ids=[text for text, _ in FIRST])
def test_what_is_meant_comes_first(shop: None, text: str, name: str) -> None:
    assert found(text)[0] == name


def test_a_whole_name_comes_before_longer_ones_and_those_before_the_rest(shop: None) -> None:
    assert found("iphone 13") == ["iPhone 13", "iPhone 13 Pro", "iPhone 13 mini", "iPhone 13 Pro Max"]
    assert found("galaxy a5") == ["Galaxy A5", "Galaxy A5 (2016)", "Galaxy A50"]
    assert found("iphone12") == ["iPhone 12"]  # iPhone1,2 is another one
    assert found("samsung s21")[-1] == "Galaxy S21 Ultra 5G"


def test_the_end_of_a_name_comes_before_longer_words_that_begin_so(shop: None) -> None:
    for name in ("SE21", "Selfie", "Sensation", "SE Racing"):
        DeviceModelFactory(brand=BrandFactory(), name=name, release_year=2024)

    assert found("se")[0] == "SE Racing"
    assert found("se")[1] == "iPhone SE"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("iphone 12 128gb", "iPhone 12"), ("iphone 13 pro max 1 TB", "iPhone 13 Pro Max"), ("iphone 13 5g", "iPhone 13"),
        ("Samsung Galaxy S21 5G 256 GB", "Galaxy S21 5G"),
    ],
)  # fmt: skip
def test_network_and_memory_are_passed_over_where_no_model_is_named_by_them(shop: None, text: str, name: str) -> None:
    assert found(text)[0] == name


@pytest.mark.exhaustive
def test_every_letter_of_a_name_leads_towards_it(shop: None) -> None:
    for text, name in (("iphone 13 pro max", "iPhone 13 Pro Max"), ("samsung galaxy s21 ultra", "Galaxy S21 Ultra 5G")):
        lengths = range(1, len(text) + 1)

        missing = [text[:length] for length in lengths if name not in found(text[:length])]

        assert missing == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("iphnoe 12", "iPhone 12"),
        ("galxy s21", "Galaxy S21 5G"),
        ("samsng a50", "Galaxy A50"),
        ("991b", "Galaxy S21 5G"),
    ],
)
def test_parts_of_words_and_mistakes_in_typing_find_something_where_nothing_else_does(
    shop: None, text: str, name: str
) -> None:
    assert found(text)[0] == name


@pytest.mark.parametrize(
    "text", ["", " ", "%", "_", "'", "zeppelin", "iphone zeppelin", "samsung ipad", "\\", "qz", "(", "𝟘"]
)
def test_what_is_no_name_finds_nothing(shop: None, text: str) -> None:
    assert found(text) == []


def test_withdrawn_and_merged_models_are_not_offered_and_come_last_in_lists(shop: None, seller: Api) -> None:
    old = DeviceModel.objects.get(name="iPhone 13")
    old.is_active = False
    old.save()

    listed = [row["name"] for row in seller.get("catalog/device-models?q=iphone+13").body["data"]["items"]]

    assert found("iphone 13") == ["iPhone 13 Pro", "iPhone 13 mini", "iPhone 13 Pro Max"]
    assert sorted(listed) == sorted(["iPhone 13", *found("iphone 13")])
    assert found("A2482") == []


def test_list_is_ranked_page_by_page_and_cursor_by_cursor(shop: None, seller: Api) -> None:
    whole = seller.get("catalog/device-models?q=galaxy").body["data"]
    names = [row["name"] for row in whole["items"]]

    paged = [
        row["name"]
        for page in (1, 2, 3, 4)
        for row in seller.get(f"catalog/device-models?q=galaxy&limit=2&page={page}").body["data"]["items"]
    ]
    walked, cursor = [], ""
    while cursor is not None:
        data = seller.get(f"catalog/device-models?q=galaxy&limit=2&cursor={cursor}").body["data"]
        walked += [row["name"] for row in data["items"]]
        cursor = data["pagination"]["nextCursor"]

    assert whole["pagination"] == {"page": 1, "limit": 20, "total": 7, "pages": 1}
    assert names == found("galaxy")
    assert paged == walked == names
    past = seller.get("catalog/device-models?q=galaxy&limit=2&page=9").body["data"]
    assert (past["items"], past["pagination"]["total"]) == ([], 7)


def test_list_is_searched_within_its_filters_and_in_the_order_that_is_asked_for(shop: None, seller: Api) -> None:
    apple = Brand.objects.get(name="Apple")

    def names(query: str) -> list[str]:
        return [row["name"] for row in seller.get(f"catalog/device-models?{query}").body["data"]["items"]]

    assert names(f"q=s&brandId={apple.pk}")[0] == "iPhone SE"
    assert names(f"q=galaxy&brandId={apple.pk}") == []
    assert names(f"q=galaxy&brandId={new_id()}&isActive=true") == []
    assert names("q=iphone+13&ordering=-name") == sorted(names("q=iphone+13"), reverse=True)
    assert names("q=iphone&releaseYear=2021")[0] == "iPhone 13"


def test_a_renamed_brand_reaches_what_its_models_are_found_by(shop: None, manager: Api) -> None:
    brand = Brand.objects.get(name="Samsung")
    before = DeviceModel.objects.get(name="Galaxy A50")

    manager.patch(f"catalog/brands/{brand.pk}", {"name": "Three Stars"})

    after = DeviceModel.objects.get(name="Galaxy A50")
    assert (found("three stars a50"), found("samsung a50")) == (["Galaxy A50"], [])
    assert after.search_text.startswith("three stars ")
    assert after.updated_at == before.updated_at
    assert describe_all_models() == 0


def test_a_changed_model_is_found_by_its_new_names_alone(shop: None, manager: Api) -> None:
    model = DeviceModel.objects.get(name="Galaxy A50")

    manager.patch(
        f"catalog/device-models/{model.pk}", {"name": "Galaxy B60", "modelNumber": "SM-B600", "aliases": ["B6X"]}
    )

    assert [found(text) for text in ("b60", "sm-b600", "b6x")] == [["Galaxy B60"]] * 3
    assert (found("a50"), found("sm-a505f")) == ([], [])
    assert describe_all_models() == 0


def test_the_index_is_mended_after_rows_were_written_past_the_services(shop: None) -> None:
    DeviceModel.objects.filter(name="iPhone 12").update(name="iPhone 99")
    ModelWord.objects.filter(device_model__name="iPhone 8").delete()

    mended = describe_all_models()

    assert mended == 2
    assert (found("iphone 99"), found("iphone 8")) == (["iPhone 99"], ["iPhone 8"])
    assert "iPhone 99" not in found("iphone 12")


def test_finding_takes_as_many_statements_for_many_models_as_for_one(shop: None) -> None:
    for text in ("iphone 13 pro max", "galaxy", "s"):
        with CaptureQueriesContext(connection) as queries:
            device_models_matching(text, ACTOR, 20)

        assert len(queries) == (3 if " " in text else 2), text


def test_list_for_people_is_ordered_by_how_well_each_is_found(shop: None) -> None:
    everything = DeviceModel.objects.all()

    names = [model.name for model in best_first(everything, "iphone 13")]

    assert names == found("iphone 13")
    assert set(models_found_by(everything, "iphone 13")) == set(best_first(everything, "iphone 13"))


@pytest.mark.exhaustive
def test_what_is_found_is_what_a_plain_reading_of_the_index_finds(shop: None) -> None:
    chance = random.Random(7)
    names = [name for name, *_ in APPLE + SAMSUNG]
    texts = {name[start : start + length] for name in names for start in range(0, 12, 3) for length in (3, 6, 9)}
    described = {model.name: entries(model.described) for model in DeviceModel.objects.select_related("brand")}

    for text in chance.sample(sorted(texts), 40):
        words = words_of(text)
        plain = {
            name
            for name, known in described.items()
            if words and all(any(_leads(text, kind, word) for text, kind in known.items()) for word in words)
        }
        assert plain <= set(found(text)), text


def _leads(known: str, kind: int, word: str) -> bool:
    return known.startswith(word) and (len(word) > 2 or kind not in {2, 7} or known == word)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Galaxy S21+ 5G", ["galaxy", "s21", "plus", "5g"]),
        ("SE (2nd generation)", ["se", "2", "gen"]),
        ("SE 2ndGen", ["se", "2", "gen"]),
        ("SE gen 2", ["se", "2", "gen"]),
        ("SE 2. Generation", ["se", "2", "gen"]),
        ("Next Generation", ["next", "generation"]),
        ("iPhone10,3", ["iphone10,3"]),
        ("iPad Pro (12.9-inch)", ["ipad", "pro", "129inch"]),
        ("SM-G991B/DS", ["smg991bds"]),
        ("آيفون ١٣", ["ايفون", "١٣"]),
        ("Ж-7", ["ж7"]),
    ],
)
def test_words_are_told_apart(text: str, words: list[str]) -> None:
    assert words_of(text) == words
    assert squeezed(text) == "".join(words)


def test_place_puts_the_offered_the_named_the_short_and_the_new_first() -> None:
    def at(name: str, year: int | None = None, **facts: object) -> int:
        model = DeviceModel(brand=Brand(name="B"), name=name, release_year=year, **facts)
        return place(model.described)

    order = [at("Two words", 2021), at("Two words", 2020), at("Two words"), at("And three words", 2021),
             at("SM-1234", model_number="SM-1234"), at("Two words", 2021, is_active=False)]  # fmt: skip

    assert order == sorted(order)
    assert len(set(order)) == len(order)
