"""Money that is handed over, or given back, at once for the orders of a drop-off."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from apps.inventory.models import Branch
from apps.repairs.models import DropOff, Payment, RepairOrder, Tender
from tests.conftest import Api
from tests.factories import BranchFactory, order
from tests.repairs.billing import D, orders_of, visit
from tests.repairs.contract import books, fresh_id, named


def cash(amount: str, **fields: Any) -> dict[str, Any]:
    return {"amount": amount, "method": "cash", **fields}


def paid(found: DropOff) -> list[Any]:
    return [one.paid for one in orders_of(found)]


@pytest.fixture
def found(branch: Branch) -> DropOff:
    return visit(branch, "60", "40", "50", status="pending")


def test_one_amount_becomes_a_payment_on_each_order(seller: Api, found: DropOff) -> None:
    first, second, _ = orders_of(found)

    answer = seller.post(f"drop-offs/{found.pk}/payments", cash("75", reference="till 3"))

    data = answer.body["data"]
    assert (answer.status_code, data["amount"], data["dropOffId"], data["reference"]) == (
        201, "75.00", str(found.pk), "till 3",
    )  # fmt: skip
    assert [(share["repairOrderId"], share["amount"]) for share in data["payments"]] == [
        (str(first.pk), "60.00"), (str(second.pk), "15.00"),
    ]  # fmt: skip
    assert paid(found) == [60, 15, 0]
    assert seller.get(f"drop-offs/{found.pk}/payments").body["data"]["items"] == [data]
    assert seller.get(f"repairs/{second.pk}/payments").body["data"]["items"][0]["amount"] == "15.00"


def test_shares_go_where_they_are_named(seller: Api, found: DropOff) -> None:
    first, _, third = orders_of(found)
    shares = [{"repairOrderId": str(third.pk), "amount": "30"}, {"repairOrderId": str(first.pk), "amount": "5"}]

    answer = seller.post(f"drop-offs/{found.pk}/payments", cash("35", kind="deposit", allocations=shares))

    assert answer.status_code == 201
    assert paid(found) == [5, 0, 30]
    assert [one.deposit_paid for one in orders_of(found)] == [5, 0, 30]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (cash("150.01"), "amount", "max_value"),
        (cash("0.001"), "amount", "invalid"),
        (cash("0"), "amount", "min_value"),
        (cash("1", kind="refund"), "amount", "max_value"),
        (cash("5", allocations=[{"repairOrderId": "first", "amount": "4"}]), "allocations", "mismatch"),
        (cash("61", allocations=[{"repairOrderId": "first", "amount": "61"}]), "allocations.0.amount", "max_value"),
        (cash("5", allocations=[{"repairOrderId": "stranger", "amount": "5"}]), "allocations.0.repairOrderId",
         "does_not_exist"),
        (cash("5", allocations=[{"repairOrderId": "first", "amount": "2"}, {"repairOrderId": "first", "amount": "3"}]),
         "allocations.1.repairOrderId", "repeated"),
        (cash("5", allocations=[]), "allocations", "empty"),
        (cash("5", dropOffId="x"), "dropOffId", "unknown_field"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_changes(
    manager: Api, branch: Branch, found: DropOff, body: dict[str, Any], field: str, code: str
) -> None:
    ids = {"first": str(orders_of(found)[0].pk), "stranger": str(order(branch).pk)}
    for share in body.get("allocations", []):
        share["repairOrderId"] = ids.get(share["repairOrderId"], share["repairOrderId"])
    before = books()

    answer = manager.post(f"drop-offs/{found.pk}/payments", body)

    assert (answer.status_code, named(answer)) == (400, [(field, code)])
    assert books() == before
    assert Tender.objects.count() == 0


def test_what_is_to_be_given_back_is_given_back_first(manager: Api, found: DropOff) -> None:
    url = f"drop-offs/{found.pk}/payments"
    _, second, _ = orders_of(found)
    manager.post(url, cash("150"))
    manager.put(f"repairs/{second.pk}/status", {"status": "cancelled"})

    back = manager.post(url, cash("45", kind="refund"))
    too_much = manager.post(url, cash("105.01", kind="refund"))

    assert {share["amount"] for share in back.body["data"]["payments"]} == {"5.00", "40.00"}
    assert paid(found) == [55, 0, 50]
    assert too_much.body["error"] == "Only 105.00 USD was paid in all."


def test_money_of_a_client_is_taken_once(seller: Api, found: DropOff) -> None:
    body, url = cash("40", id=fresh_id()), f"drop-offs/{found.pk}/payments"

    first = seller.post(url, body, Idempotency_Key="till-1")
    replay = seller.post(url, body, Idempotency_Key="till-1")
    again = seller.post(url, body)

    assert (first.status_code, first.body["data"]["id"]) == (201, body["id"])
    assert (replay.status_code, replay.body["data"]) == (201, first.body["data"])
    assert (again.status_code, again.body["code"]) == (409, "DUPLICATE_ERROR")
    assert (paid(found), Tender.objects.count()) == ([40, 0, 0], 1)


def test_orders_of_two_currencies_are_paid_one_by_one(admin: Api, found: DropOff) -> None:
    other = order(BranchFactory(currency="EUR"))
    RepairOrder.objects.filter(pk=other.pk).update(drop_off=found)

    answer = admin.post(f"drop-offs/{found.pk}/payments", cash("10"))

    assert (answer.status_code, Payment.objects.count(), Tender.objects.count()) == (409, 0, 0)


def test_a_seller_gives_nothing_back(seller: Api, found: DropOff) -> None:
    url = f"drop-offs/{found.pk}/payments"
    seller.post(url, cash("10"))

    answer = seller.post(url, cash("5", kind="refund"))

    assert (answer.status_code, paid(found)) == (403, [10, 0, 0])


def test_what_was_handed_over_is_never_changed(seller: Api, found: DropOff) -> None:
    seller.post(f"drop-offs/{found.pk}/payments", cash("10"))

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Tender.objects.update(amount=1)

    assert Tender.objects.get().amount == D(10)
