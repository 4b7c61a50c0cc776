"""Invoices and credit notes: issued once, frozen, numbered without gaps, corrected only by taking back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from apps.audit.models import Event
from apps.core.exceptions import Conflict
from apps.inventory.models import Branch
from apps.repairs import services
from apps.repairs.models import Invoice, InvoiceCounter, InvoicedOrder, InvoiceLine, RepairOrder, WorkshopSettings
from apps.repairs.services import invoices
from tests.conftest import Api
from tests.factories import BranchFactory, CustomerFactory, PartTypeFactory, RepairTypeFactory, UserFactory, line, order
from tests.factories.work import SYSTEM
from tests.repairs.billing import D, done, orders_of, taxed, visit

YEAR = timezone.now().year


def state() -> tuple[int, ...]:
    counters = sum(InvoiceCounter.objects.values_list("last", flat=True))
    kinds = (Invoice, InvoiceLine, InvoicedOrder, Event)
    return counters, *(kind.objects.count() for kind in kinds)


def figures(answer: Any) -> tuple[str, str, str]:
    data = answer.body["data"]
    return data["netTotal"], data["taxTotal"], data["totalPrice"]


def test_an_invoice_says_who_what_and_how_much(admin: Api) -> None:
    branch = BranchFactory(name="Harbour", code="HAR", address="Quay 1", city="Hamburg", timezone="Europe/Berlin")
    taxed("19")
    WorkshopSettings.objects.create(branch=branch, letterhead="Repairs since 1999", tax_number="DE 123")
    customer = CustomerFactory(first_name="ليلى", last_name="حداد", phone="+491700000001", email="l@mail.example")
    screen, glass = RepairTypeFactory(name="Screen"), PartTypeFactory(name="Glass")
    wanted = [line(repair_type_id=screen.pk, part_type_id=glass.pk, unit_price=D("59.50"), quantity=2), line()]
    taken_in = order(branch, customer=customer.pk, lines=wanted, status="in_progress>completed", deposit_paid=D("9"))

    answer = admin.post(f"repairs/{taken_in.pk}/invoice")

    data = answer.body["data"]
    assert (answer.status_code, data["number"], data["kind"]) == (201, f"HAR-{YEAR}-00001", "invoice")
    assert data["seller"] == {
        "name": "Harbour", "address": "Quay 1", "city": "Hamburg", "country": "", "phone": "", "email": "",
        "letterhead": "Repairs since 1999", "taxNumber": "DE 123", "footer": "",
    }  # fmt: skip
    assert data["customer"] == {"name": "ليلى حداد", "phone": "+491700000001", "email": "l@mail.example"}
    first, second = data["items"]
    assert (first["description"], first["quantity"], first["unitPrice"], first["totalPrice"], first["taxAmount"]) == (
        "Screen, Glass", 2, "59.50", "119.00", "19.00",
    )  # fmt: skip
    assert (second["totalPrice"], second["taxPercent"], second["taxAmount"]) == ("100.00", "19.000", "15.97")
    assert figures(answer) == ("184.03", "34.97", "219.00")
    assert data["paid"] == "9.00"
    order_now = admin.get(f"repairs/{taken_in.pk}").body["data"]
    assert (order_now["totalPrice"], order_now["taxTotal"]) == ("219.00", "34.97")
    [told] = Event.objects.filter(type="repairs.invoice_issued")
    assert told.payload["number"] == data["number"]


def test_what_was_issued_stays_as_it_was(seller: Api, branch: Branch) -> None:
    taken_in = done(branch)
    issued = seller.post(f"repairs/{taken_in.pk}/invoice").body["data"]
    Branch.objects.filter(pk=branch.pk).update(name="Other", address="Elsewhere")
    type(taken_in.customer).objects.update(first_name="Changed")
    WorkshopSettings.objects.create(branch=branch, tax_number="new")

    again = seller.post(f"repairs/{taken_in.pk}/invoice")
    read = seller.get(f"repairs/{taken_in.pk}/invoice")

    def paper(data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "branch"}

    assert (again.status_code, paper(again.body["data"])) == (200, paper(issued))
    assert (read.status_code, paper(read.body["data"])) == (200, paper(issued))
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize("status", ["pending", "in_progress", "in_progress>waiting_parts", "cancelled"])
def test_nothing_is_invoiced_before_it_is_settled_what_it_costs(seller: Api, branch: Branch, status: str) -> None:
    taken_in = order(branch, status=status)
    before = state()

    answer = seller.post(f"repairs/{taken_in.pk}/invoice")
    missing = seller.get(f"repairs/{taken_in.pk}/invoice")

    assert (answer.status_code, answer.body["code"], missing.status_code) == (409, "CONFLICT", 404)
    assert state() == before


@pytest.mark.parametrize(
    ("included", "amounts", "line_total"),
    [(True, ("16.81", "3.19", "20.00"), "20.00"), (False, ("16.81", "3.19", "20.00"), "16.81")],
)
def test_a_fee_is_invoiced_to_the_cent(
    seller: Api, branch: Branch, included: bool, amounts: tuple[str, str, str], line_total: str
) -> None:
    taxed("19")
    WorkshopSettings.objects.create(branch=branch, prices_include_tax=included, diagnosis_fee=D("20"))
    taken_in = order(branch, status="in_progress>cancelled")

    answer = seller.post(f"repairs/{taken_in.pk}/invoice")

    assert figures(answer) == amounts
    [fee] = answer.body["data"]["items"]
    assert (fee["description"], fee["totalPrice"], fee["orderLineId"]) == ("Diagnosis fee", line_total, None)
    assert taken_in.return_fee == D(20)


def test_prices_without_tax_are_invoiced_with_it(seller: Api, branch: Branch) -> None:
    taxed("19")
    WorkshopSettings.objects.create(branch=branch, prices_include_tax=False)
    taken_in = done(branch, "0.10", "0.10", "0.13")

    answer = seller.post(f"repairs/{taken_in.pk}/invoice")

    assert figures(answer) == ("0.33", "0.06", "0.39")
    assert taken_in.total == D("0.39")


def test_numbers_run_by_branch_kind_and_year(admin: Api, branch: Branch, other_branch: Branch) -> None:
    numbers = [
        services.issue_invoice(done(place).pk, actor=SYSTEM).invoice.number for place in (branch, other_branch, branch)
    ]
    note = services.issue_credit_note(Invoice.objects.get(number=numbers[0]).pk, "wrong", actor=SYSTEM)
    old = done(branch)
    with transaction.atomic():
        held = RepairOrder.objects.select_for_update().get(pk=old.pk)
        last_year = invoices.issue([held], actor=SYSTEM, at=timezone.now().replace(year=YEAR - 1, month=6, day=1))

    assert numbers == [f"HAR-{YEAR}-00001", f"STA-{YEAR}-00001", f"HAR-{YEAR}-00002"]
    assert (note.number, last_year.number) == (f"HAR-C-{YEAR}-00001", f"HAR-{YEAR - 1}-00001")


def test_a_rolled_back_attempt_leaves_no_gap(branch: Branch) -> None:
    first, second = done(branch), done(branch)

    with transaction.atomic():
        lost = services.issue_invoice(first.pk, actor=SYSTEM).invoice.number
        transaction.set_rollback(True)
    before = state()
    issued = services.issue_invoice(second.pk, actor=SYSTEM).invoice

    assert before[:4] == (0, 0, 0, 0)
    assert issued.number == lost == f"HAR-{YEAR}-00001"


def test_the_hand_over_issues_the_invoice(manager: Api, branch: Branch) -> None:
    ready = done(branch, status="in_progress>completed>ready_pickup", deposit_paid=D(100))
    free = done(branch, "0", status="in_progress>completed>ready_pickup")
    [move] = [
        move for move in manager.get(f"repairs/{ready.pk}/transitions").body["data"]["items"]
        if move["to"] == "delivered"
    ]  # fmt: skip

    for one in (ready, free):
        assert manager.put(f"repairs/{one.pk}/status", {"status": "delivered"}).status_code == 200

    assert "The invoice is issued." in move["effects"]
    assert manager.get(f"repairs/{ready.pk}/invoice").body["data"]["totalPrice"] == "100.00"
    assert manager.get(f"repairs/{free.pk}/invoice").status_code == 404
    assert Invoice.objects.count() == 1


def test_the_hand_over_keeps_the_invoice_there_is(manager: Api, branch: Branch) -> None:
    ready = done(branch, status="in_progress>completed>ready_pickup", deposit_paid=D(100))
    issued = manager.post(f"repairs/{ready.pk}/invoice").body["data"]["number"]

    manager.put(f"repairs/{ready.pk}/status", {"status": "delivered"})

    assert list(Invoice.objects.values_list("number", flat=True)) == [issued]


def test_an_invoiced_order_is_reworked_and_keeps_its_price(manager: Api, branch: Branch) -> None:
    taken_in = done(branch)
    manager.post(f"repairs/{taken_in.pk}/invoice")
    url = f"repairs/{taken_in.pk}"
    own = taken_in.lines.get().pk

    back = manager.put(f"{url}/status", {"status": "in_progress", "notes": "loose"})
    refused = [
        manager.patch(f"{url}/items/{own}", {"unitPrice": "1.00"}),
        manager.post(f"{url}/items", {"repairTypeId": str(RepairTypeFactory().pk), "unitPrice": "5"}),
        manager.delete(f"{url}/items/{own}"),
        manager.put(f"{url}/status", {"status": "cancelled"}),
    ]
    done_again = manager.put(f"{url}/status", {"status": "completed"})

    assert back.status_code == done_again.status_code == 200
    assert [(answer.status_code, answer.body["code"]) for answer in refused] == [(409, "CONFLICT")] * 4
    taken_in.refresh_from_db()
    assert (taken_in.total, taken_in.lines.count()) == (100, 1)


def test_a_full_credit_frees_the_order(manager: Api, branch: Branch) -> None:
    taken_in = done(branch, "60", "40")
    first = manager.post(f"repairs/{taken_in.pk}/invoice").body["data"]

    note = manager.post(f"invoices/{first['id']}/credit-note", {"reason": "wrong price"})
    again = manager.post(f"invoices/{first['id']}/credit-note", {"reason": "wrong price"})
    of_note = manager.post(f"invoices/{note.body['data']['id']}/credit-note", {"reason": "back"})
    second = manager.post(f"repairs/{taken_in.pk}/invoice")

    data = note.body["data"]
    assert (note.status_code, data["kind"], data["correctsId"], data["reason"]) == (
        201, "credit_note", first["id"], "wrong price",
    )  # fmt: skip
    assert (data["totalPrice"], [item["totalPrice"] for item in data["items"]]) == ("100.00", ["60.00", "40.00"])
    assert [item["creditsId"] for item in data["items"]] == [item["id"] for item in first["items"]]
    assert [(answer.status_code, answer.body["code"]) for answer in (again, of_note)] == [(409, "CONFLICT")] * 2
    assert (second.status_code, second.body["data"]["number"]) == (201, f"HAR-{YEAR}-00002")
    assert manager.get(f"repairs/{taken_in.pk}").body["data"]["balance"] == "100.00"


def test_a_part_that_is_taken_back_lowers_what_is_owed(manager: Api, branch: Branch) -> None:
    taxed("19")
    taken_in = done(branch, "60", "40", deposit_paid=D(95))
    invoice = manager.post(f"repairs/{taken_in.pk}/invoice").body["data"]
    url, (sixty, forty) = f"invoices/{invoice['id']}/credit-note", [item["id"] for item in invoice["items"]]

    def balance() -> str:
        return str(manager.get(f"repairs/{taken_in.pk}").body["data"]["balance"])

    part = manager.post(url, {"reason": "scratch", "lines": [{"lineId": sixty, "amount": "0.10"}]})
    after_part = balance()
    whole = manager.post(url, {"reason": "scratch", "lines": [{"lineId": forty}]})
    after_whole = balance()
    before = state()
    too_much = manager.post(url, {"reason": "scratch", "lines": [{"lineId": sixty, "amount": "59.91"}]})
    strange = manager.post(url, {"reason": "scratch", "lines": [{"lineId": str(taken_in.pk)}]})
    twice = manager.post(url, {"reason": "x", "lines": [{"lineId": sixty, "amount": "1"}] * 2})
    unsaid = manager.post(url, {"reason": " "})
    unchanged = state() == before
    rest = manager.post(url, {"reason": "all"})

    assert [figures(answer) for answer in (part, whole, rest)] == [
        ("0.08", "0.02", "0.10"), ("33.61", "6.39", "40.00"), ("50.34", "9.56", "59.90"),
    ]  # fmt: skip
    assert (after_part, after_whole) == ("4.90", "-35.10")
    assert too_much.body["error"] == "Only 59.90 USD is left of this line."
    assert [answer.status_code for answer in (too_much, strange, twice, unsaid)] == [400] * 4
    assert unchanged
    assert sum(D(figures(answer)[1]) for answer in (part, whole, rest)) == D(invoice["taxTotal"]) == D("15.97")
    assert balance() == "5.00"


def test_of_what_was_handed_over_and_taken_back_nothing_is_owed(manager: Api, branch: Branch) -> None:
    taken_in = done(branch, status="in_progress>completed>ready_pickup", deposit_paid=D(100))
    manager.put(f"repairs/{taken_in.pk}/status", {"status": "delivered"})
    invoice = Invoice.objects.get()

    manager.post(f"invoices/{invoice.pk}/credit-note", {"reason": "goodwill"})
    owed = manager.get(f"repairs/{taken_in.pk}").body["data"]["balance"]
    back = manager.post(f"repairs/{taken_in.pk}/payments", {"amount": "100", "method": "cash", "kind": "refund"})
    settled = manager.get(f"repairs/{taken_in.pk}").body["data"]["balance"]
    again = manager.post(f"repairs/{taken_in.pk}/invoice")

    assert (owed, back.status_code, settled, again.status_code) == ("-100.00", 201, "0.00", 201)
    assert manager.get(f"repairs/{taken_in.pk}").body["data"]["balance"] == "100.00"


def test_one_invoice_over_a_drop_off(manager: Api, branch: Branch) -> None:
    found = visit(branch, "60", "40")
    first, second = orders_of(found)

    answer = manager.post(f"drop-offs/{found.pk}/invoice")
    again = manager.post(f"drop-offs/{found.pk}/invoice")

    data = answer.body["data"]
    assert (answer.status_code, again.status_code, again.body["data"]) == (201, 200, data)
    assert (data["dropOffId"], data["totalPrice"]) == (str(found.pk), "100.00")
    assert [item["repairOrderId"] for item in data["items"]] == [str(first.pk), str(second.pk)]
    assert manager.get(f"repairs/{second.pk}/invoice").body["data"]["id"] == data["id"]
    credit = {"reason": "x", "lines": [{"lineId": data["items"][1]["id"]}]}
    assert manager.post(f"invoices/{data['id']}/credit-note", credit).status_code == 201
    assert manager.get(f"repairs/{second.pk}/invoice").status_code == 404
    assert manager.get(f"repairs/{first.pk}/invoice").status_code == 200


def test_a_drop_off_is_invoiced_when_all_of_it_is_settled(manager: Api, branch: Branch) -> None:
    found = visit(branch, "60")
    open_one = order(branch, customer=found.customer_id)
    RepairOrder.objects.filter(pk=open_one.pk).update(drop_off=found)
    nothing = visit(branch, "0")
    before = state()

    answers = [manager.post(f"drop-offs/{one.pk}/invoice") for one in (found, nothing)]

    assert [(answer.status_code, answer.body["code"]) for answer in answers] == [(409, "CONFLICT")] * 2
    assert state() == before


def test_invoices_are_found(manager: Api, branch: Branch, other_branch: Branch) -> None:
    own, foreign = done(branch), done(other_branch)
    for one in (own, foreign):
        services.issue_invoice(one.pk, actor=SYSTEM)
    invoice = Invoice.objects.get(branch=branch)
    services.issue_credit_note(invoice.pk, "wrong", actor=SYSTEM)
    today = invoice.issued_on.isoformat()

    def found(query: str) -> list[str]:
        return [row["number"] for row in manager.get(f"invoices?ordering=number{query}").body["data"]["items"]]

    number, note = f"HAR-{YEAR}-00001", f"HAR-C-{YEAR}-00001"
    assert found("") == [number, note]
    assert found("&kind=credit_note") == found(f"&correctsId={invoice.pk}") == [note]
    assert found(f"&customerId={own.customer_id}") == [number, note]
    assert found(f"&customerId={foreign.customer_id}") == []
    assert found(f"&branchId={other_branch.pk}") == []
    assert found(f"&dateFrom={today}&dateTo={today}") == [number, note]
    assert found("&dateTo=2020-01-01") == []
    assert found("&q=har-c") == [note]


def test_customers_read_the_invoices_of_their_orders(branch: Branch) -> None:
    owner = CustomerFactory(user=UserFactory(role="customer"))
    own, other = done(branch, customer=owner.pk), done(branch)
    mine, theirs = (services.issue_invoice(one.pk, actor=SYSTEM).invoice for one in (own, other))
    api = Api(owner.user)

    listed = api.get("invoices").body["data"]["items"]

    assert [row["number"] for row in listed] == [mine.number]
    assert [api.get(f"invoices/{one.pk}").status_code for one in (mine, theirs)] == [200, 404]
    assert [api.get(f"repairs/{one.pk}/invoice").status_code for one in (own, other)] == [200, 404]
    assert api.post(f"repairs/{own.pk}/invoice").status_code == 403


@pytest.mark.parametrize("model", [Invoice, InvoiceLine])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_was_issued_the_database_itself_keeps(branch: Branch, model: Any, change: str) -> None:
    services.issue_invoice(done(branch).pk, actor=SYSTEM)
    before = list(model.objects.values())

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(created_at=timezone.now()) if change == "update" else model.objects.all()._raw_delete(
            "default"
        )

    assert list(model.objects.values()) == before


def test_orders_on_different_terms_are_invoiced_one_by_one(branch: Branch) -> None:
    found = visit(branch, "60")
    WorkshopSettings.objects.create(branch=branch, prices_include_tax=False)
    other = done(branch, "40", customer=found.customer_id)
    RepairOrder.objects.filter(pk=other.pk).update(drop_off=found)

    with pytest.raises(Conflict, match="different terms"):
        services.issue_drop_off_invoice(found.pk, actor=SYSTEM)

    assert Invoice.objects.count() == 0
    assert services.issue_invoice(other.pk, actor=SYSTEM).invoice.total == Decimal(40)
