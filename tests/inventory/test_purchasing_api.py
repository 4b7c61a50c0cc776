"""Purchase orders over HTTP: what is answered, what is refused, and what a lost answer does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.ids import new_id
from apps.inventory.models import Branch, Item, PurchaseOrder, PurchaseReceipt, StockMovement
from apps.inventory.services import verify_stock
from apps.repairs.models import RepairOrder
from tests.conftest import Api
from tests.factories import ItemFactory, SupplierFactory, SupplierItemFactory, order
from tests.factories import line as part
from tests.inventory.purchases import drafted, kept, level, line, ordered, received, wanted

pytestmark = pytest.mark.django_db
PATH = "inventory/purchase-orders"


def refused(answer: Any) -> tuple[int, str, list[str]]:
    return answer.status_code, answer.body["code"], [detail["field"] for detail in answer.body["details"]]


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.body
    return [row["number"] for row in answer.body["data"]["items"]]


@pytest.fixture
def item(db: None) -> Item:
    return ItemFactory(name="Display", sku="LCD-1")


def body(branch: Branch, item: Item, **fields: Any) -> dict[str, Any]:
    lines = [{"itemId": str(item.pk), "quantity": 3, "unitCost": "2.50"}]
    supplier = fields.pop("supplier", None) or SupplierFactory(name="Alba")
    return {"supplierId": str(supplier.pk), "branchId": str(branch.pk), "lines": lines, **fields}


def test_order_is_answered_in_full(manager: Api, branch: Branch, item: Item) -> None:
    waiting, pk = order(branch, lines=[part(item)]), str(new_id())
    sent = body(branch, item, id=pk, expectedOn="2026-12-01", supplierReference="A-9", notes="by ship")
    sent["lines"][0]["repairOrderId"] = str(waiting.pk)

    answer = manager.post(PATH, sent)

    row = answer.body["data"]
    (sent_line,) = row.pop("lines")
    assert answer.status_code == 201
    assert manager.get(f"{PATH}/{pk}").body["data"]["lines"] == [sent_line]
    for name in ("createdAt", "updatedAt", "id"):
        sent_line.pop(name)
    assert sent_line == {
        "position": 1, "itemId": str(item.pk), "item": {"id": str(item.pk), "name": "Display", "sku": "LCD-1"},
        "quantity": 3, "received": 0, "cancelled": 0, "outstanding": 0, "unitCost": "2.50", "totalCost": "7.50",
        "repairOrderId": str(waiting.pk), "repairOrderNumber": waiting.order_number,
    }  # fmt: skip
    assert {name: row[name] for name in row if name not in {"createdAt", "updatedAt"}} == {
        "id": pk, "number": PurchaseOrder.objects.get().number, "supplierId": sent["supplierId"],
        "supplier": {"id": sent["supplierId"], "name": "Alba"}, "branchId": str(branch.pk),
        "branch": {"id": str(branch.pk), "name": "Harbour", "code": "HAR"}, "status": "draft", "currency": "USD",
        "exchangeRate": "1.00000000", "total": "7.50", "supplierReference": "A-9", "expectedOn": "2026-12-01",
        "notes": "by ship", "orderedAt": None, "closedAt": None,
        "createdBy": {"kind": "user", "id": str(manager.user.pk), "name": str(manager.user)},
    }  # fmt: skip


def test_from_draft_to_received_and_back(manager: Api, branch: Branch, item: Item) -> None:
    pk = manager.post(PATH, body(branch, item)).body["data"]["id"]

    sent = manager.post(f"{PATH}/{pk}/order", {"supplierReference": "A-9", "expectedOn": "2026-12-01"}).body["data"]
    line_id = sent["lines"][0]["id"]
    came = manager.post(f"{PATH}/{pk}/receive", {
        "deliveryNote": "DN-1", "lines": [{"lineId": line_id, "quantity": 2, "unitCost": "3.00"}],
    })  # fmt: skip
    partly = manager.get(f"{PATH}/{pk}").body["data"]
    undone = manager.post(f"{PATH}/{pk}/receipts/{came.body['data']['id']}/reverse", {"notes": "wrong box"})
    ended = manager.post(f"{PATH}/{pk}/cancel", {"reason": "sold out"}).body["data"]

    assert (sent["status"], sent["supplierReference"], sent["lines"][0]["outstanding"]) == ("ordered", "A-9", 3)
    assert came.status_code == 201
    (row,) = came.body["data"]["lines"]
    assert (row["lineId"], row["quantity"], row["unitCost"], row["reversed"]) == (line_id, 2, "3.00", False)
    assert row["movementId"] == str(StockMovement.objects.get(reverses=None).pk)
    assert (partly["status"], partly["lines"][0]["received"], partly["lines"][0]["outstanding"]) == (
        "partly_received", 2, 1,
    )  # fmt: skip
    assert (undone.status_code, undone.body["data"]["lines"][0]["reversed"]) == (200, True)
    assert (ended["status"], ended["lines"][0]["cancelled"], ended["closedAt"] is not None) == ("cancelled", 3, True)
    assert [one["id"] for one in manager.get(f"{PATH}/{pk}/receipts").body["data"]["items"]] == [
        came.body["data"]["id"]
    ]
    assert level(item, branch) == (0, 0, 0)
    assert verify_stock() == []


def test_a_lost_answer_books_once(manager: Api, branch: Branch, item: Item) -> None:
    purchase = ordered(branch, wanted(item, 5))
    sent = {"id": str(new_id()), "lines": [{"lineId": str(line(purchase).pk), "quantity": 2}]}

    first = manager.post(f"{PATH}/{purchase.pk}/receive", sent)
    again = manager.post(f"{PATH}/{purchase.pk}/receive", sent)
    once = {"lines": sent["lines"]}
    keyed = [manager.post(f"{PATH}/{purchase.pk}/receive", once, Idempotency_Key="k") for _ in range(2)]

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.body["data"] == again.body["data"]
    assert keyed[0].body["data"] == keyed[1].body["data"]
    assert (level(item, branch)[:2], PurchaseReceipt.objects.count()) == ((4, 1), 2)


def test_draft_is_replaced_and_patched(manager: Api, branch: Branch, item: Item) -> None:
    made = manager.post(PATH, body(branch, item, notes="by ship"))
    path, row = f"{PATH}/{made.body['data']['id']}", made.body["data"]
    line_id = row["lines"][0]["id"]

    patched = manager.patch(path, {"supplierReference": "A-9"}, If_Match=made["ETag"]).body["data"]
    stale = manager.patch(path, {"supplierReference": "B"}, If_Match=made["ETag"])
    kept = {"id": line_id, "itemId": str(item.pk), "quantity": 4, "unitCost": "2.00"}
    put = manager.put(path, {name: row[name] for name in ("supplierId", "branchId")} | {"lines": [kept]}).body["data"]

    assert (patched["supplierReference"], patched["notes"], patched["lines"][0]["id"]) == ("A-9", "by ship", line_id)
    assert stale.status_code == 412
    assert (put["notes"], put["supplierReference"], put["total"]) == ("", "", "8.00")
    assert (put["lines"][0]["id"], put["lines"][0]["quantity"]) == (line_id, 4)
    assert manager.delete(path).status_code == 204
    assert manager.get(path).status_code == 404


@pytest.mark.parametrize(
    ("fields", "lines", "status", "code", "field"),
    [
        ({}, [], 400, "VALIDATION_ERROR", "lines"),
        ({}, [{"quantity": 0}], 400, "VALIDATION_ERROR", "lines.0.quantity"),
        ({}, [{"quantity": 1_000_001}], 400, "VALIDATION_ERROR", "lines.0.quantity"),
        ({}, [{"unitCost": "1.001"}], 400, "VALIDATION_ERROR", "lines.0.unitCost"),
        ({}, [{"itemId": "019b0000-0000-7000-8000-000000000001"}], 400, "FOREIGN_KEY_ERROR", "lines.0.itemId"),
        ({}, [{"colour": "red"}], 400, "VALIDATION_ERROR", "lines.0.colour"),
        ({"exchangeRate": "0"}, [{}], 400, "VALIDATION_ERROR", "exchangeRate"),
        ({"exchangeRate": "2"}, [{}], 400, "VALIDATION_ERROR", "exchangeRate"),
        ({"status": "received"}, [{}], 400, "VALIDATION_ERROR", "status"),
        ({"expectedOn": "tomorrow"}, [{}], 400, "VALIDATION_ERROR", "expectedOn"),
    ],
)
def test_wrong_orders_are_refused(
    manager: Api,
    branch: Branch,
    item: Item,
    fields: dict[str, Any],
    lines: list[Any],
    status: int,
    code: str,
    field: str,
) -> None:
    whole = [{"itemId": str(item.pk), "quantity": 1, "unitCost": "1.00", **one} for one in lines]
    sent = body(branch, item, **fields) | {"lines": whole}
    before = kept()

    answer = manager.post(PATH, sent)

    assert refused(answer) == (status, code, [field])
    assert kept() == before


def test_a_line_names_no_repair_order_of_another_shop(
    manager: Api, branch: Branch, other_branch: Branch, item: Item
) -> None:
    sent = body(branch, item)
    sent["lines"][0]["repairOrderId"] = str(order(other_branch).pk)

    assert refused(manager.post(PATH, sent)) == (400, "FOREIGN_KEY_ERROR", ["lines.0.repairOrderId"])
    assert not PurchaseOrder.objects.exists()


def test_more_than_is_to_come_is_refused_clearly(manager: Api, branch: Branch, item: Item) -> None:
    purchase = ordered(branch, wanted(item, 3))
    before = kept()

    answer = manager.post(
        f"{PATH}/{purchase.pk}/receive", {"lines": [{"lineId": str(line(purchase).pk), "quantity": 4}]}
    )
    twice = manager.post(f"{PATH}/{purchase.pk}/order", {})

    assert refused(answer) == (400, "VALIDATION_ERROR", ["lines.0.quantity"])
    assert answer.body["details"][0]["message"] == "Only 3 of line 1 are still to come."
    assert (twice.status_code, twice.body["code"]) == (409, "CONFLICT")
    assert kept() == before


def test_list_is_narrowed_by_each_filter(manager: Api, branch: Branch, item: Item) -> None:
    alba, waiting = SupplierFactory(name="Alba"), order(branch, lines=[part(item)])
    first = drafted(branch, wanted(item, 1), wanted(item, 2), supplier=alba)
    second = ordered(branch, wanted(ItemFactory(), 1, repair_order_id=waiting.pk))
    PurchaseOrder.objects.filter(pk=second.pk).update(supplier_reference="ZX-81", created_at="2026-01-05T12:00:00Z")

    for query, found in {
        "status=draft": [first],
        "status=ordered": [second],
        f"supplierId={alba.pk}": [first],
        f"branchId={branch.pk}": [first, second],
        f"itemId={item.pk}": [first],
        f"repairOrderId={waiting.pk}": [second],
        "dateTo=2026-01-05": [second],
        "dateFrom=2026-01-06": [first],
        "q=zx-81": [second],
        f"q={first.number}": [first],
        "ordering=number": [first, second],
    }.items():
        assert numbers(manager.get(f"{PATH}?{query}")) == [one.number for one in found], query
    assert refused(manager.get(f"{PATH}?status=lost")) == (400, "VALIDATION_ERROR", ["status"])


def test_needs_are_answered_with_a_constant_number_of_statements(manager: Api, branch: Branch, item: Item) -> None:
    first = order(branch, lines=[part(item, quantity=2)])
    offer = SupplierItemFactory(item=item, unit_cost=Decimal("6.00"), pack_size=5)
    ordered(branch, wanted(item, 1))
    needs = f"{PATH}/needs?branchId={branch.pk}"

    manager.get(PATH)  # the session is touched once a minute
    with CaptureQueriesContext(connection) as one_row:
        answer = manager.get(needs)
    for _ in range(3):
        order(branch, lines=[part(SupplierItemFactory().item), part(item)])
    with CaptureQueriesContext(connection) as more_rows:
        assert len(manager.get(needs).body["data"]["items"]) == 4

    assert (len(one_row), len(more_rows)) == (7, 7)
    (row,) = answer.body["data"]["items"]
    assert row == {
        "itemId": str(item.pk), "item": {"id": str(item.pk), "name": "Display", "sku": "LCD-1"}, "waiting": 2,
        "available": 0, "incoming": 1, "drafted": 0, "toOrder": 1,
        "preferred": {
            "supplierItemId": str(offer.pk), "supplierId": str(offer.supplier.pk), "supplierName": offer.supplier.name,
            "unitCost": "6.00", "currency": "USD", "packSize": 5, "minimumQuantity": 1,
        },
        "repairOrders": [{
            "repairOrderId": str(first.pk), "repairOrderNumber": first.order_number,
            "lineId": str(first.lines.get().pk), "quantity": 2, "toOrder": 1,
            "since": RepairOrder.objects.get(pk=first.pk).created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }],
    }  # fmt: skip


def test_needs_become_drafts(manager: Api, branch: Branch, item: Item) -> None:
    offer = SupplierItemFactory(item=item, supplier=SupplierFactory(currency="EUR"), pack_size=2)
    order(branch, lines=[part(item)])
    sent = {"branchId": str(branch.pk), "itemIds": [str(item.pk)]}

    without = manager.post(f"{PATH}/needs", sent)
    made = manager.post(f"{PATH}/needs", {**sent, "exchangeRates": {"EUR": "1.10"}})
    again = manager.post(f"{PATH}/needs", {**sent, "exchangeRates": {"EUR": "1.10"}})

    assert refused(without) == (400, "VALIDATION_ERROR", ["exchangeRates.EUR"])
    (draft,) = made.body["data"]["items"]
    assert (made.status_code, draft["status"], draft["supplierId"]) == (201, "draft", str(offer.supplier.pk))
    assert [(one["quantity"], one["repairOrderNumber"] is None) for one in draft["lines"]] == [(1, False), (1, True)]
    assert (again.status_code, again.body["code"]) == (409, "CONFLICT")
    assert refused(manager.get(f"{PATH}/needs"))[:2] == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("lines", [1, 3])
def test_writes_take_a_fixed_number_of_statements(manager: Api, branch: Branch, lines: int) -> None:
    items = [ItemFactory() for _ in range(lines)]
    purchase = ordered(branch, *(wanted(item, 2) for item in items))
    came = {"lines": [{"lineId": str(one.pk), "quantity": 1} for one in purchase.lines.all()]}

    manager.get(PATH)  # the session is touched once a minute

    with CaptureQueriesContext(connection) as asked:
        assert manager.post(f"{PATH}/{purchase.pk}/receive", came).status_code == 201

    statements = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(statements) == 16


def test_a_foreign_receipt_is_not_found(manager: Api, branch: Branch, item: Item) -> None:
    one, other = ordered(branch, wanted(item, 2)), ordered(branch, wanted(item, 2))
    receipt = received(one, (1, 1))

    answer = manager.post(f"{PATH}/{other.pk}/receipts/{receipt.pk}/reverse", {"notes": "x"})

    assert (answer.status_code, answer.body["code"]) == (404, "NOT_FOUND")


def test_a_line_names_its_item_and_quantity_in_a_patch_as_well(manager: Api, branch: Branch, item: Item) -> None:
    draft = drafted(branch, wanted(item, 2))
    before = kept()

    answer = manager.patch(f"{PATH}/{draft.pk}", {"lines": [{}]})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    named = {(detail["field"], detail["code"]) for detail in answer.body["details"]}
    assert named == {("lines.0.itemId", "required"), ("lines.0.quantity", "required")}
    assert kept() == before


@pytest.mark.exhaustive
def test_orders_for_more_than_a_level_can_expect_are_refused(manager: Api, branch: Branch, item: Item) -> None:
    lines = [wanted(item, 1_000_000, "0.01")] * 200
    for _ in range(10):
        ordered(branch, *lines)
    draft = drafted(branch, wanted(item, 1))
    before = kept()

    answer = manager.post(f"{PATH}/{draft.pk}/order")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert level(item, branch)[1] == 2_000_000_000
    assert kept() == before
