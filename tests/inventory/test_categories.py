"""The tree of categories: no branch of it ever grows back into itself."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.audit.models import Event
from apps.core.ids import new_id
from apps.inventory.models import Category
from apps.inventory.rules.categories import category_and_below, totals_below
from tests.conftest import Api
from tests.factories import CategoryFactory, ItemFactory, member
from tests.racing import race


def test_category_is_created_read_changed_and_deleted(manager: Api) -> None:
    top = CategoryFactory(name="Parts")

    made = manager.post("inventory/categories", {"name": "Displays", "parentId": str(top.pk), "description": "OLED"})
    path = f"inventory/categories/{made.body['data']['id']}"
    changed = manager.patch(path, {"parentId": None, "name": "Screens"})
    gone = manager.delete(path)

    data = made.body["data"]
    assert made.status_code == 201
    assert (data["name"], data["parentId"], data["description"]) == ("Displays", str(top.pk), "OLED")
    assert (changed.body["data"]["name"], changed.body["data"]["parentId"]) == ("Screens", None)
    assert gone.status_code == 204
    assert list(Category.objects.all()) == [top]
    types = (
        Event.objects.filter(type__startswith="inventory.").order_by("created_at", "id").values_list("type", flat=True)
    )
    assert list(types) == [f"inventory.category.{verb}" for verb in ("created", "updated", "deleted")]


@pytest.mark.parametrize("parent", ["itself", "child", "grandchild"])
def test_category_is_not_hung_below_itself(manager: Api, parent: str) -> None:
    top = CategoryFactory()
    child = CategoryFactory(parent=top)
    grandchild = CategoryFactory(parent=child)
    target = {"itself": top, "child": child, "grandchild": grandchild}[parent]

    answer = manager.patch(f"inventory/categories/{top.pk}", {"parentId": str(target.pk)})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [("parentId", "cycle")]
    assert Category.objects.get(pk=top.pk).parent_id is None
    assert not Event.objects.exclude(type="accounts.logged_in").exists()


@pytest.mark.django_db(transaction=True)
def test_two_branches_of_the_tree_hung_into_each_other_at_once_make_no_cycle() -> None:
    with transaction.atomic():
        one, other = Api(member("admin", None)), Api(member("admin", None))
    first, second = CategoryFactory(name="first"), CategoryFactory(name="second")
    # Below each other's children, where no foreign key makes the two wait for each other.
    below_first, below_second = (CategoryFactory(name=f"below {top}", parent=top) for top in (first, second))
    moved = threading.Event()

    def first_into_second() -> int:
        with transaction.atomic():
            answer = one.patch(f"inventory/categories/{first.pk}", {"parentId": str(below_second.pk)})
            moved.set()
            threading.Event().wait(0.3)
        return int(answer.status_code)

    def second_into_first() -> int:
        moved.wait(10)
        return int(other.patch(f"inventory/categories/{second.pk}", {"parentId": str(below_first.pk)}).status_code)

    outcomes = race(first_into_second, second_into_first)

    assert outcomes == [200, 400]
    assert set(Category.objects.values_list("name", "parent__name")) == {
        ("first", "below second"),
        ("below second", "second"),
        ("second", None),
        ("below first", "first"),
    }


@pytest.mark.parametrize("name", ["Displays", "displays"])
def test_category_name_is_unique_below_its_parent(manager: Api, name: str) -> None:
    top, other = CategoryFactory(), CategoryFactory()
    CategoryFactory(name="Displays", parent=top)

    same = manager.post("inventory/categories", {"name": name, "parentId": str(top.pk)})
    elsewhere = manager.post("inventory/categories", {"name": name, "parentId": str(other.pk)})
    at_top = manager.post("inventory/categories", {"name": name})
    at_top_again = manager.post("inventory/categories", {"name": name.upper()})

    assert (same.status_code, same.body["code"]) == (409, "DUPLICATE_ERROR")
    assert (elsewhere.status_code, at_top.status_code) == (201, 201)
    assert (at_top_again.status_code, at_top_again.body["code"]) == (409, "DUPLICATE_ERROR")


def test_category_of_an_unknown_parent_is_refused(manager: Api) -> None:
    answer = manager.post("inventory/categories", {"name": "Displays", "parentId": str(new_id())})

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert not Category.objects.exists()


@pytest.mark.parametrize("child", ["category", "item"])
def test_category_in_use_is_not_deleted(manager: Api, child: str) -> None:
    top = CategoryFactory()
    CategoryFactory(parent=top) if child == "category" else ItemFactory(category=top)

    answer = manager.delete(f"inventory/categories/{top.pk}")

    assert (answer.status_code, answer.body["code"]) == (409, "IN_USE")
    assert Category.objects.filter(pk=top.pk).exists()


def test_categories_below_a_parent_are_listed(seller: Api) -> None:
    top = CategoryFactory(name="top")
    child = CategoryFactory(name="child", parent=top)
    CategoryFactory(name="grandchild", parent=child)

    answer = seller.get(f"inventory/categories?parentId={top.pk}")

    assert [row["name"] for row in answer.body["data"]["items"]] == ["child"]


def outline(rows: list[dict[str, Any]]) -> list[Any]:
    return [(row["name"], outline(row["children"])) for row in rows]


@pytest.mark.parametrize("yes", ["true", "1", "True"])
def test_categories_are_answered_as_a_tree(seller: Api, yes: str) -> None:
    parts = CategoryFactory(name="Parts")
    screens = CategoryFactory(name="Screens", parent=parts)
    CategoryFactory(name="Batteries", parent=parts)
    CategoryFactory(name="OLED", parent=screens)
    CategoryFactory(name="Tools")

    answer = seller.get(f"inventory/categories?tree={yes}")

    assert outline(answer.body["data"]["items"]) == [
        ("Parts", [("Batteries", []), ("Screens", [("OLED", [])])]),
        ("Tools", []),
    ]
    assert answer.body["data"]["pagination"]["total"] == 2


def test_categories_are_answered_as_a_tree_with_one_read_of_it(seller: Api) -> None:
    counted = []
    parent = CategoryFactory()
    seller.get("inventory/categories?tree=true")

    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            seller.get("inventory/categories?tree=true")
        counted.append(len(queries))
        parent = CategoryFactory(parent=CategoryFactory(parent=parent))

    assert counted[0] == counted[1]


def test_categories_are_a_flat_list_without_being_asked_for_a_tree(seller: Api) -> None:
    top = CategoryFactory(name="Parts")
    CategoryFactory(name="Screens", parent=top)

    rows = seller.get("inventory/categories?tree=false").body["data"]["items"]

    assert [(row["name"], "children" in row) for row in rows] == [("Parts", False), ("Screens", False)]


# How many items are where.


def counts(rows: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    found = {}
    for row in rows:
        found[row["name"]] = (row["itemCount"], row["itemCountBelow"])
        found |= counts(row.get("children", []))
    return found


def grown() -> dict[str, Category]:
    """Parts (1 item) over Screens (2) over OLED (3) and LCD (0); Tools (0); and an item that is in none."""
    parts, tools = CategoryFactory(name="Parts"), CategoryFactory(name="Tools")
    screens = CategoryFactory(name="Screens", parent=parts)
    oled, lcd = CategoryFactory(name="OLED", parent=screens), CategoryFactory(name="LCD", parent=screens)
    for category, items in ((parts, 1), (screens, 2), (oled, 3), (None, 1)):
        for number in range(items):
            ItemFactory(category=category, sku=f"{category.name if category else 'none'}-{number}")
    return {category.name: category for category in (parts, tools, screens, oled, lcd)}


COUNTS = {"Parts": (1, 6), "Screens": (2, 5), "OLED": (3, 3), "LCD": (0, 0), "Tools": (0, 0)}


def test_categories_say_how_many_items_are_in_them_and_below(seller: Api) -> None:
    categories = grown()

    listed = seller.get("inventory/categories").body["data"]["items"]
    tree = seller.get("inventory/categories?tree=true").body["data"]["items"]
    single = [seller.get(f"inventory/categories/{category.pk}").body["data"] for category in categories.values()]

    assert (counts(listed), counts(tree), counts(single)) == (COUNTS, COUNTS, COUNTS)


def test_category_that_is_written_is_answered_with_its_counts(manager: Api) -> None:
    categories = grown()

    made = manager.post("inventory/categories", {"name": "New"}).body["data"]
    path = f"inventory/categories/{categories['Screens'].pk}"
    moved = manager.patch(path, {"parentId": str(categories["Tools"].pk)}).body["data"]
    sent_back = manager.put(path, {**moved, "name": "Displays"})

    assert counts([made, moved]) == {"New": (0, 0), "Screens": (2, 5)}
    assert counts(manager.get("inventory/categories").body["data"]["items"])["Tools"] == (0, 5)
    assert (sent_back.status_code, sent_back.body["data"]["itemCountBelow"]) == (200, 5)


def test_count_of_items_is_not_set(manager: Api) -> None:
    top = CategoryFactory()

    answer = manager.patch(f"inventory/categories/{top.pk}", {"itemCount": 7})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [row["field"] for row in answer.body["details"]] == ["itemCount"]


# The session with its user, the total, the ids, the rows, the parents and the items by category; for a tree all ids and rows.
@pytest.mark.parametrize(("query", "budget"), [("", 6), ("?tree=true", 8), ("?cursor=", 5)])
def test_categories_are_counted_with_a_constant_number_of_queries(seller: Api, query: str, budget: int) -> None:
    counted, parent = [], CategoryFactory()
    seller.get(f"inventory/categories{query}")

    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            seller.get(f"inventory/categories{query}")
        counted.append(len(queries))
        parent = CategoryFactory(parent=CategoryFactory(parent=parent))
        ItemFactory(category=parent)

    assert counted == [budget, budget]


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("Screens", "", ["Screens-0", "Screens-1"]),
        ("Screens", "&includeBelow=false", ["Screens-0", "Screens-1"]),
        ("Screens", "&includeBelow=true", ["OLED-0", "OLED-1", "OLED-2", "Screens-0", "Screens-1"]),
        ("Screens", "&includeBelow=true&q=oled", ["OLED-0", "OLED-1", "OLED-2"]),
        ("LCD", "&includeBelow=true", []),
    ],
)
def test_items_of_a_category_are_listed_with_those_below(seller: Api, name: str, query: str, found: list[str]) -> None:
    category = grown()[name]

    rows = seller.get(f"inventory/items?categoryId={category.pk}{query}&ordering=sku").body["data"]["items"]

    assert [row["sku"] for row in rows] == found


def test_items_below_a_category_that_is_not_there_are_none(seller: Api) -> None:
    grown()

    answer = seller.get(f"inventory/items?categoryId={new_id()}&includeBelow=true")
    refused = seller.get("inventory/items?includeBelow=perhaps")

    assert (answer.status_code, answer.body["data"]["items"]) == (200, [])
    assert (refused.status_code, refused.body["code"]) == (400, "VALIDATION_ERROR")


@pytest.mark.exhaustive
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=12))
def test_totals_are_those_of_every_subtree(grown_tree: list[tuple[int, int]]) -> None:
    ids = [new_id() for _ in grown_tree]
    parents = {pk: ids[above % number] if number and above else None
               for number, (pk, (above, _)) in enumerate(zip(ids, grown_tree, strict=True))}  # fmt: skip
    own = {pk: items for pk, (_, items) in zip(ids, grown_tree, strict=True) if items}

    totals = totals_below(own, parents)

    assert totals == {pk: sum(own.get(one, 0) for one in category_and_below(pk, parents)) for pk in ids}
