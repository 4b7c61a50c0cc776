"""Counting over HTTP: what is answered, what is refused, and how many statements the lists take."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.ids import new_id
from apps.inventory.models import Branch, CountEntry, Item, StockCount
from tests.conftest import Api
from tests.factories import CategoryFactory, stock_of, stocked
from tests.inventory.counting import out, scan, started, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def part(branch: Branch) -> Item:
    """Ten at Harbour, 8.00 each."""
    return stocked(10, branch, sku="LCD-1", name="Display")


def path(count: StockCount, rest: str = "") -> str:
    return f"inventory/stock-counts/{count.pk}{rest}"


def test_count_from_its_start_to_its_posting(manager: Api, seller: Api, branch: Branch, part: Item) -> None:
    stocked(2, branch, sku="CASE", name="Case")
    pk = str(new_id())

    begun = manager.post("inventory/stock-counts", {"id": pk, "branchId": str(branch.pk), "notes": "Spring"})
    entered = seller.post(f"inventory/stock-counts/{pk}/entries", {"code": "LCD-1", "countedQuantity": 7})
    seen = manager.get(f"inventory/stock-counts/{pk}")
    done = manager.post(f"inventory/stock-counts/{pk}/post", {"uncounted": "leave"})

    assert (begun.status_code, entered.status_code, seen.status_code, done.status_code) == (201, 201, 200, 200)
    count = begun.body["data"]
    user: Any = manager.user
    assert {name: value for name, value in count.items() if name not in {"createdAt", "updatedAt", "number"}} == {
        "id": pk, "status": "open", "branchId": str(branch.pk),
        "branch": {"id": str(branch.pk), "name": "Harbour", "code": "HAR"}, "categoryId": None, "category": None,
        "isBlind": False, "notes": "Spring", "closedAt": None,
        "createdBy": {"kind": "user", "id": str(user.pk), "name": str(user)},
        "totals": {
            "lines": 2, "counted": 0, "disturbed": 0, "differing": 0, "surplus": 0, "shortage": 0,
            "surplusValue": "0.00", "shortageValue": "0.00", "currency": "USD",
        },
    }  # fmt: skip
    line = entered.body["data"]
    assert {name: value for name, value in line.items() if name not in {"id", "createdAt", "updatedAt", "countedAt"}} == {
        "itemId": str(part.pk), "item": {"id": str(part.pk), "sku": "LCD-1", "name": "Display"}, "tracksSerials": False,
        "onHand": 10, "counted": 7, "difference": -3, "differenceValue": "-24.00", "disturbed": False,
    }  # fmt: skip
    assert seen.body["data"]["totals"] == {
        "lines": 2, "counted": 1, "disturbed": 0, "differing": 1, "surplus": 0, "shortage": 3,
        "surplusValue": "0.00", "shortageValue": "24.00", "currency": "USD",
    }  # fmt: skip
    assert (done.body["data"]["status"], done.body["data"]["closedAt"] is not None) == ("posted", True)
    assert stock_of(part, branch) == (7, 0)


@pytest.mark.exhaustive
def test_lines_are_narrowed_and_paged(manager: Api, branch: Branch) -> None:
    items = {sku: stocked(5, branch, sku=sku, name=sku) for sku in ("A", "B", "C", "D")}
    count = started(branch)
    typed(count, items["A"], 5)
    typed(count, items["B"], 6)
    scan(count, "C", quantity=5)
    out(items["C"], branch)
    scan(count, "C")

    def found(query: str) -> list[str]:
        answer = manager.get(path(count, f"/lines?{query}"))
        assert answer.status_code == 200
        return [row["item"]["sku"] for row in answer.body["data"]["items"]]

    assert found("") == ["A", "B", "C", "D"]
    assert found("counted=true") == ["A", "B", "C"]
    assert found("counted=false") == ["D"]
    assert found("differing=true") == ["B", "C"]
    assert found("disturbed=true") == ["C"]
    assert found("differing=true&disturbed=false") == ["B"]
    assert found("limit=2&page=2") == ["C", "D"]
    uncounted = manager.get(path(count, "/lines?counted=false")).body["data"]["items"][0]
    assert (uncounted["onHand"], uncounted["counted"], uncounted["difference"]) == (5, None, None)
    for query in ("counted=perhaps", "q=A", "counted=true&counted=true"):
        assert manager.get(path(count, f"/lines?{query}")).status_code == 400


def test_list_is_narrowed_by_branch_and_status(admin: Api, branch: Branch, other_branch: Branch) -> None:
    here, there = started(branch), started(other_branch)
    admin.post(path(there, "/cancel"))

    def found(query: str) -> list[str]:
        return [row["id"] for row in admin.get(f"inventory/stock-counts?{query}").body["data"]["items"]]

    assert found("") == [str(there.pk), str(here.pk)]
    assert found("status=open") == [str(here.pk)]
    assert found(f"branchId={other_branch.pk}&status=cancelled") == [str(there.pk)]
    assert admin.get("inventory/stock-counts?status=lost").status_code == 400


def test_scan_is_repeated_after_a_lost_answer(seller: Api, branch: Branch, part: Item) -> None:
    count, pk = started(branch), str(new_id())

    answers = [seller.post(path(count, "/entries"), {"id": pk, "code": "LCD-1"}) for _ in range(3)]
    other = seller.post(path(count, "/entries"), {"id": pk, "code": "LCD-1", "quantity": 4})

    assert [(answer.status_code, answer.body["data"]["counted"]) for answer in answers] == [(201, 1)] * 3
    assert (other.status_code, other.body["code"]) == (409, "DUPLICATE_ERROR")
    assert CountEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "code"),
        ({"code": "4711"}, 400, "code"),
        ({"code": "x" * 101}, 400, "code"),
        ({"code": "LCD-1", "countedQuantity": -1}, 400, "countedQuantity"),
        ({"code": "LCD-1", "quantity": "many"}, 400, "quantity"),
        ({"code": "LCD-1", "quantity": 1_000_001}, 400, "quantity"),
        ({"code": "LCD-1", "id": "0197f000-0000-4000-8000-000000000000"}, 400, "id"),
        ({"inventoryItemId": str(new_id())}, 400, "inventoryItemId"),
        ({"code": "LCD-1", "serialNumber": "S-1"}, 400, "serialNumber"),
        ({"code": "LCD-1", "units": 1}, 400, "units"),
    ],
)
def test_entry_that_is_wrong_is_refused_by_its_field(
    seller: Api, branch: Branch, part: Item, body: dict[str, Any], status: int, field: str
) -> None:
    count = started(branch)

    answer = seller.post(path(count, "/entries"), body)

    assert (answer.status_code, [detail["field"] for detail in answer.body["details"]]) == (status, [field])
    assert CountEntry.objects.count() == 0


def test_disturbed_line_is_counted_again(seller: Api, manager: Api, branch: Branch, part: Item) -> None:
    count = started(branch)
    scan(count, "LCD-1", quantity=5)
    out(part, branch)
    line = scan(count, "LCD-1")

    refused = manager.post(path(count, "/post"))
    again = seller.post(path(count, f"/lines/{line.pk}/recount"))
    missing = seller.post(path(count, f"/lines/{new_id()}/recount"))

    assert (refused.status_code, refused.body["code"]) == (409, "CONFLICT")
    assert refused.body["details"] == [{
        "field": f"lines.{line.pk}", "code": "disturbed",
        "message": "LCD-1 Display: its stock moved between two entries; count it again.",
    }]  # fmt: skip
    assert (again.status_code, again.body["data"]["counted"], again.body["data"]["onHand"]) == (200, None, 9)
    assert missing.status_code == 404
    assert stock_of(part, branch) == (9, 0)


def test_blind_count_tells_those_who_count_nothing_of_what_is_expected(
    manager: Api, seller: Api, branch: Branch, part: Item
) -> None:
    count = started(branch, is_blind=True)

    line = seller.post(path(count, "/entries"), {"code": "LCD-1", "countedQuantity": 9}).body["data"]
    listed = seller.get(path(count, "/lines")).body["data"]["items"][0]
    totals = seller.get(path(count)).body["data"]["totals"]
    known = manager.get(path(count, "/lines")).body["data"]["items"][0]

    for row in (line, listed):
        assert [row[name] for name in ("counted", "onHand", "difference", "differenceValue")] == [9, None, None, None]
    assert [totals[name] for name in ("lines", "counted", "differing", "shortage")] == [1, 1, None, None]
    assert seller.get(path(count, "/lines?differing=true")).status_code == 400
    assert (known["onHand"], known["difference"], known["differenceValue"]) == (10, -1, "-8.00")
    manager.post(path(count, "/post"))
    assert seller.get(path(count, "/lines")).body["data"]["items"][0]["difference"] == -1


def test_action_that_is_repeated_with_its_key_answers_the_same(manager: Api, branch: Branch, part: Item) -> None:
    count = started(branch)
    typed(count, part, 9)

    first = manager.post(path(count, "/post"), Idempotency_Key="once")
    again = manager.post(path(count, "/post"), Idempotency_Key="once")
    other = manager.post(path(count, "/post"))

    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 409)
    assert again.content == first.content
    assert other.body["error"] == f"{count.number} has been posted already."
    assert stock_of(part, branch) == (9, 0)


def test_count_cannot_be_changed_or_deleted_and_its_start_is_checked(manager: Api, branch: Branch) -> None:
    count = started(branch, CategoryFactory())

    for method in ("PUT", "PATCH", "DELETE"):
        assert manager.request(method, path(count), {}).status_code == 405
    unknown = manager.post("inventory/stock-counts", {"branchId": str(branch.pk), "categoryId": str(new_id())})
    nothing = manager.post("inventory/stock-counts", {})

    assert (unknown.status_code, unknown.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert [detail["field"] for detail in nothing.body["details"]] == ["branchId"]
    assert StockCount.objects.count() == 1


def test_count_is_not_written_over_by_who_read_an_older_one(manager: Api, branch: Branch, part: Item) -> None:
    count = started(branch)
    tag = manager.get(path(count))["ETag"]
    typed(count, part, 9)

    stale = manager.post(path(count, "/post"), If_Match=tag)

    assert (stale.status_code, stale.body["code"]) == (412, "PRECONDITION_FAILED")
    assert stock_of(part, branch) == (10, 0)


def statements(work: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert work().status_code in {200, 201}
    return len(queries)


@pytest.mark.exhaustive
def test_lists_take_as_many_statements_for_three_rows_as_for_one(admin: Api, branch: Branch) -> None:
    """The session with its user, the count, how many lines, their ids and the rows; one count has its totals too."""
    stocked(1, branch)
    count = started(branch)
    pages = [path(count, "/lines"), path(count, "/lines?disturbed=false"), path(count), "inventory/stock-counts"]
    for page in pages:
        admin.get(page)  # the size of a table is looked up once a minute
    with_one = [statements(lambda page=page: admin.get(page)) for page in pages]
    for sku in ("B", "C"):
        scan(count, stocked(1, branch, sku=sku).sku)

    with_three = [statements(lambda page=page: admin.get(page)) for page in pages]

    assert with_one == [5, 5, 5, 4]
    assert with_three == with_one


@pytest.mark.exhaustive
def test_entry_takes_as_many_statements_in_a_long_count_as_in_a_short_one(seller: Api, branch: Branch) -> None:
    stocked(5, branch, sku="A")
    count = started(branch)
    scan(count, "A")
    seller.post(path(count, "/entries"), {"code": "A"})  # the first request of a session writes when it was
    in_short = statements(lambda: seller.post(path(count, "/entries"), {"code": "A"}))
    for number in range(20):
        scan(count, stocked(1, branch, sku=f"B{number}").sku)

    in_long = statements(lambda: seller.post(path(count, "/entries"), {"code": "A"}))

    assert in_long == in_short == 15


def test_totals_of_what_is_dear_are_told(manager: Api, branch: Branch) -> None:
    item = stocked(1, branch, cost_price="8589934592.00")
    count = started(branch)

    typed(count, item, 1_000_000)
    totals = manager.get(path(count)).body["data"]["totals"]

    assert totals["surplus"] == 999_999
    assert Decimal(totals["surplusValue"]) == pytest.approx(Decimal(8589926002065408), rel=Decimal("1e-14"))
