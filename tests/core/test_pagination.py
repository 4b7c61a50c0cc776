"""Two ways through a list: numbered pages, and a cursor that neither skips nor repeats."""

import base64
import json
from collections.abc import Iterable
from itertools import chain
from typing import Any

import pytest

from apps.catalog.models import Brand, DeviceModel
from apps.core.api import pagination
from tests.conftest import Api
from tests.factories import BrandFactory, DeviceModelFactory, ItemFactory, PriceFactory


def names(answer: Any) -> list[str]:
    return [item["name"] for item in answer.body["data"]["items"]]


def flat(pages: Iterable[list[str]]) -> list[str]:
    return list(chain.from_iterable(pages))


def walk(api: Api, path: str, *, towards: str = "nextCursor", start: str = "") -> tuple[list[list[str]], str | None]:
    """The names of each page from ``start`` to the end, and the way back from the last page."""
    pages, cursor, back = [], start, None
    other = {"nextCursor": "previousCursor", "previousCursor": "nextCursor"}[towards]
    while cursor is not None:
        assert len(pages) < 30, "the walk does not end"
        answer = api.get(f"{path}&cursor={cursor}")
        assert answer.status_code == 200, answer.body
        pages.append(names(answer))
        found = answer.body["data"]["pagination"]
        cursor, back = found[towards], found[other]
    return pages, back


# --- numbered pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found", "expected"),
    [
        ("limit=2", ["A", "B"], {"page": 1, "limit": 2, "total": 5, "pages": 3}),
        ("limit=2&page=2", ["C", "D"], {"page": 2, "limit": 2, "total": 5, "pages": 3}),
        ("limit=2&page=3", ["E"], {"page": 3, "limit": 2, "total": 5, "pages": 3}),
        ("limit=2&page=4", [], {"page": 4, "limit": 2, "total": 5, "pages": 3}),
        ("limit=5", ["A", "B", "C", "D", "E"], {"page": 1, "limit": 5, "total": 5, "pages": 1}),
        ("limit=100", ["A", "B", "C", "D", "E"], {"page": 1, "limit": 100, "total": 5, "pages": 1}),
        ("limit=1&page=99999999999999999999", [], {"page": 9007199254740991, "limit": 1, "total": 5, "pages": 5}),
        ("q=zzz", [], {"page": 1, "limit": 20, "total": 0, "pages": 0}),
    ],
)
def test_numbered_page_holds_its_rows(admin: Api, query: str, found: list[str], expected: dict[str, int]) -> None:
    for name in "CAEBD":
        BrandFactory(name=name)

    answer = admin.get(f"catalog/brands?{query}")

    assert (answer.status_code, names(answer), answer.body["data"]["pagination"]) == (200, found, expected)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=-1", "limit=x", "limit=", "limit=1.5", "limit=%D9%A1", "limit=%C2%B2", "page=0",
     "page=-1", "page=x", "page=", "page=1e3", "page=" + "9" * 41, "page=1%00"],
)  # fmt: skip
def test_page_or_limit_that_is_none_is_refused(admin: Api, query: str) -> None:
    answer = admin.get(f"catalog/brands?{query}")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [detail["field"] for detail in answer.body["details"]] == [query.partition("=")[0]]


def test_total_of_a_large_table_is_bounded_and_says_so(admin: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "LARGE_TABLE", -2)
    monkeypatch.setattr(pagination, "COUNTED_AT_MOST", 3)
    for name in "ABCDE":
        BrandFactory(name=name)

    estimated = admin.get("catalog/brands?limit=2").body["data"]
    beyond = admin.get("catalog/brands?limit=2&page=3").body["data"]
    exact = admin.get("catalog/brands?limit=2&q=E").body["data"]

    assert estimated["pagination"] == {"page": 1, "limit": 2, "total": 3, "pages": 2, "totalIsEstimate": True}
    assert [item["name"] for item in beyond["items"]] == ["E"]
    assert exact["pagination"] == {"page": 1, "limit": 2, "total": 1, "pages": 1}


# --- cursors ----------------------------------------------------------------------------------------------------------


def test_cursor_page_has_no_total(admin: Api) -> None:
    BrandFactory(name="A")

    answer = admin.get("catalog/brands?cursor=")

    assert answer.body["data"]["pagination"] == {"limit": 20, "nextCursor": None, "previousCursor": None}
    assert names(answer) == ["A"]


@pytest.mark.parametrize("ordering", ["name", "-name", "createdAt", "-createdAt", "updatedAt,name", "-name,createdAt"])
@pytest.mark.parametrize("limit", [1, 2, 7])
def test_cursor_walks_the_whole_list_forwards_and_back(admin: Api, ordering: str, limit: int) -> None:
    for name in "DBFACEG":
        BrandFactory(name=name)
    path = f"catalog/brands?limit={limit}&ordering={ordering}"
    whole = names(admin.get(f"catalog/brands?limit=100&ordering={ordering}"))

    forwards, back = walk(admin, path)
    backwards = walk(admin, path, towards="previousCursor", start=back)[0] if back else []

    assert flat(forwards) == whole
    assert flat(reversed(backwards)) == whole[: max(0, len(whole) - len(forwards[-1]))]
    assert all(len(page) == limit for page in forwards[:-1] + backwards)


@pytest.mark.parametrize("ordering", ["releaseYear", "-releaseYear", "releaseYear,-name"])
def test_cursor_keeps_equal_and_empty_keys_apart(admin: Api, ordering: str) -> None:
    brand = BrandFactory()
    for name, year in zip("ABCDEFGHI", [2020, None, 2020, 2021, None, 2020, None, 2021, 2020], strict=True):
        DeviceModelFactory(brand=brand, name=name, release_year=year)
    path = f"catalog/device-models?limit=2&ordering={ordering}"
    whole = names(admin.get(f"catalog/device-models?ordering={ordering}"))

    forwards, back = walk(admin, path)
    backwards, _ = walk(admin, path, towards="previousCursor", start=back or "")

    assert flat(forwards) == whole
    assert flat(reversed(backwards)) == whole[:8]
    assert {name for page in forwards[-2:] for name in page} == {"B", "E", "G"}


def test_rows_added_and_taken_between_pages_neither_skip_nor_repeat(admin: Api) -> None:
    for name in ("B", "D", "F", "H"):
        BrandFactory(name=name)
    path = "catalog/brands?limit=2&ordering=name"
    first = admin.get(f"{path}&cursor=")
    BrandFactory(name="A")
    BrandFactory(name="G")
    Brand.objects.filter(name="D").delete()  # the very row that the cursor stands on

    rest, back = walk(admin, path, start=first.body["data"]["pagination"]["nextCursor"])
    before = admin.get(f"{path}&cursor={back}")

    assert (names(first), rest) == (["B", "D"], [["F", "G"], ["H"]])
    assert names(before) == ["F", "G"]


def test_cursor_page_past_the_end_is_empty_and_leads_back(admin: Api) -> None:
    for name in "ABC":
        BrandFactory(name=name)
    path = "catalog/brands?limit=2&ordering=name"
    following = admin.get(f"{path}&cursor=").body["data"]["pagination"]["nextCursor"]
    Brand.objects.filter(name="C").delete()

    answer = admin.get(f"{path}&cursor={following}")

    assert (answer.status_code, names(answer)) == (200, [])
    assert answer.body["data"]["pagination"]["nextCursor"] is None


def test_cursor_keeps_the_filters_of_its_list(admin: Api) -> None:
    for name, active in (("A", True), ("B", False), ("C", True), ("D", True)):
        BrandFactory(name=name, is_active=active)

    pages, _ = walk(admin, "catalog/brands?limit=1&isActive=true")

    assert pages == [["A"], ["C"], ["D"]]


def written(signature: Any, values: Any, *, backwards: Any = False) -> str:
    text = json.dumps([signature, backwards, values])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


PK = "01234567-89ab-7def-8123-456789abcdef"
TAMPERED = [
    "rubbish", "%00", "%C3%A9", "=", "====", "e30", "W10", "bnVsbA", "a" * 5000,
    written("-name,-pk", ["A", PK]),
    written("name,pk", ["A", PK], backwards="no"),
    written("name,pk", ["A"]),
    written("name,pk", ["A", PK, "more"]),
    written("name,pk", None),
    written("name,pk", "AB"),
    written("name,pk", {"0": "A", "1": PK}),
    written("name,pk", ["A", "not-an-id"]),
    written("name,pk", ["A", None]),
    written("name,pk", [None, PK]),
    written("name,pk", [["A"], PK]),
    written("name,pk", [{"a": 1}, PK]),
    written("name,pk", [7, PK]),
    written("name,pk", ["a\0b", PK]),
    written("name,pk", ["\ud800", PK]),
    written("name,pk", ["\udfff", PK], backwards=True),
    written("name,pk", ["A" * 1001, PK]),
    base64.urlsafe_b64encode(b"[" * 50_000).decode(),
]  # fmt: skip


@pytest.mark.parametrize("cursor", TAMPERED, ids=range(len(TAMPERED)))
def test_tampered_cursor_is_refused(admin: Api, cursor: str) -> None:
    BrandFactory(name="A")

    answer = admin.get(f"catalog/brands?ordering=name&cursor={cursor}")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [detail["field"] for detail in answer.body["details"]] == ["cursor"]


HOSTILE = [
    ("inventory/items", "unitPrice", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+999999", "1E-999999", "9" * 60, "x"]),
    ("pricing", "price", ["NaN", "1e400", "0." + "9" * 500]),
    ("pricing", "validFrom", ["0000-00-00", "99999-01-01", "2025-02-30", "", "0001-01-01T00:00:00"]),
    ("catalog/brands", "createdAt", ["9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59", "2025-01-01",
                                     "2025-01-01T00:00:00", "now", "", "\ud800"]),
    ("catalog/device-models", "releaseYear", ["9" * 30, "-" + "9" * 30, "1e5", "x", "", "9" * 900]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "ordering", "value"), [(path, ordering, value) for path, ordering, values in HOSTILE for value in values]
)
@pytest.mark.parametrize("backwards", [False, True])
def test_cursor_with_a_hostile_value_is_never_a_fault(
    admin: Api, path: str, ordering: str, value: str, backwards: bool
) -> None:
    PriceFactory(device_model__release_year=2020)
    ItemFactory()
    paths = {"unitPrice": "unit_price", "createdAt": "created_at", "validFrom": "valid_from",
             "releaseYear": "release_year"}  # fmt: skip
    cursor = written(f"{paths.get(ordering, ordering)},pk", [value, PK], backwards=backwards)

    answer = admin.get(f"{path}?ordering={ordering}&cursor={cursor}")

    assert answer.status_code in {200, 400}, answer.body


def test_cursor_of_another_ordering_is_refused(admin: Api) -> None:
    for name in "ABC":
        BrandFactory(name=name)
    cursor = admin.get("catalog/brands?limit=1&ordering=name&cursor=").body["data"]["pagination"]["nextCursor"]

    answer = admin.get(f"catalog/brands?limit=1&ordering=-name&cursor={cursor}")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")


def test_cursor_shows_no_more_than_the_scope_does(admin: Api, customer: Api) -> None:
    DeviceModelFactory(name="A")
    DeviceModelFactory(name="B", is_active=False)
    DeviceModelFactory(name="C")
    cursor = admin.get("catalog/device-models?limit=1&cursor=").body["data"]["pagination"]["nextCursor"]

    answer = customer.get(f"catalog/device-models?cursor={cursor}")

    assert names(answer) == ["C"]
    assert DeviceModel.objects.count() == 3
