"""Transfers and what is in transit over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.ids import new_id
from apps.inventory.models import Branch, Item, StockMovement, Transfer, TransferReceipt
from apps.inventory.services import Arrival
from tests.conftest import Api
from tests.factories import BranchFactory, ItemFactory, member
from tests.inventory.killing import everything
from tests.inventory.transferring import bought, draft, level, line, receive, sent

pytestmark = pytest.mark.django_db

TRANSFERS = "inventory/transfers"


@pytest.fixture
def part(branch: Branch) -> Item:
    """Ten at Harbour, 10.00 each."""
    return bought(10, branch, sku="LCD-1", name="Display")


def books() -> dict[str, list[str]]:
    """Every row of every table but the session's, which each request touches."""
    return {table: rows for table, rows in everything().items() if table != "accounts_session"}


def body(source: Branch, target: Branch, *lines: tuple[Any, ...], **fields: Any) -> dict[str, Any]:
    rows = [
        {"itemId": str(item.pk), "quantity": units, **({"serials": list(numbers)} if numbers else {})}
        for item, units, *numbers in lines
    ]
    return {"fromBranchId": str(source.pk), "toBranchId": str(target.pk), "lines": rows, **fields}


def errors(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.body
    return [(one["field"], one["code"]) for one in answer.body["details"]]


def test_draft_is_answered_with_its_lines(manager: Api, branch: Branch, other_branch: Branch, part: Item) -> None:
    pk = str(new_id())

    answer = manager.post(TRANSFERS, body(branch, other_branch, (part, 4), id=pk, notes="fragile"))

    assert answer.status_code == 201
    found = answer.body["data"]
    row = found.pop("lines")[0]
    assert {name: found[name] for name in ("id", "status", "notes", "sentAt", "closedAt")} == {
        "id": pk, "status": "draft", "notes": "fragile", "sentAt": None, "closedAt": None,
    }  # fmt: skip
    assert found["number"] == f"T-{found['createdAt'][:4]}-000001"
    assert found["fromBranch"] == {"id": str(branch.pk), "name": "Harbour", "code": "HAR"}
    assert found["toBranch"] == {"id": str(other_branch.pk), "name": "Station", "code": "STA"}
    assert found["createdBy"] == {
        "kind": "user", "id": str(manager.user.pk), "name": manager.user.get_full_name(),
    }  # fmt: skip
    assert row == {
        "id": str(line(Transfer.objects.get()).pk), "itemId": str(part.pk),
        "item": {"id": str(part.pk), "name": "Display", "sku": "LCD-1"}, "quantity": 4, "received": 0, "missing": 0,
        "surplus": 0, "outstanding": 0, "reason": "", "serials": [],
    }  # fmt: skip
    assert manager.get(f"{TRANSFERS}/{pk}").body["data"] == {**found, "lines": [row]}


@pytest.mark.exhaustive
def test_draft_is_sent_and_received_with_differences(admin: Api, branch: Branch, other_branch: Branch) -> None:
    phone = bought(3, branch, serials=["A", "B", "C"])
    made = admin.post(TRANSFERS, body(branch, other_branch, (phone, 3, "a", "b", "c"))).body["data"]
    path = f"{TRANSFERS}/{made['id']}"
    row = {"lineId": made["lines"][0]["id"], "received": 1, "serials": ["b"]}
    differing = {
        "lineId": row["lineId"], "received": 1, "serials": ["A"], "missing": 1, "missingSerials": ["C"], "surplus": 1,
        "surplusSerials": ["X"], "reason": "swapped",
    }  # fmt: skip

    went = admin.post(f"{path}/send")
    first = admin.post(f"{path}/receive", {"receiptId": str(new_id()), "lines": [row]})
    last = admin.post(f"{path}/receive", {"receiptId": str(new_id()), "lines": [differing], "notes": "second box"})

    shown = [
        (answer.status_code, answer.body["data"]["status"], *(
            answer.body["data"]["lines"][0][name] for name in ("outstanding", "received", "missing", "surplus", "serials")
        ))
        for answer in (went, first, last)
    ]  # fmt: skip
    assert shown == [
        (200, "sent", 3, 0, 0, 0, ["A", "B", "C"]),
        (200, "partly_received", 2, 1, 0, 0, ["A", "C"]),
        (200, "received", 0, 2, 1, 1, []),
    ]
    assert last.body["data"]["lines"][0]["reason"] == "swapped"
    assert last.body["data"]["closedAt"] is not None
    assert level(phone, other_branch)[:2] == (3, 0)


def test_put_and_patch_change_a_draft(manager: Api, branch: Branch, other_branch: Branch, part: Item) -> None:
    far, other = BranchFactory(name="Attic", code="ATT"), ItemFactory()
    made = manager.post(TRANSFERS, body(branch, other_branch, (part, 4), notes="a")).body["data"]
    path = f"{TRANSFERS}/{made['id']}"

    patched = manager.patch(path, {"lines": [{"itemId": str(other.pk), "quantity": 1}]}).body["data"]
    put = manager.put(path, {**patched, **body(branch, far, (part, 2), (other, 3))}).body["data"]

    assert [(row["itemId"], row["quantity"]) for row in patched["lines"]] == [(str(other.pk), 1)]
    assert (patched["notes"], patched["toBranchId"]) == ("a", str(other_branch.pk))
    assert [(row["itemId"], row["quantity"]) for row in put["lines"]] == [(str(part.pk), 2), (str(other.pk), 3)]
    assert (put["notes"], put["toBranch"]["code"]) == ("a", "ATT")


@pytest.mark.exhaustive
def test_stale_tag_changes_nothing(manager: Api, branch: Branch, other_branch: Branch, part: Item) -> None:
    path = f"{TRANSFERS}/{draft(branch, other_branch, (part, 4)).pk}"
    tag = manager.get(path)["ETag"]
    fresh = manager.patch(path, {"lines": [{"itemId": str(part.pk), "quantity": 5}]}, If_Match=tag)
    before = books()

    stale = [
        manager.patch(path, {"notes": "y"}, If_Match=tag),
        manager.post(f"{path}/send", If_Match=tag),
        manager.delete(path, If_Match=tag),
    ]

    assert fresh.status_code == 200
    assert fresh["ETag"] != tag
    assert [answer.status_code for answer in stale] == [412] * 3
    assert books() == before
    assert manager.post(f"{path}/send", If_Match=fresh["ETag"]).status_code == 200


def test_the_same_request_twice_happens_once(admin: Api, branch: Branch, other_branch: Branch, part: Item) -> None:
    wanted, receipt = body(branch, other_branch, (part, 4)), {"receiptId": str(new_id())}

    made = [admin.post(TRANSFERS, wanted, Idempotency_Key="draft") for _ in range(2)]
    path = f"{TRANSFERS}/{made[0].body['data']['id']}"
    went = [admin.post(f"{path}/send", Idempotency_Key="send") for _ in range(2)]
    unkeyed = admin.post(f"{path}/send")
    came = [admin.post(f"{path}/receive", receipt) for _ in range(2)]
    other = admin.post(f"{path}/receive", {"receiptId": str(new_id())})

    assert [answer.status_code for answer in (*made, *went, *came)] == [201, 201, 200, 200, 200, 200]
    assert made[0].body["data"] == made[1].body["data"]
    assert went[0].body["data"] == went[1].body["data"]
    assert came[0].body["data"] == came[1].body["data"]
    assert [(answer.status_code, answer.body["code"]) for answer in (unkeyed, other)] == [(409, "CONFLICT")] * 2
    assert (level(part, branch)[0], level(part, other_branch)[0]) == (6, 4)
    assert (Transfer.objects.count(), TransferReceipt.objects.count()) == (1, 1)
    assert StockMovement.objects.exclude(document_id=None).count() == 2


def test_draft_is_deleted_and_what_was_sent_is_called_back(
    manager: Api, branch: Branch, other_branch: Branch, part: Item
) -> None:
    first, second = draft(branch, other_branch, (part, 4)), sent(branch, other_branch, (part, 4))

    deleted = manager.delete(f"{TRANSFERS}/{first.pk}")
    kept = manager.delete(f"{TRANSFERS}/{second.pk}")
    silent = manager.post(f"{TRANSFERS}/{second.pk}/cancel")
    cancelled = manager.post(f"{TRANSFERS}/{second.pk}/cancel", {"reason": "wrong van"})

    assert (deleted.status_code, kept.status_code) == (204, 409)
    assert errors(silent) == [("reason", "required")]
    assert (cancelled.status_code, cancelled.body["data"]["status"]) == (200, "cancelled")
    assert level(part, branch) == (10, 0, 100_000_000)
    assert manager.get(f"{TRANSFERS}/{first.pk}").status_code == 404


def test_too_little_stock_names_the_line(manager: Api, branch: Branch, other_branch: Branch, part: Item) -> None:
    transfer = draft(branch, other_branch, (ItemFactory(name="Frame"), 1), (part, 11))
    before = books()

    answer = manager.post(f"{TRANSFERS}/{transfer.pk}/send")

    assert (answer.status_code, answer.body["code"]) == (409, "INSUFFICIENT_STOCK")
    assert answer.body["details"] == [
        {"field": "lines.0.quantity", "code": "insufficient_stock", "message": "Only 0 available, 1 asked for."},
        {"field": "lines.1.quantity", "code": "insufficient_stock", "message": "Only 10 available, 11 asked for."},
    ]
    assert books() == before


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"lines": []}, [("lines", "empty")]),
        ({"lines": [{"quantity": 1}]}, [("lines.0.itemId", "required")]),
        ({"lines": [{"itemId": "part", "quantity": 0}]}, [("lines.0.quantity", "min_value")]),
        ({"lines": [{"itemId": "part", "quantity": 10**9}]}, [("lines.0.quantity", "max_value")]),
        ({"lines": [{"itemId": "part", "quantity": 1, "serials": ["A"]}]}, [("lines.0.serials", "not_allowed")]),
        ({"lines": [{"itemId": "part", "quantity": 1, "colour": "red"}]}, [("lines.0.colour", "unknown_field")]),
        ({"lines": [{"itemId": "part", "quantity": 1}] * 201}, [("lines", "max_length")]),
        ({"toBranchId": "here"}, [("toBranchId", "same_branch")]),
        ({"status": "sent"}, [("status", "unknown_field")]),
        ({"id": "b2c3a1d4-0000-4000-8000-000000000000"}, [("id", "invalid")]),
        ({"notes": "x" * 1001}, [("notes", "max_length")]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_draft_is_said_at_its_field(
    manager: Api, branch: Branch, other_branch: Branch, part: Item, change: dict[str, Any], found: Any
) -> None:
    ids = {"part": str(part.pk), "here": str(branch.pk)}
    for row in change.get("lines", []):
        row.update({name: ids.get(value, value) for name, value in row.items() if isinstance(value, str)})
    named = {name: ids.get(value, value) if isinstance(value, str) else value for name, value in change.items()}
    wanted = {**body(branch, other_branch, (part, 1)), **named}
    before = books()

    answer = manager.post(TRANSFERS, wanted)

    assert errors(answer) == found
    assert books() == before


def test_lines_of_a_patch_are_whole(manager: Api, branch: Branch, other_branch: Branch, part: Item) -> None:
    transfer = draft(branch, other_branch, (part, 4))

    answers = [
        manager.patch(f"{TRANSFERS}/{transfer.pk}", {"lines": [given]})
        for given in ({}, {"quantity": 1}, {"itemId": str(part.pk)})
    ]

    required = [("lines.0.itemId", "required"), ("lines.0.quantity", "required")]
    assert [errors(answer) for answer in answers] == [required, required[:1], required[1:]]
    assert line(transfer).quantity == 4


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, [("receiptId", "required")]),
        ({"receiptId": "x"}, [("receiptId", "invalid")]),
        ({"lines": []}, [("lines", "empty")]),
        ({"lines": [{"received": 1}]}, [("lines.0.lineId", "required")]),
        ({"lines": [{"lineId": "line", "received": -1}]}, [("lines.0.received", "min_value")]),
        ({"lines": [{"lineId": "line", "received": 3, "missing": 1}]}, [("lines.0.reason", "required")]),
        ({"lines": [{"lineId": "line", "received": 5}]}, [("lines.0.received", "max_value")]),
    ],
)
def test_what_is_wrong_with_a_receipt_is_said_at_its_field(
    admin: Api, branch: Branch, other_branch: Branch, part: Item, given: dict[str, Any], found: Any
) -> None:
    transfer = sent(branch, other_branch, (part, 4))
    for row in given.get("lines", []):
        row.update({"lineId": str(line(transfer).pk)} if "lineId" in row else {})
    before = books()

    answer = admin.post(
        f"{TRANSFERS}/{transfer.pk}/receive", {"receiptId": str(new_id()), **given} if "lines" in given else given
    )

    assert errors(answer) == found
    assert books() == before


def test_list_is_filtered_and_searched(admin: Api, branch: Branch, other_branch: Branch, part: Item) -> None:
    far, other = BranchFactory(code="ATT"), bought(5, other_branch)
    first = draft(branch, other_branch, (part, 1))
    second = sent(other_branch, far, (other, 2))
    third = sent(branch, far, (part, 1))
    receive(third)
    names = {str(one.pk): name for one, name in ((first, "first"), (second, "second"), (third, "third"))}
    day = first.created_at.strftime("%Y-%m-%d")

    def shown(query: str) -> list[str]:
        answer = admin.get(f"{TRANSFERS}?{query}")
        assert answer.status_code == 200, answer.body
        return [names[row["id"]] for row in answer.body["data"]["items"]]

    assert shown("") == ["third", "second", "first"]
    assert shown("ordering=number") == ["first", "second", "third"]
    assert shown("status=sent") == ["second"]
    assert shown(f"fromBranchId={branch.pk}") == ["third", "first"]
    assert shown(f"toBranchId={far.pk}&status=received") == ["third"]
    assert shown(f"itemId={other.pk}") == ["second"]
    assert shown(f"dateFrom={day}&dateTo={day}") == ["third", "second", "first"]
    assert shown("dateTo=2020-01-01") == []
    assert shown(f"q={second.number.lower()}") == ["second"]
    assert shown("q=00000") == ["third", "second", "first"]
    assert "lines" not in admin.get(TRANSFERS).body["data"]["items"][0]
    assert errors(admin.get(f"{TRANSFERS}?status=lost")) == [("status", "invalid_choice")]


@pytest.mark.exhaustive
def test_staff_see_the_transfers_that_touch_their_branch(
    manager: Api, technician: Api, seller: Api, customer: Api, branch: Branch, other_branch: Branch, part: Item
) -> None:
    far = BranchFactory()
    out, into = draft(branch, other_branch, (part, 1)), sent(other_branch, branch, (bought(1, other_branch), 1))
    foreign = sent(other_branch, far, (bought(1, other_branch), 1))

    for api in (manager, technician, seller):
        rows = api.get(TRANSFERS).body["data"]["items"]
        assert [row["id"] for row in rows] == [str(into.pk), str(out.pk)]
        assert api.get(f"{TRANSFERS}/{into.pk}").status_code == 200
        assert api.get(f"{TRANSFERS}/{foreign.pk}").status_code == 404
    for verb, given in (("send", {}), ("receive", {"receiptId": str(new_id())}), ("cancel", {})):
        assert manager.post(f"{TRANSFERS}/{foreign.pk}/{verb}", given).status_code == 404
        assert technician.post(f"{TRANSFERS}/{into.pk}/{verb}", given).status_code == 403
    assert manager.delete(f"{TRANSFERS}/{foreign.pk}").status_code == 404
    assert manager.patch(f"{TRANSFERS}/{foreign.pk}", {"notes": "x"}).status_code == 404
    assert customer.get(TRANSFERS).status_code == 403
    assert customer.get("inventory/in-transit").status_code == 403


@pytest.mark.exhaustive
def test_what_is_in_transit_is_seen_from_both_ends(
    admin: Api, seller: Api, branch: Branch, other_branch: Branch, part: Item
) -> None:
    far = BranchFactory(name="Attic", code="ATT")
    transfer = sent(branch, other_branch, (part, 4), (bought(1, branch, sku="CASE"), 1))
    receive(transfer, Arrival(line(transfer, 1).pk, received=1), Arrival(line(transfer, 2).pk, received=1))
    other = sent(far, other_branch, (bought(2, far, "3.35"), 1))
    receive(sent(branch, other_branch, (part, 1)))
    draft(branch, other_branch, (part, 1))

    answer = seller.get("inventory/in-transit").body["data"]

    transfer.refresh_from_db()
    assert answer["items"] == [
        {
            "id": str(line(transfer, 1).pk), "transferId": str(transfer.pk), "number": transfer.number,
            "itemId": str(part.pk), "item": {"id": str(part.pk), "name": "Display", "sku": "LCD-1"},
            "fromBranchId": str(branch.pk), "fromBranch": {"id": str(branch.pk), "name": "Harbour", "code": "HAR"},
            "toBranchId": str(other_branch.pk),
            "toBranch": {"id": str(other_branch.pk), "name": "Station", "code": "STA"},
            "quantity": 3, "since": seller.get(f"{TRANSFERS}/{transfer.pk}").body["data"]["sentAt"],
            "value": "30.00", "currency": "USD",
        }
    ]  # fmt: skip
    numbers = {
        query: [row["number"] for row in admin.get(f"inventory/in-transit?{query}").body["data"]["items"]]
        for query in ("", f"branchId={far.pk}", f"branchId={other_branch.pk}", f"branchId={branch.pk}")
    }
    assert list(numbers.values()) == [
        [transfer.number, other.number], [other.number], [transfer.number, other.number], [transfer.number],
    ]  # fmt: skip
    assert seller.get(f"inventory/in-transit?branchId={far.pk}").status_code == 404
    assert errors(seller.get("inventory/in-transit?branchId=x")) == [("branchId", "invalid")]


def test_managers_of_both_ends_carry_a_transfer_through(
    manager: Api, branch: Branch, other_branch: Branch, part: Item
) -> None:
    taker = Api(member("manager", other_branch))
    made = manager.post(TRANSFERS, body(branch, other_branch, (part, 4))).body["data"]
    path, receipt = f"{TRANSFERS}/{made['id']}", {"receiptId": str(new_id())}

    refused = [taker.post(f"{path}/send"), taker.patch(path, {"notes": "x"}), taker.delete(path)]
    went = manager.post(f"{path}/send")
    refused += [manager.post(f"{path}/receive", receipt), taker.post(f"{path}/cancel", {"reason": "x"})]
    came = taker.post(f"{path}/receive", receipt)

    assert [(answer.status_code, answer.body["code"]) for answer in refused] == [(403, "FORBIDDEN")] * 5
    assert (went.status_code, came.status_code) == (200, 200)
    foreign = manager.post(TRANSFERS, body(other_branch, branch, (part, 1)))
    assert (foreign.status_code, foreign.body["code"]) == (400, "FOREIGN_KEY_ERROR")


@pytest.mark.exhaustive
def test_lists_take_their_queries_for_one_row_and_for_three(
    admin: Api, branch: Branch, other_branch: Branch, part: Item
) -> None:
    others = [bought(1, branch) for _ in range(3)]
    first = sent(branch, other_branch, (part, 1))
    paths = {TRANSFERS: 4, "inventory/in-transit": 4, f"{TRANSFERS}/{first.pk}": 4}
    for path in paths:
        admin.get(path)  # the size of a table is looked up once a minute

    def counted() -> dict[str, int]:
        counts = {}
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                assert admin.get(path).status_code == 200
            counts[path] = len(queries)
        return counts

    one = counted()
    sent(branch, other_branch, (part, 1), *[(other, 1) for other in others])
    sent(branch, other_branch, (part, 1))
    three = counted()

    assert one == three == paths
