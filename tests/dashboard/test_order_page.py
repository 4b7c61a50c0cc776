"""The page of one order, and its notes, money, assignment and password."""

from __future__ import annotations

import html
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Reservation, Serial
from apps.inventory.services import MovementRequest, record_movement
from apps.repairs.enums import OrderStatus
from apps.repairs.models import OrderNote, Payment
from apps.repairs.services import change_status
from tests.dashboard.browser import Browser, page_of
from tests.dashboard.conftest import BrowserOf
from tests.factories import BranchFactory, CustomerFactory, ItemFactory, line, member, order, stocked

QUERIES_OF_THE_ORDER = 12


def test_the_page_shows_the_whole_order(boss: Browser, branch: Branch) -> None:
    customer = CustomerFactory(first_name="Aoife", last_name="O’Brien", phone="+353871234567", email="a@mail.example")
    part = stocked(3, branch, name="Display 11", sku="DSP-11")
    taken_in = order(
        branch, customer=customer.pk, device_imei="490154203237518", device_serial="C8QQ", accessories=["charger", "case"],
        cosmetic_condition="scratched", issue_description="cracked\nglass", priority="urgent", technician=boss.user,
        lines=[line(part, unit_price=Decimal("1259.50")), line(unit_price=Decimal(20), discount=Decimal(5))],
        deposit_paid=Decimal(100),
    )  # fmt: skip

    page_of(boss, taken_in)

    for words in (
        f"Branch: <bdi>{branch.name}</bdi>",
        taken_in.order_number, "Aoife O’Brien", 'href="tel:+353871234567"', 'href="mailto:a@mail.example"', "C8QQ",
        "490154203237518", "charger, case", "scratched", "cracked<br>glass", "urgent", "Display 11", "DSP-11",
        'class="part reserved">reserved', "2 more available", "1,259.50\u00a0USD", "1,274.50\u00a0USD",
        "1,174.50\u00a0USD", "5.00\u00a0USD</bdi> off", "Taken in", boss.user.get_full_name() if boss.user else "",
    ):  # fmt: skip
        assert words in boss.text, words


@pytest.mark.exhaustive
@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_however_long(boss: Browser, branch: Branch, rows: int) -> None:
    taken_in = order(branch, lines=[line(stocked(2, branch)) for _ in range(rows)], technician=boss.user)
    for number in range(rows):
        page_of(boss, taken_in)
        boss.submit(boss.form(do="note"), text=f"note {number}")
        boss.submit(boss.form(do="payment"), amount="1")
        member("technician", branch)
    page_of(boss, taken_in)

    with CaptureQueriesContext(connection) as queries:
        page_of(boss, taken_in)

    page = boss.response.context["page"]
    assert (len(page.lines), len(page.notes), len(page.payments)) == (rows, rows, rows)
    assert len(queries) == QUERIES_OF_THE_ORDER, [query["sql"] for query in queries]


@pytest.mark.parametrize("do", ["", "nonsense"])
def test_an_unknown_form_is_not_understood(boss: Browser, branch: Branch, do: str) -> None:
    taken_in = order(branch)
    page_of(boss, taken_in)
    form = boss.form(do="note")
    form.fields["do"] = do

    boss.submit(form, text="x")

    assert boss.status == 400
    assert "This request cannot be understood" in boss.text


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ["manager", "technician", "seller"])
def test_a_note_is_added_once(browser_of: BrowserOf, branch: Branch, role: str) -> None:
    browser = browser_of(role)
    taken_in = order(branch, technician=browser.user if role == "technician" else None)
    page_of(browser, taken_in)
    form = browser.form(do="note")
    browser.submit(form, text="للزبون <b>", visibility="customer")

    browser.submit(form, text="للزبون <b>", visibility="customer")

    assert browser.status == 200
    assert list(OrderNote.objects.values_list("text", "visibility")) == [("للزبون <b>", "customer")]
    assert browser.text.count("للزبون &lt;b&gt;") == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_note_that_is_none_is_refused_and_kept(boss: Browser, branch: Branch, text: str) -> None:
    taken_in = order(branch)
    page_of(boss, taken_in)

    boss.submit(boss.form(do="note"), text=text)

    assert (boss.status, OrderNote.objects.count()) == (400, 0)
    assert boss.form(do="note").fields["text"] == text
    assert 'aria-invalid="true"' in boss.text


@pytest.mark.exhaustive
def test_the_id_of_another_orders_note_is_a_refusal(boss: Browser, branch: Branch) -> None:
    first, second = order(branch), order(branch)
    page_of(boss, first)
    used = boss.form(do="note").fields["id"]
    boss.submit(boss.form(do="note"), text="first")
    page_of(boss, second)
    form = boss.form(do="note")
    form.fields["id"] = used

    boss.submit(form, text="second")

    assert boss.status == 409
    assert "This form has been used already; open the page again." in boss.text
    assert list(OrderNote.objects.values_list("text", flat=True)) == ["first"]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("amount", "left"), [("40", "60.00"), ("100", "0.00")])
def test_a_payment_is_booked_once(counter: Browser, branch: Branch, amount: str, left: str) -> None:
    taken_in = order(branch)
    page_of(counter, taken_in)
    form = counter.form(do="payment")
    suggested = form.fields["amount"]
    counter.submit(form, amount=amount, method="card")

    counter.submit(form, amount=amount, method="card")

    taken_in.refresh_from_db()
    assert suggested == "100.00"
    assert (counter.status, taken_in.paid, Payment.objects.count()) == (200, Decimal(amount), 1)
    assert f"{amount}.00 USD was booked." in counter.text
    assert f"{left}\u00a0USD" in counter.text


@pytest.mark.parametrize("amount", ["100.01", "0", "-1", "abc", "NaN", "1e999", "0.001", ""])
def test_a_wrong_amount_is_refused_and_kept(counter: Browser, branch: Branch, amount: str) -> None:
    taken_in = order(branch)
    page_of(counter, taken_in)

    counter.submit(counter.form(do="payment"), amount=amount)

    taken_in.refresh_from_db()
    assert (counter.status, taken_in.paid, Payment.objects.count()) == (400, 0, 0)
    assert counter.form(do="payment").fields["amount"] == amount
    assert 'class="errorlist"' in counter.text


def test_a_technician_takes_no_money(tech: Browser, branch: Branch) -> None:
    taken_in = order(branch, technician=tech.user)
    page_of(tech, taken_in)
    form = tech.form(do="note")
    form.fields = {**form.fields, "do": "payment", "amount": "1", "method": "cash"}
    assert "Take a payment" not in tech.text

    tech.submit(form)

    assert (tech.status, Payment.objects.count()) == (404, 0)


@pytest.mark.exhaustive
def test_a_manager_assigns_and_takes_back(boss: Browser, branch: Branch) -> None:
    worker, taken_in = member("technician", branch, first_name="Yuki"), order(branch)
    member("technician", BranchFactory(), first_name="Elsewhere")
    page_of(boss, taken_in)
    assert "Elsewhere" not in boss.text

    boss.submit(boss.form(do="assign"), technician=str(worker.pk))

    taken_in.refresh_from_db()
    assert taken_in.technician == worker
    assert f"Assigned to {worker.get_full_name()}." in boss.text
    boss.submit(boss.form(do="assign"), technician="")
    taken_in.refresh_from_db()
    assert taken_in.technician is None


def test_only_colleagues_can_be_assigned(boss: Browser, branch: Branch) -> None:
    stranger, taken_in = member("technician", BranchFactory()), order(branch)
    page_of(boss, taken_in)

    boss.submit(boss.form(do="assign"), technician=str(stranger.pk))

    taken_in.refresh_from_db()
    assert (boss.status, taken_in.technician) == (400, None)


def test_the_counter_assigns_before_work_starts_only(counter: Browser, branch: Branch) -> None:
    before, after = order(branch), order(branch, status="in_progress")
    member("technician", branch)

    assert 'value="assign"' in page_of(counter, before).text
    assert 'value="assign"' not in page_of(counter, after).text


def test_a_device_password_is_shown_on_request_and_recorded(tech: Browser, branch: Branch) -> None:
    taken_in = order(branch, technician=tech.user, device_password=" 25<80 ")
    page_of(tech, taken_in)
    assert "25&lt;80" not in tech.text

    tech.submit(tech.form(do="password"))

    assert '<dd class="code secret" dir="ltr"> 25&lt;80 </dd>' in tech.text
    assert "no-store" in tech.response["Cache-Control"]
    assert (
        Event.objects.filter(type="repairs.device_password_read", actor_id=tech.user.pk if tech.user else None).count()
        == 1
    )
    assert "25&lt;80" not in page_of(tech, taken_in).text


def test_the_counter_reads_no_device_password(counter: Browser, branch: Branch) -> None:
    taken_in = order(branch, device_password="2580")
    page_of(counter, taken_in)
    form = counter.form(do="note")
    form.fields["do"] = "password"

    counter.submit(form)

    assert counter.status == 404
    assert "2580" not in counter.text


@pytest.mark.exhaustive
def test_units_are_picked_by_serial_number_before_the_work_is_completed(tech: Browser, branch: Branch) -> None:
    part = ItemFactory(sku="BRD", name="Board", tracks_serials=True)
    arrival = MovementRequest(part.pk, MovementType.IN, 2, to_branch_id=branch.pk, serials=["B-1", "B-2"])
    record_movement(arrival, actor=Actor.system("test"))
    taken_in = order(branch, lines=[line(part)], technician=tech.user)
    change_status(taken_in.pk, OrderStatus.IN_PROGRESS, actor=Actor.system("test"))

    page_of(tech, taken_in)
    early = f"Pick the serial numbers of BRD Board for {taken_in.order_number} first."
    blocked = early in html.unescape(tech.text)
    tech.submit(tech.form(do="serials"), serials="B-9")
    unknown = (tech.status, "Not all of these units are in stock there and free." in tech.text)
    kept = Serial.objects.exclude(reservation=None).count()
    page_of(tech, taken_in)
    tech.submit(tech.form(do="serials"), serials=" b-2 ")
    page_of(tech, taken_in)

    assert (blocked, unknown, kept) == (True, (409, True), 0)
    assert early not in html.unescape(tech.text)
    assert list(Serial.objects.exclude(reservation=None).values_list("number", flat=True)) == ["B-2"]
    assert 'value="B-2"' in tech.text


@pytest.mark.exhaustive
def test_a_reservation_of_another_order_is_not_picked_for(tech: Browser, branch: Branch) -> None:
    part = ItemFactory(tracks_serials=True)
    arrival = MovementRequest(part.pk, MovementType.IN, 2, to_branch_id=branch.pk, serials=["B-1", "B-2"])
    record_movement(arrival, actor=Actor.system("test"))
    mine, other = (order(branch, lines=[line(part)], technician=tech.user) for _ in range(2))
    page_of(tech, mine)
    form = tech.form(do="serials")
    form.fields["reservation"] = str(Reservation.objects.get(document_id=other.pk).pk)

    tech.submit(form, serials="B-1")

    assert tech.status == 404
    assert not Serial.objects.exclude(reservation=None).exists()
