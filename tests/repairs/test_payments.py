"""Money that comes in and goes back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from apps.inventory.models import Branch
from apps.repairs.models import Payment, RepairOrder
from tests.conftest import Api
from tests.factories import BranchFactory, CustomerFactory, UserFactory, line, member, order
from tests.repairs.contract import books, events_of, fresh_id, named


def cash(amount: Any, **fields: Any) -> dict[str, Any]:
    return {"amount": amount, "method": "cash", **fields}


def money_of(taken_in: RepairOrder) -> tuple[Decimal, Decimal]:
    found = RepairOrder.objects.get(pk=taken_in.pk)
    return found.paid, found.deposit_paid


def test_a_payment_is_answered_and_recorded(seller: Api, branch: Branch) -> None:
    taken_in = order(branch)

    answer = seller.post(f"repairs/{taken_in.pk}/payments", cash("40.5", reference="till 3"))

    assert answer.status_code == 201
    data = answer.body["data"]
    payment = Payment.objects.get()
    assert data == {
        "id": str(payment.pk),
        "kind": "payment",
        "method": "cash",
        "amount": "40.50",
        "currency": "USD",
        "reference": "till 3",
        "actor": {"kind": "user", "id": str(seller.user.pk), "name": seller.user.get_full_name()},
        "createdAt": data["createdAt"],
        "updatedAt": data["updatedAt"],
    }
    assert money_of(taken_in) == (Decimal("40.5"), Decimal(0))
    [told] = events_of(taken_in, "repairs.payment_taken")
    assert {**told, "amount": Decimal(told["amount"])} == {
        "payment_id": str(payment.pk), "kind": "payment", "amount": Decimal("40.5"), "currency": "USD", "notify": True,
    }  # fmt: skip
    assert seller.get(f"repairs/{taken_in.pk}").body["data"]["balance"] == "59.50"


@pytest.mark.parametrize(
    ("steps", "balance", "paid", "deposit"),
    [
        ([("deposit", "20")], "80.00", "20.00", "20.00"),
        ([("deposit", "20"), ("payment", "80")], "0.00", "100.00", "20.00"),
        ([("payment", "100"), ("refund", "30")], "30.00", "70.00", "0.00"),
        ([("payment", "100"), ("refund", "100"), ("payment", "100")], "0.00", "100.00", "0.00"),
    ],
)
def test_the_balance_is_the_total_less_what_was_paid(
    manager: Api, branch: Branch, steps: list[tuple[str, str]], balance: str, paid: str, deposit: str
) -> None:
    taken_in = order(branch)

    statuses = [
        manager.post(f"repairs/{taken_in.pk}/payments", cash(amount, kind=kind)).status_code for kind, amount in steps
    ]

    data = manager.get(f"repairs/{taken_in.pk}").body["data"]
    assert statuses == [201] * len(steps)
    assert (data["balance"], data["paid"], data["depositPaid"]) == (balance, paid, deposit)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (cash("100.01"), "amount", "max_value"),
        (cash("0"), "amount", "min_value"),
        (cash("-5"), "amount", "min_value"),
        (cash("0.001"), "amount", "invalid"),
        (cash("0.0001"), "amount", "max_decimal_places"),
        (cash("NaN"), "amount", "invalid"),
        (cash(None), "amount", "null"),
        (cash(amount=True), "amount", "invalid"),
        ({"method": "cash"}, "amount", "required"),
        ({"amount": "1"}, "method", "required"),
        (cash("1", method="barter"), "method", "invalid_choice"),
        (cash("1", kind="gift"), "kind", "invalid_choice"),
        (cash("1", kind="refund"), "amount", "max_value"),
        (cash("1", reference="x" * 101), "reference", "max_length"),
        (cash("1", currency="EUR"), "currency", "unknown_field"),
        (cash("1", id="x"), "id", "invalid"),
    ],
)
def test_a_wrong_payment_is_named_and_nothing_changes(
    manager: Api, branch: Branch, body: dict[str, Any], field: str, code: str
) -> None:
    taken_in = order(branch)
    before = books()

    answer = manager.post(f"repairs/{taken_in.pk}/payments", body)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert named(answer) == [(field, code)]
    assert books() == before


def test_the_refusal_says_how_much_is_owed(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    manager.post(f"repairs/{taken_in.pk}/payments", cash("60"))

    too_much = manager.post(f"repairs/{taken_in.pk}/payments", cash("40.01"))
    too_much_back = manager.post(f"repairs/{taken_in.pk}/payments", cash("60.01", kind="refund"))

    assert too_much.body["error"] == "Only 40.00 USD is owed."
    assert too_much_back.body["error"] == "Only 60.00 USD was paid."


@pytest.mark.parametrize(
    ("currency", "amount", "status"), [("JPY", "500", 201), ("JPY", "0.5", 400), ("KWD", "0.001", 201)]
)
def test_amounts_are_those_of_the_currency(admin: Api, currency: str, amount: str, status: int) -> None:
    taken_in = order(BranchFactory(currency=currency), lines=[line(unit_price=Decimal(1000))])

    answer = admin.post(f"repairs/{taken_in.pk}/payments", cash(amount))

    assert answer.status_code == status
    assert answer.body.get("data", {}).get("amount", amount) == amount


def test_a_cancelled_order_owes_nothing_and_gives_back(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    manager.post(f"repairs/{taken_in.pk}/payments", cash("30", kind="deposit"))
    manager.put(f"repairs/{taken_in.pk}/status", {"status": "cancelled"})

    owed = manager.get(f"repairs/{taken_in.pk}").body["data"]["balance"]
    paid = manager.post(f"repairs/{taken_in.pk}/payments", cash("1"))
    back = manager.post(f"repairs/{taken_in.pk}/payments", cash("30", kind="refund"))

    assert (owed, paid.status_code, back.status_code) == ("-30.00", 400, 201)
    assert manager.get(f"repairs/{taken_in.pk}").body["data"]["balance"] == "0.00"


def test_an_order_handed_over_on_invoice_is_paid_later(manager: Api, branch: Branch) -> None:
    taken_in = order(branch, status="in_progress>completed>ready_pickup>delivered")

    answer = manager.post(f"repairs/{taken_in.pk}/payments", cash("100", method="transfer"))

    assert answer.status_code == 201
    assert money_of(taken_in) == (Decimal(100), Decimal(0))


@pytest.mark.parametrize(
    ("role", "payment", "refund", "reading"),
    [
        ("admin", 201, 201, 200),
        ("manager", 201, 201, 200),
        ("seller", 201, 403, 200),
        ("technician", 403, 403, 403),
        ("customer", 403, 403, 200),
        ("elsewhere", 404, 404, 404),
        ("nobody", 401, 401, 401),
    ],
)
def test_who_takes_gives_back_and_reads(
    branch: Branch, other_branch: Branch, role: str, payment: int, refund: int, reading: int
) -> None:
    technician, owner = member("technician", branch), CustomerFactory(user=UserFactory(role="customer"))
    taken_in = order(branch, technician=technician, customer=owner.pk, deposit_paid=Decimal(20))
    users = {"technician": technician, "customer": owner.user, "nobody": None}
    place = other_branch if role == "elsewhere" else branch
    user = users[role] if role in users else member({"elsewhere": "manager"}.get(role, role), place)
    url = f"repairs/{taken_in.pk}/payments"

    answers = [Api(user).post(url, cash("5")), Api(user).post(url, cash("5", kind="refund")), Api(user).get(url)]

    assert [answer.status_code for answer in answers] == [payment, refund, reading]
    assert taken_in.payments.count() == 1 + [payment, refund].count(201)


def test_a_payment_made_by_a_client_is_taken_once(seller: Api, branch: Branch) -> None:
    taken_in = order(branch)
    body = cash("40", id=fresh_id())
    url = f"repairs/{taken_in.pk}/payments"

    first = seller.post(url, body, Idempotency_Key="till-1")
    replay = seller.post(url, body, Idempotency_Key="till-1")
    again = seller.post(url, body)

    assert (first.status_code, first.body["data"]["id"]) == (201, body["id"])
    assert (replay.status_code, replay.body["data"]) == (201, first.body["data"])
    assert (again.status_code, again.body["code"]) == (409, "DUPLICATE_ERROR")
    assert money_of(taken_in) == (Decimal(40), Decimal(0))


def test_payments_are_listed_in_the_order_in_which_they_came(manager: Api, branch: Branch) -> None:
    taken_in, other = order(branch), order(branch)
    url = f"repairs/{taken_in.pk}/payments"
    for amount in ("10", "20", "30"):
        manager.post(url, cash(amount))
    manager.post(f"repairs/{other.pk}/payments", cash("99"))

    answer = manager.get(url)

    assert [row["amount"] for row in answer.body["data"]["items"]] == ["10.00", "20.00", "30.00"]
    assert answer.body["data"]["pagination"] == {"page": 1, "limit": 20, "total": 3, "pages": 1}


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_payment_is_never_changed(manager: Api, branch: Branch, change: str) -> None:
    order(branch, deposit_paid=Decimal(20))

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Payment.objects.update(amount=1) if change == "update" else Payment.objects.all()._raw_delete("default")

    assert Payment.objects.get().amount == Decimal(20)
