"""The tree of categories: no branch of it ever grows back into itself."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.audit.models import Event
from apps.core.ids import new_id
from apps.inventory.models import Category
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
