"""What is ended between any two of its statements has happened in full, or not at all."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from apps.core.actor import Actor
from apps.inventory.models import Branch, Item, Reservation, Serial, StockMovement
from apps.inventory.services import pick_serials, verify_stock
from apps.repairs import services
from apps.repairs.enums import OrderStatus
from apps.repairs.models import (
    DeviceSecret,
    FaultyPart,
    Invoice,
    InvoicedOrder,
    Payment,
    RepairOrder,
    Rework,
    Tender,
    Warranty,
    WorkEntry,
    WorkshopSettings,
)
from tests.factories import CustomerFactory, DeviceModelFactory, PartTypeFactory, line, member, order, stock_of, stocked
from tests.inventory.killing import every_statement_killed
from tests.inventory.purchases import ordered, received, wanted
from tests.repairs.billing import D, done, orders_of, taxed, visit
from tests.repairs.contract import SYSTEM, WAY_TO, events_of
from tests.repairs.proving import prove_order, prove_papers
from tests.repairs.quoting import quoted, say, total_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.exhaustive]


def killed(work: Any, *orders: RepairOrder, least: int = 8) -> None:
    """End ``work`` everywhere, then let it come to its end; afterwards everything fits together."""
    assert every_statement_killed(work) >= least
    for one in orders:
        prove_order(RepairOrder.objects.get(pk=one.pk))
    prove_papers("HAR")
    assert verify_stock() == []


def move(one: RepairOrder, to: str, note: str = "", **fields: Any) -> Any:
    said = services.Particulars(**fields)
    return partial(services.change_status, one.pk, OrderStatus(to), actor=SYSTEM, note=note, said=said)


def warranted(item: Item | None = None, **fields: Any) -> services.LineRequest:
    return line(item, part_type_id=PartTypeFactory(warranty_months=6).pk, **fields)


def working_on(one: RepairOrder, branch: Branch) -> None:
    """Somebody's time runs on the order."""
    person = member("technician", branch)
    RepairOrder.objects.filter(pk=one.pk).update(technician=person)
    services.start_work(one.pk, actor=Actor.user(person))


def states(one: RepairOrder) -> list[str]:
    return list(one.lines.values_list("state", flat=True))


def test_a_completion_issues_every_part_or_none(branch: Branch) -> None:
    plain, numbered = stocked(5, branch), stocked(2, branch, tracks_serials=True)
    one = order(branch, status="in_progress", lines=[line(plain, quantity=2), line(numbered), line()])
    reservation = Reservation.objects.get(level__item=numbered)
    pick_serials(reservation.pk, [Serial.objects.earliest("number").number], actor=SYSTEM)

    killed(move(one, "completed", outcome="partly_repaired"), one, least=15)

    assert states(one) == ["issued", "issued", "planned"]
    assert (stock_of(plain, branch), stock_of(numbered, branch)) == ((3, 0), (1, 0))
    assert Serial.objects.filter(state="gone").count() == 1


def test_a_rework_is_noted_for_every_line_or_not_begun(branch: Branch) -> None:
    one = done(branch, "60", "40")

    killed(move(one, "in_progress", "the glue came off", line_ids=[row.pk for row in one.lines.all()]), one)

    assert (Rework.objects.count(), events_of(one, "repairs.rework_noted")[0]["reason"]) == (2, "the glue came off")


def test_a_call_to_fetch_the_device_is_made_with_the_status(branch: Branch) -> None:
    one = done(branch)

    killed(move(one, "ready_pickup"), one, least=5)

    assert events_of(one, "repairs.status_changed")[-1]["new_status"] == "ready_pickup"


def test_a_hand_over_warrants_bills_and_wipes_or_does_not_happen(branch: Branch) -> None:
    taxed("19")
    lines = [warranted(stocked(5, branch)), warranted(), line()]
    one = order(branch, status=WAY_TO["ready_pickup"], lines=lines, device_password="1234", deposit_paid=D(300))
    working_on(one, branch)

    killed(move(one, "delivered"), one, least=20)

    assert (Warranty.objects.count(), Invoice.objects.get().total, DeviceSecret.objects.count()) == (2, 300, 0)
    assert InvoicedOrder.objects.get().order_id == one.pk
    assert WorkEntry.objects.get().stopped_at is not None


def test_a_cancellation_gives_every_part_back_or_none(branch: Branch) -> None:
    WorkshopSettings.objects.create(branch=branch, diagnosis_fee=20)
    held, awaited = stocked(5, branch), stocked(0, branch)
    one = order(branch, status="in_progress", lines=[line(held, quantity=2), line(awaited)])
    behind = order(branch, lines=[line(held, quantity=9)])
    working_on(one, branch)

    killed(move(one, "cancelled", outcome="unrepairable"), one, behind, least=15)

    assert (states(one), stock_of(held, branch)) == (["planned", "planned"], (5, 0))
    one.refresh_from_db()
    assert (one.return_fee, one.outcome, one.unrepaired) == (20, "unrepairable", True)
    assert WorkEntry.objects.get().stopped_at is not None


def test_a_repair_is_taken_up_again_with_its_parts_or_not(branch: Branch) -> None:
    held, awaited = stocked(5, branch), stocked(0, branch)
    one = order(branch, status="cancelled", lines=[line(held, quantity=2), line(awaited)])

    killed(move(one, "pending", "changed their mind"), one)

    assert (states(one), stock_of(held, branch)) == (["reserved", "backordered"], (5, 2))


def test_an_intake_takes_in_everything_or_nothing(branch: Branch) -> None:
    held = stocked(5, branch)

    intake = services.Intake(
        CustomerFactory().pk, DeviceModelFactory().pk, "dead", [line(held, quantity=2), line()], branch.pk,
        device_password="1234", deposit_paid=D(50),
    )  # fmt: skip

    killed(partial(services.create_order, intake, actor=SYSTEM), least=15)

    [one] = RepairOrder.objects.all()
    prove_order(one)
    assert (one.order_number[-6:], one.paid, stock_of(held, branch)) == ("000001", 50, (5, 2))


@pytest.mark.parametrize("together", [False, True])
def test_an_invoice_has_all_its_lines_and_a_number_or_is_not_there(branch: Branch, together: bool) -> None:
    taxed("19")
    found = visit(branch, "60", "40")
    orders = orders_of(found)
    first = services.issue_invoice(orders[0].pk, actor=SYSTEM).invoice
    services.issue_credit_note(first.pk, "wrong name", actor=SYSTEM)

    killed(
        partial(services.issue_drop_off_invoice, found.pk, actor=SYSTEM)
        if together
        else partial(services.issue_invoice, orders[0].pk, actor=SYSTEM),
        *orders,
    )

    paper = Invoice.objects.filter(kind="invoice").latest("created_at")
    assert (paper.number[-5:], paper.total, paper.lines.count()) == (
        ("00002", 100, 2) if together else ("00002", 60, 1)
    )


@pytest.mark.parametrize("whole", [False, True])
def test_a_credit_note_takes_off_what_it_says_or_nothing(branch: Branch, whole: bool) -> None:
    taxed("19")
    found = visit(branch, "60", "40", status="in_progress>completed>ready_pickup")
    orders = orders_of(found)
    invoice = services.issue_drop_off_invoice(found.pk, actor=SYSTEM).invoice
    asked = [] if whole else [services.CreditRequest(line.pk, D(10)) for line in invoice.lines.all()]

    killed(partial(services.issue_credit_note, invoice.pk, "scratched", asked, actor=SYSTEM), *orders)

    note = Invoice.objects.get(kind="credit_note")
    assert (note.total, InvoicedOrder.objects.count()) == ((100, 0) if whole else (20, 2))
    assert [one.credited for one in orders_of(found)] == ([0, 0] if whole else [10, 10])


def test_money_for_a_visit_is_booked_on_all_its_orders_or_on_none(branch: Branch) -> None:
    found = visit(branch, "60", "40", "50")
    paid = partial(services.take_tender, found.pk, services.TenderRequest(D(120), "payment", "cash"), actor=SYSTEM)
    back = partial(services.take_tender, found.pk, services.TenderRequest(D(90), "refund", "cash"), actor=SYSTEM)

    killed(paid, *orders_of(found), least=12)
    taken = [one.paid for one in orders_of(found)]
    killed(back, *orders_of(found), least=10)

    assert (taken, [one.paid for one in orders_of(found)]) == ([60, 40, 20], [0, 10, 20])
    assert (Tender.objects.count(), Payment.objects.count()) == (2, 5)


@pytest.mark.parametrize("kind", ["deposit", "refund"])
def test_a_payment_is_on_the_order_or_not_booked(branch: Branch, kind: str) -> None:
    one = order(branch, deposit_paid=D(40))

    request = services.PaymentRequest(D(30), kind, "cash")
    killed(partial(services.take_payment, one.pk, request, actor=SYSTEM), one, least=4)

    one.refresh_from_db()
    assert (one.paid, one.deposit_paid) == ((70, 70) if kind == "deposit" else (10, 40))


def built_in(branch: Branch, item: Item) -> RepairOrder:
    """An order that is worked on again, whose line holds its part."""
    return order(branch, status="in_progress>completed>in_progress", lines=[line(item, quantity=2)])


@pytest.mark.parametrize(("what", "state", "level"), [("return", "returned", (5, 0)), ("faulty", "faulty", (3, 0)),
                                                      ("replace", "reserved", (3, 2))])  # fmt: skip
def test_a_part_comes_out_in_the_books_of_both_or_of_neither(
    branch: Branch, what: str, state: str, level: tuple[int, int]
) -> None:
    part = stocked(5, branch)
    one = built_in(branch, part)
    row = one.lines.get().pk
    failure = services.Failure("dead", replace=what == "replace")

    killed(
        partial(services.return_part, one.pk, row, "wrong one", actor=SYSTEM)
        if what == "return"
        else partial(services.report_faulty, one.pk, row, failure, actor=SYSTEM),
        one,
    )

    assert (states(one), stock_of(part, branch)) == ([state], level)


def test_a_part_is_asked_for_anew_or_not(branch: Branch) -> None:
    part = stocked(5, branch)
    one = built_in(branch, part)
    services.return_part(one.pk, one.lines.get().pk, "wrong one", actor=SYSTEM)

    killed(partial(services.reserve_part, one.pk, one.lines.get().pk, actor=SYSTEM), one)

    assert (states(one), stock_of(part, branch)) == (["reserved"], (5, 2))


def test_what_arrives_goes_to_all_whose_turn_it_is_or_to_nobody(branch: Branch) -> None:
    part = stocked(0, branch)
    waiting = [order(branch, lines=[line(part, quantity=2)]) for _ in range(3)]
    purchase = ordered(branch, wanted(part, 7))
    covered = partial(services.cover_backorders, part.pk, branch.pk, actor=SYSTEM)
    filled = partial(services.fill_backorders, part.pk, branch.pk, actor=SYSTEM)

    killed(covered, *waiting)
    expected = [states(one) for one in waiting]
    received(purchase, (1, 4))
    killed(filled, *waiting, least=12)

    assert expected == [["on_order"]] * 3
    assert [states(one) for one in waiting] == [["reserved"], ["reserved"], ["on_order"]]
    assert stock_of(part, branch) == (4, 4)


def test_lines_change_with_their_parts_and_the_next_quote_or_not(branch: Branch) -> None:
    part, other = stocked(5, branch), stocked(5, branch)
    one = quoted(branch, lines=[line(part), line()])
    say(one)
    row = one.lines.first().pk
    works = [
        partial(services.add_line, one.pk, line(part, quantity=2), actor=SYSTEM),
        partial(services.change_line, one.pk, row, {"item_id": other.pk, "quantity": 3}, actor=SYSTEM),
        partial(services.remove_line, one.pk, row, actor=SYSTEM),
    ]

    for work in works:
        killed(work, one, least=12)

    assert (stock_of(part, branch), stock_of(other, branch)) == ((5, 2), (5, 0))
    assert list(one.quotes.values_list("status", flat=True)) == ["approved", "superseded", "superseded", "sent"]


def test_an_answer_makes_the_order_what_was_chosen_or_changes_nothing(branch: Branch) -> None:
    dear, cheap, left_out = stocked(5, branch), stocked(5, branch), stocked(5, branch)
    one = order(branch, lines=[line(dear), line(left_out), line()])
    first, _, third = one.lines.all()
    ways = [services.Alternative(first.pk, line(cheap, unit_price=D(30), quantity=2))]
    send = partial(services.send_quote, one.pk, services.QuoteRequest(alternatives=ways), actor=SYSTEM)

    killed(send, one)
    instead = one.quotes.get().lines.exclude(instead_of=None).get().pk
    killed(partial(say, one, lines=[instead, third.pk]), one, least=25)

    assert total_of(one) == (160, 160)
    assert [stock_of(item, branch) for item in (dear, cheap, left_out)] == [(5, 0), (5, 2), (5, 0)]


@pytest.mark.parametrize("how", ["declined", "expired"])
def test_the_end_of_a_quote_is_told_or_it_has_not_ended(branch: Branch, how: str) -> None:
    one = quoted(branch)
    later = timezone.now() + timedelta(days=99)

    killed(
        partial(say, one, approved=False)
        if how == "declined"
        else partial(services.expire_quotes, actor=SYSTEM, now=later),
        one,
        least=4,
    )

    assert one.quotes.get().status == how


def test_a_claim_is_taken_in_with_its_failed_part_or_not_at_all(branch: Branch) -> None:
    part = stocked(5, branch)
    first = order(branch, status=WAY_TO["delivered"], lines=[warranted(part, unit_price=D(0)), line(unit_price=D(0))])
    failed = [(first.lines.first().pk, services.Failure("no touch"))]
    fields = {"issue_description": "again", "faulty_parts": failed, "deposit_paid": D(0)}

    killed(partial(services.claim_warranty, first.pk, fields, actor=SYSTEM), first, least=20)

    claim = RepairOrder.objects.get(warranty_of=first)
    prove_order(claim)
    assert (FaultyPart.objects.get().order_id, states(claim)) == (claim.pk, ["reserved", "planned"])
    assert StockMovement.objects.filter(movement_type="OUT").count() == 1


def test_a_covered_line_is_charged_with_the_reason_or_stays_free(branch: Branch) -> None:
    lines = [warranted(unit_price=D(80))]
    first = order(branch, status=WAY_TO["ready_pickup"], lines=lines, deposit_paid=D(80))
    services.change_status(first.pk, OrderStatus.DELIVERED, actor=SYSTEM)
    claim = services.claim_warranty(first.pk, {"issue_description": "again"}, actor=SYSTEM)

    killed(partial(services.charge_line, claim.pk, claim.lines.get().pk, "dropped", actor=SYSTEM), claim)

    claim.refresh_from_db()
    assert (claim.total, events_of(claim, "repairs.line_charged")[0]["reason"]) == (80, "dropped")
