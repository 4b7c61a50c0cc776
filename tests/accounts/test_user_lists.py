"""Finding accounts: lists, filters and search, each within the scope of who asks."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.inventory.models import Branch
from tests.accounts.conftest import outcome
from tests.conftest import Api
from tests.factories import UserFactory, member

pytestmark = pytest.mark.django_db
LISTS = ("users", "users/search", "admin/auth/users")


def found(api: Api, path: str) -> list[str]:
    """The first names that a list holds, in its order."""
    answer = api.get(path)
    assert answer.status_code == 200, answer.body
    return [item["firstName"] for item in answer.body["data"]["items"]]


@pytest.fixture
def staff(branch: Branch, other_branch: Branch) -> dict[str, User]:
    """Somebody of each kind, by first name."""
    people = [
        member("admin", None, first_name="Root"),
        member("manager", branch, first_name="Mona"),
        member("technician", branch, first_name="Tom"),
        member("technician", branch, first_name="Tessa", is_active=False),
        member("seller", branch, first_name="Sara"),
        member("technician", other_branch, first_name="Far"),
        member("admin", branch, first_name="Boss"),
        UserFactory(role="seller", first_name="Newcomer", is_approved=False),
        UserFactory(role="seller", first_name="Unproven", is_verified=False),
        UserFactory(role="customer", first_name="Kim", is_verified=False),
    ]
    return {person.first_name: person for person in people}


SCOPES = {
    "Root": {"Root", "Mona", "Tom", "Tessa", "Sara", "Far", "Boss", "Newcomer", "Unproven", "Kim"},
    "Mona": {"Mona", "Tom", "Tessa", "Sara", "Boss"},
    "Tom": {"Tom"},
    "Sara": {"Sara"},
    "Kim": {"Kim"},
}


@pytest.mark.parametrize(("name", "scope"), SCOPES.items(), ids=SCOPES)
def test_everybody_lists_and_reads_the_accounts_of_their_scope(
    staff: dict[str, User], name: str, scope: set[str]
) -> None:
    api = Api(staff[name])

    lists = [set(found(api, f"{path}?limit=100")) for path in ("users", "users/search")]
    read = {other for other, person in staff.items() if api.get(f"users/{person.pk}").status_code == 200}
    hidden = {api.get(f"users/{person.pk}").status_code for other, person in staff.items() if other not in scope}

    assert lists == [scope, scope]
    assert read == scope
    assert hidden == ({404} if len(scope) < len(staff) else set())


FILTERS = {
    "role=technician": {"Tom", "Tessa", "Far"},
    "isActive=false": {"Tessa"},
    "isVerified=false": {"Unproven", "Kim"},
    "awaitsApproval=true": {"Newcomer", "Unproven"},
    "awaitsApproval=false&role=seller": {"Sara"},
    "branch={branch}": {"Mona", "Tom", "Tessa", "Sara", "Boss"},
    "branch={branch}&role=technician&isActive=true": {"Tom"},
    "q=far": {"Far"},
    "branch={nowhere}": set(),
    "role=manager&isActive=false": set(),
}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(("query", "names"), FILTERS.items(), ids=FILTERS)
def test_lists_are_narrowed_by_filters(
    staff: dict[str, User], branch: Branch, path: str, query: str, names: set[str]
) -> None:
    query = query.format(branch=branch.pk, nowhere=staff["Tom"].pk)

    answer = Api(staff["Root"]).get(f"{path}?{query}").body["data"]

    assert {item["firstName"] for item in answer["items"]} == names
    assert answer["pagination"]["total"] == len(names)


def test_a_manager_finds_the_technicians_to_whom_an_order_can_be_given(staff: dict[str, User], branch: Branch) -> None:
    api = Api(staff["Mona"])

    assert found(api, f"users?role=technician&branch={branch.pk}&isActive=true") == ["Tom"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("name=x", "name", "unknown_parameter"),
        ("isApproved=true", "isApproved", "unknown_parameter"),
        ("password=x", "password", "unknown_parameter"),
        ("role=owner", "role", "invalid_choice"),
        ("isActive=maybe", "isActive", "invalid"),
        ("branch=here", "branch", "invalid"),
        ("ordering=password", "ordering", "invalid_choice"),
        ("q=" + "x" * 201, "q", "max_length"),
        ("role=admin&role=seller", "role", "repeated"),
    ],
)
def test_a_filter_that_does_not_exist_or_makes_no_sense_is_refused(
    admin: Api, path: str, query: str, field: str, code: str
) -> None:
    answer = admin.get(f"{path}?{query}")

    assert outcome(answer) == (400, "VALIDATION_ERROR")
    assert [(detail["field"], detail["code"]) for detail in answer.body["details"]] == [(field, code)]


SEARCHES = {
    "ليلى": ["Laila"],
    "حدّاد": ["Laila"],
    "حداد ليلى": ["Laila"],
    "nguyen": ["Ngoc"],
    "NGUYỄN": ["Ngoc"],
    "ngoc@shop": ["Ngoc"],
    "shop.example": ["Laila", "Ngoc"],
    "lay.la": ["Laila"],
    "0100 123": ["Laila"],
    "+20 100 123 4567": ["Laila"],
    "(0)100-123": ["Laila"],
    "%": [],
    "nobody": [],
}


@pytest.mark.parametrize(("text", "names"), SEARCHES.items(), ids=SEARCHES)
def test_search_finds_any_part_in_any_script(admin: Api, text: str, names: list[str]) -> None:
    User.objects.filter(pk=admin.user.pk).update(search_text="")  # only the two below are to be found
    known = {
        "Laila": UserFactory(first_name="ليلى", last_name="حداد", email="l@shop.example", username="lay.la",
                             phone_number="+201001234567"),
        "Ngoc": UserFactory(first_name="Ngọc", last_name="Nguyễn", email="ngoc@shop.example"),
    }  # fmt: skip

    answer = admin.client.get("/api/v1/users/search", {"q": text}, headers=admin.headers).json()["data"]

    by_id = {str(person.pk): name for name, person in known.items()}
    assert sorted(by_id[item["id"]] for item in answer["items"]) == names
    assert answer["pagination"]["total"] == len(names)


def test_a_search_without_words_is_the_whole_list(staff: dict[str, User]) -> None:
    assert len(found(Api(staff["Mona"]), "users/search?q=")) == 5


@pytest.mark.parametrize("path", LISTS)
def test_pages_and_cursors_lead_through_all_accounts_once(staff: dict[str, User], path: str) -> None:
    api = Api(staff["Root"])
    everybody = sorted(staff)

    pages = [found(api, f"{path}?ordering=firstName&limit=4&page={page}") for page in (1, 2, 3, 4)]
    walked, cursor = [], ""
    while cursor is not None:
        answer = api.get(f"{path}?ordering=firstName&limit=4&cursor={cursor}").body["data"]
        walked.append([item["firstName"] for item in answer["items"]])
        cursor = answer["pagination"]["nextCursor"]

    assert pages == [everybody[:4], everybody[4:8], everybody[8:], []]
    assert walked == pages[:3]


@pytest.mark.parametrize("ordering", ["lastLogin", "-lastLogin", "role", "email", "-createdAt", "lastName,firstName"])
def test_every_ordering_pages_by_cursor(staff: dict[str, User], ordering: str) -> None:
    api = Api(staff["Root"])
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = api.get(f"users?ordering={ordering}&limit=3&cursor={cursor}").body["data"]
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["pagination"]["nextCursor"]

    assert len(seen) == len(set(seen)) == len(staff)


def test_an_erased_account_is_in_no_list(staff: dict[str, User]) -> None:
    api = Api(staff["Root"])

    gone = api.delete(f"users/{staff['Far'].pk}")

    assert gone.status_code == 204
    assert "Erased" not in found(api, "users?limit=100")
    assert found(api, "users/search?q=erased") == []
    assert outcome(api.get(f"users/{staff['Far'].pk}")) == (404, "NOT_FOUND")
