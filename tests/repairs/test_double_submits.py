"""Sixteen who send the same thing at the same moment, whether they repeat themselves or each mean it: it happens once."""

from __future__ import annotations

import time
from collections import Counter
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from apps.inventory.models import Branch, StockMovement
from apps.inventory.services import verify_stock
from apps.repairs.models import (
    DeviceSecret,
    Invoice,
    InvoicedOrder,
    Payment,
    QuoteDecision,
    RepairOrder,
    StatusHistory,
    Tender,
    Warranty,
)
from tests.conftest import Api
from tests.factories import PartTypeFactory, line, member, order, stock_of, stocked
from tests.racing import race
from tests.repairs.billing import D, done, orders_of, visit
from tests.repairs.contract import WAY_TO, events_of
from tests.repairs.proving import prove_order, prove_papers
from tests.repairs.quoting import quoted, token_of, total_of
from tests.repairs.test_races import codes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
AT_ONCE = 16
KEYS = pytest.mark.parametrize("same_key", [True, False])


def sent(branch: Branch, method: str, path: str, body: Any = None, *, same_key: bool) -> list[Any]:
    """The answers of sixteen: of one person who repeats a request with its key, or of as many people with a key each."""
    people = [member("manager", branch)] * AT_ONCE if same_key else [member("manager", branch) for _ in range(AT_ONCE)]
    keys = ["key" if same_key else f"key {number}" for number in range(AT_ONCE)]
    apis = [Api(person) for person in people]
    return race(
        *[
            partial(api.request, method, path, body or {}, Idempotency_Key=key)
            for api, key in zip(apis, keys, strict=True)
        ]
    )


def expect(answers: list[Any], success: int, refusal: tuple[int, str], *, same_key: bool) -> None:
    """A repeated request has one answer; of many requests one succeeds, and the others are told why not."""
    if same_key:
        assert codes(answers) == {(success, None): AT_ONCE}
        assert len({answer.content for answer in answers}) == 1
        assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == AT_ONCE - 1
    else:
        assert codes(answers) == {(success, None): 1, refusal: AT_ONCE - 1}


def prove(*orders: RepairOrder) -> None:
    for one in orders:
        prove_order(RepairOrder.objects.get(pk=one.pk))
    prove_papers("HAR")
    assert verify_stock() == []


@KEYS
def test_a_payment_is_taken_once(branch: Branch, same_key: bool) -> None:
    one = order(branch)

    answers = sent(branch, "POST", f"repairs/{one.pk}/payments", {"amount": "60", "method": "cash"}, same_key=same_key)

    expect(answers, 201, (400, "VALIDATION_ERROR"), same_key=same_key)
    assert list(Payment.objects.values_list("amount", flat=True)) == [60]
    assert len(events_of(one, "repairs.payment_taken")) == 1
    prove(one)


def test_without_the_lock_a_payment_is_taken_more_than_once(branch: Branch) -> None:
    """The control of the race above: what is owed is read, and then written without a lock."""
    one = order(branch)

    def pay() -> bool:
        found = RepairOrder.objects.get(pk=one.pk)
        if found.total - found.paid < 60:
            return False
        time.sleep(0.05)
        RepairOrder.objects.filter(pk=one.pk).update(paid=found.paid + 60)
        return True

    assert race(*[pay] * AT_ONCE).count(True) > 1


@KEYS
def test_a_refund_is_given_once(branch: Branch, same_key: bool) -> None:
    one = order(branch, deposit_paid=D(90))
    body = {"amount": "60", "method": "cash", "kind": "refund"}

    answers = sent(branch, "POST", f"repairs/{one.pk}/payments", body, same_key=same_key)

    expect(answers, 201, (400, "VALIDATION_ERROR"), same_key=same_key)
    assert RepairOrder.objects.get(pk=one.pk).paid == 30
    prove(one)


@KEYS
def test_money_for_a_visit_is_taken_once(branch: Branch, same_key: bool) -> None:
    found = visit(branch, "60", "40", "50")

    answers = sent(
        branch, "POST", f"drop-offs/{found.pk}/payments", {"amount": "120", "method": "cash"}, same_key=same_key
    )

    expect(answers, 201, (400, "VALIDATION_ERROR"), same_key=same_key)
    assert (Tender.objects.count(), [one.paid for one in orders_of(found)]) == (1, [60, 40, 20])
    prove(*orders_of(found))


@KEYS
def test_a_status_changes_once(branch: Branch, same_key: bool) -> None:
    part = stocked(5, branch)
    one = order(branch, status="in_progress", lines=[line(part, quantity=2)])

    answers = sent(branch, "PUT", f"repairs/{one.pk}/status", {"status": "completed"}, same_key=same_key)

    # Only POST keeps answers by key: of sixteen changes one is made, whoever sends them.
    expect(answers, 200, (409, "INVALID_TRANSITION"), same_key=False)
    assert StatusHistory.objects.filter(order=one, new_status="completed").count() == 1
    assert StockMovement.objects.filter(movement_type="OUT").count() == 1
    assert stock_of(part, branch) == (3, 0)
    prove(one)


@pytest.mark.parametrize("to", ["cancelled", "in_progress"])
def test_of_two_ways_one_is_gone(branch: Branch, to: str) -> None:
    part = stocked(5, branch)
    one = order(branch, status="in_progress", lines=[line(part, quantity=2)])
    apis = [(Api(member("manager", branch)), turn) for turn in ("completed", to) * (AT_ONCE // 2)]

    answers = race(
        *[partial(api.put, f"repairs/{one.pk}/status", {"status": turn, "notes": "so"}) for api, turn in apis]
    )

    found = codes(answers)
    assert sum(found.values()) == AT_ONCE
    assert set(found) <= {(200, None), (409, "INVALID_TRANSITION")}
    moved = StatusHistory.objects.filter(order=one, new_status="completed").count()
    # Back to work and done again, each change is one that the table has; nothing is issued twice.
    assert (found[200, None] == 1) if to == "cancelled" else (1 <= moved <= found[200, None])
    status = RepairOrder.objects.get(pk=one.pk).status
    assert stock_of(part, branch) == ((5, 0) if status == "cancelled" else (3, 0))
    prove(one)


@KEYS
def test_a_device_is_handed_over_once(branch: Branch, same_key: bool) -> None:
    warranted = line(part_type_id=PartTypeFactory(warranty_months=6).pk)
    one = order(
        branch, status=WAY_TO["ready_pickup"], lines=[warranted], deposit_paid=D(100), device_password="1234"
    )  # fmt: skip

    answers = sent(branch, "PUT", f"repairs/{one.pk}/status", {"status": "delivered"}, same_key=same_key)

    expect(answers, 200, (409, "INVALID_TRANSITION"), same_key=False)
    assert (Warranty.objects.count(), InvoicedOrder.objects.count(), DeviceSecret.objects.count()) == (1, 1, 0)
    assert Invoice.objects.get().number == f"HAR-{timezone.now().year}-00001"
    prove(one)


def test_a_device_is_handed_over_or_worked_on_again(branch: Branch) -> None:
    one = order(branch, status=WAY_TO["ready_pickup"], deposit_paid=D(100))
    apis = [(Api(member("manager", branch)), to) for to in ("delivered", "in_progress") * (AT_ONCE // 2)]

    answers = race(*[partial(api.put, f"repairs/{one.pk}/status", {"status": to, "notes": "so"}) for api, to in apis])

    assert codes(answers) == {(200, None): 1, (409, "INVALID_TRANSITION"): AT_ONCE - 1}
    handed_over = RepairOrder.objects.get(pk=one.pk).status == "delivered"
    assert Invoice.objects.count() == (1 if handed_over else 0)
    prove(one)


@KEYS
def test_an_order_is_invoiced_once(branch: Branch, same_key: bool) -> None:
    one = done(branch)

    answers = sent(branch, "POST", f"repairs/{one.pk}/invoice", same_key=same_key)

    created = AT_ONCE if same_key else 1
    assert Counter(answer.status_code for answer in answers) == Counter({201: created, 200: AT_ONCE - created})
    assert {answer.body["data"]["number"] for answer in answers} == {f"HAR-{timezone.now().year}-00001"}
    assert Invoice.objects.count() == 1
    prove(one)


@KEYS
def test_a_visit_is_invoiced_once(branch: Branch, same_key: bool) -> None:
    found = visit(branch, "60", "40")

    answers = sent(branch, "POST", f"drop-offs/{found.pk}/invoice", same_key=same_key)

    created = AT_ONCE if same_key else 1
    assert Counter(answer.status_code for answer in answers) == Counter({201: created, 200: AT_ONCE - created})
    assert (Invoice.objects.get().total, InvoicedOrder.objects.count()) == (100, 2)
    prove(*orders_of(found))


def test_a_visit_and_its_orders_are_invoiced_once(branch: Branch) -> None:
    found = visit(branch, *["10"] * 4)
    paths = [f"drop-offs/{found.pk}/invoice", *(f"repairs/{one.pk}/invoice" for one in orders_of(found)[:3])]
    apis = [(Api(member("manager", branch)), path) for path in paths * (AT_ONCE // 4)]

    answers = race(*[partial(api.post, path) for api, path in apis])

    assert {answer.status_code for answer in answers} <= {200, 201}
    assert InvoicedOrder.objects.count() == 4
    assert sum(Invoice.objects.values_list("total", flat=True)) == 40
    prove(*orders_of(found))


@KEYS
def test_an_invoice_is_taken_back_once(branch: Branch, same_key: bool) -> None:
    one = done(branch)
    api = Api(member("manager", branch))
    invoice = api.post(f"repairs/{one.pk}/invoice").body["data"]["id"]

    answers = sent(branch, "POST", f"invoices/{invoice}/credit-note", {"reason": "wrong"}, same_key=same_key)

    expect(answers, 201, (409, "CONFLICT"), same_key=same_key)
    assert Invoice.objects.filter(kind="credit_note").count() == 1
    prove(one)


@pytest.mark.parametrize("by_link", [True, False])
def test_the_same_answer_to_a_quote_counts_once(branch: Branch, by_link: bool) -> None:
    """Whoever presses the button often, or sends it from two devices, has said it once, and is told so each time."""
    part = stocked(5, branch)
    one = quoted(branch, lines=[line(), line(part, quantity=2)])
    keep = [str(one.quotes.get().lines.first().pk)]
    body = {"quoteVersion": 1, "name": "Kim", "lines": keep}
    path = f"track/{token_of(one)}/approve" if by_link else f"repairs/{one.pk}/quote/decision"
    apis = [Api(None if by_link else member("manager", branch)) for _ in range(AT_ONCE)]
    told = body if by_link else {**body, "approved": True, "way": "counter"}

    answers = race(*[partial(api.post, path, told) for api in apis])

    assert codes(answers) == {(200, None): AT_ONCE}
    assert QuoteDecision.objects.get().chosen == keep
    assert len(events_of(one, "repairs.quote_decided")) == 1
    assert (total_of(one), stock_of(part, branch)) == ((Decimal(100), Decimal(100)), (5, 0))
    prove(one)


def test_a_claim_is_opened_once_by_its_key(branch: Branch) -> None:
    part = stocked(5, branch)
    first = order(branch, status=WAY_TO["delivered"], lines=[line(part, unit_price=D(0))])

    answers = sent(branch, "POST", f"repairs/{first.pk}/warranty-claim", {"issueDescription": "again"}, same_key=True)

    expect(answers, 201, (409, "CONFLICT"), same_key=True)
    claim = RepairOrder.objects.get(warranty_of=first)
    assert stock_of(part, branch) == (4, 1)
    prove(first, claim)


@KEYS
def test_a_part_comes_back_once(branch: Branch, same_key: bool) -> None:
    part = stocked(5, branch)
    one = order(branch, status="in_progress>completed>in_progress", lines=[line(part, quantity=2)])
    path = f"repairs/{one.pk}/items/{one.lines.get().pk}/return"

    answers = sent(branch, "POST", path, {"reason": "wrong one"}, same_key=same_key)

    expect(answers, 200, (409, "CONFLICT"), same_key=same_key)
    assert stock_of(part, branch) == (5, 0)
    prove(one)
