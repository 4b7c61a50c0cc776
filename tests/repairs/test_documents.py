"""Papers: what can be read and scanned on them, for whom they are, and that they are the same whenever printed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.actor import Actor
from apps.core.typesetting import typesetter
from apps.inventory.models import Branch
from apps.repairs.enums import OrderStatus, PaymentKind, PaymentMethod, PrintedKind
from apps.repairs.models import DropOff, RepairOrder, Terms
from apps.repairs.rules.documents.words import words_for
from apps.repairs.services import PaymentRequest, change_status, close_tracking_link, take_payment
from apps.repairs.services.documents import LABELS, print_order
from tests.conftest import Api
from tests.factories import CustomerFactory, DeviceModelFactory, order
from tests.inventory.print import pages, scan
from tests.repairs.papers import checked, decided, issued, named_line, quoted, settled, signed, text_of
from tests.repairs.quoting import token_of

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
KINDS = sorted(PrintedKind.values)


def _paper(taken_in: RepairOrder, kind: str, paper: str = "a4") -> bytes:
    return print_order(taken_in.pk, PrintedKind(kind), paper, actor=SYSTEM).content


def _order(
    branch: Branch, *, locale: str = "en", first: str = "Kim", last: str = "Carter", **fields: Any
) -> RepairOrder:
    person = CustomerFactory(first_name=first, last_name=last, locale=locale, phone="+447700900001")
    return order(branch, customer=person.pk, **fields)


def _pay(taken_in: RepairOrder, amount: str) -> None:
    request = PaymentRequest(Decimal(amount), PaymentKind.DEPOSIT, PaymentMethod.CARD, reference="slip 7")
    take_payment(taken_in.pk, request, actor=SYSTEM)


def test_an_intake_receipt_says_what_was_handed_in_and_agreed(branch: Branch) -> None:
    settled(branch)
    taken_in = _order(
        branch, device_model=DeviceModelFactory(name="3310").pk, device_imei="490154203237518",
        accessories=["charger", "case"], cosmetic_condition="scratched", lines=[named_line("New screen", "1234.50")],
        estimated_completion=datetime(2027, 3, 4, 15, 30, tzinfo=UTC),
    )  # fmt: skip
    checked(taken_in, ("Face ID", "yes_no", {"answer": "not_testable"}), ("Battery", "number", {"number": 87}))
    signed(taken_in, "Data may be lost.")
    _pay(taken_in, "34.50")

    read = text_of(_paper(taken_in, "intake"))

    for said in (
        "Harbour", "Repairs since 1999", "Tax number: NW-123", "IBAN NW00 1234", taken_in.order_number, "Kim Carter",
        "+447700900001", "3310", "490154203237518", "does not turn on", "scratched", "charger, case", "Face ID",
        "not testable", "87", "New screen", "$1,234.50", "Deposit, card (slip 7)", "$34.50", "$1,200.00",
        "3/4/27, 3:30 PM", "Data may be lost.", "Signed by Kim Carter",
    ):  # fmt: skip
        assert said in read


@pytest.mark.parametrize("paper", ["a4", "letter", "80mm", "58mm"])
@pytest.mark.parametrize("kind", ["intake", "receipt"])
def test_the_code_on_a_paper_leads_to_the_customers_page(branch: Branch, manager: Api, kind: str, paper: str) -> None:
    taken_in = _order(branch)

    first, second = (manager.get(f"repairs/{taken_in.pk}/documents/{kind}?paper={paper}").content for _ in range(2))

    leads = f"http://testserver/track/{token_of(taken_in)}/"
    assert [(one.kind, one.text) for one in scan(first, dots_per_inch=203)] == [("QRCode", leads)]
    assert "Scan to follow your repair" in text_of(first)
    assert first == second


@pytest.mark.parametrize("kind", ["intake", "quote", "receipt"])
def test_the_code_is_the_orders_number_while_the_link_is_closed(branch: Branch, manager: Api, kind: str) -> None:
    taken_in = _order(branch)
    close_tracking_link(taken_in.pk, actor=SYSTEM)

    printed = manager.get(f"repairs/{taken_in.pk}/documents/{kind}").content

    assert [one.text for one in scan(printed)] == [taken_in.order_number]
    assert "Scan to follow" not in text_of(printed)


def test_quotes_lead_to_the_customers_page_and_invoices_nowhere(branch: Branch, manager: Api) -> None:
    taken_in = _order(branch)
    leads = f"http://testserver/track/{token_of(taken_in)}/"
    estimate = manager.get(f"repairs/{taken_in.pk}/documents/quote").content
    quoted(taken_in)
    issued(taken_in, ("Screen", 1, "119.00", "19"))

    quote, version, invoice = (
        manager.get(f"repairs/{taken_in.pk}/{path}").content
        for path in ("documents/quote", "quotes/1/document", "documents/invoice")
    )

    assert [[one.text for one in scan(paper)] for paper in (estimate, quote, version)] == [[leads]] * 3
    assert scan(invoice) == []


@pytest.mark.parametrize(
    ("paper", "size"), [("a4", (210, 297)), ("letter", (215.9, 279.4)), ("80mm", 80), ("58mm", 58)]
)
@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_is_printed_on_sheets_and_rolls(branch: Branch, kind: str, paper: str, size: Any) -> None:
    taken_in = _order(branch)

    found = pages(_paper(taken_in, kind, paper))

    assert len(found) == 1
    assert (found[0] if isinstance(size, tuple) else found[0][0]) == size


def test_papers_before_their_time_say_what_they_are(branch: Branch) -> None:
    taken_in = _order(branch)

    read = {kind: text_of(_paper(taken_in, kind)) for kind in KINDS}

    assert "Cost estimate (not yet sent)" in read["quote"]
    assert "Pro forma invoice" in read["invoice"]
    assert "Number" not in read["invoice"]
    assert "Payment receipt" in read["receipt"]
    assert "Nothing has been paid yet." in read["receipt"]


def test_a_hand_over_receipt_says_what_was_done(branch: Branch) -> None:
    taken_in = _order(branch, status="in_progress>completed")
    _pay(taken_in, "100.00")
    for status in (OrderStatus.READY_PICKUP, OrderStatus.DELIVERED):
        change_status(taken_in.pk, status, actor=SYSTEM, note="test")
    RepairOrder.objects.filter(pk=taken_in.pk).update(outcome="repaired")
    signed(taken_in, "Received.", purpose="hand_over")

    read = text_of(_paper(taken_in, "receipt"))

    for said in (
        "Hand-over receipt",
        "repaired",
        "Handed over",
        "$100.00",
        "Still to pay",
        "$0.00",
        "Signed by Kim Carter",
    ):
        assert said in read


def test_the_newest_quote_is_printed_with_its_other_ways_and_the_answer(branch: Branch) -> None:
    taken_in = _order(branch)
    quoted(taken_in, 1, status="superseded")
    decided(quoted(taken_in, 2, status="declined"), approved=False, reason="too dear")

    read = text_of(_paper(taken_in, "quote"))

    for said in ("Version 2", "Screen", "Instead: Screen, used", "$60.00", "declined", "Declined by Kim Carter", "too dear",
                 "7/1/26, 12:00 PM"):  # fmt: skip
        assert said in read


def test_an_earlier_version_can_still_be_printed_and_one_that_is_not_there_cannot(branch: Branch, manager: Api) -> None:
    taken_in = _order(branch)
    quoted(taken_in, 1, status="superseded")
    quoted(taken_in, 2)

    old = manager.get(f"repairs/{taken_in.pk}/quotes/1/document")
    none = manager.get(f"repairs/{taken_in.pk}/quotes/3/document")

    assert "replaced by a newer version" in text_of(old.content)
    assert (none.status_code, none.body["code"]) == (404, "NOT_FOUND")


def test_an_issued_invoice_is_the_same_file_whatever_happens_to_the_order(branch: Branch) -> None:
    taken_in = _order(branch)
    issued(taken_in, ("Screen", 1, "119.00", "19"), ("Case", 2, "21.40", "7"), paid=Decimal("40.40"))
    first = _paper(taken_in, "invoice")

    _pay(taken_in, "10.00")
    settled(branch, footer="Moved!")
    Branch.objects.filter(pk=branch.pk).update(name="Elsewhere")

    assert _paper(taken_in, "invoice") == first
    read = text_of(first)
    for said in ("HAR-2026-0001", "Harbour Repairs", "NW-123", "9 Quay", "Jun 1, 2026", taken_in.order_number,
                 "Tax 19 % on $100.00", "$19.00", "Tax 7 % on $20.00", "$1.40", "$140.40", "$40.40", "$100.00"):  # fmt: skip
        assert said in read


def test_a_credit_note_names_what_it_corrects(branch: Branch, manager: Api) -> None:
    taken_in = _order(branch)
    wrong = issued(taken_in, ("Screen", 1, "119.00", "19"))
    fields = {"kind": "credit_note", "corrects": wrong, "reason": "wrong customer"}
    note = issued(taken_in, ("Screen", 1, "119.00", "19"), number="HAR-C-2026-0001", **fields)

    answer = manager.get(f"invoices/{note.pk}/document")

    read = text_of(answer.content)
    assert answer["Content-Disposition"] == 'attachment; filename="credit-note-HAR-C-2026-0001.pdf"'
    for said in ("Credit note", "Corrects invoice HAR-2026-0001", "wrong customer", "$119.00"):
        assert said in read
    assert "Still to pay" not in read


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_sixty_lines_go_over_pages_and_the_totals_stay_together(branch: Branch, paper: str) -> None:
    taken_in = _order(branch)
    issued(taken_in, *[(f"Line number {n}", 1, "10.00", "19") for n in range(1, 61)])

    read = text_of(_paper(taken_in, "invoice", paper)).split("\f")

    assert [f"Page {n} of {len(read)}" in page for n, page in enumerate(read, 1)] == [True] * len(read)
    assert [page.count("Unit price") for page in read] == [1] * len(read)
    assert sorted(int(part.split()[0]) for part in "".join(read).split("Line number ")[1:]) == list(range(1, 61))
    assert "Line number 60" in read[-1]
    assert all(said in read[-1] for said in ("Net", "Tax 19 %", "$600.00", "Still to pay"))
    assert not any("$600.00" in page for page in read[:-1])


@pytest.mark.parametrize("paper", ["a4", "58mm"])
@pytest.mark.parametrize(
    ("locale", "currency", "amount"),
    [("en", "JPY", "¥1,250"), ("de", "KWD", "1.250,000 KWD"), ("fr-FR", "EUR", "1 250,00 €"), ("es", "EUR", "1.250,00 €"),
     ("xx", "USD", "$1,250.00")],
)  # fmt: skip
def test_amounts_are_written_as_the_customer_writes_them(
    branch: Branch, locale: str, currency: str, amount: str, paper: str
) -> None:
    Branch.objects.filter(pk=branch.pk).update(currency=currency)
    taken_in = _order(branch, locale=locale, lines=[named_line("Screen", "1250")])

    assert text_of(_paper(taken_in, "intake", paper)).count(amount) >= 3


@pytest.mark.parametrize(
    ("locale", "title"), [("de", "Annahmebeleg"), ("es-MX", "Resguardo de reparación"), ("fr", "Bon de dépôt"),
                          ("ar", "Repair receipt"), ("pt_BR", "Repair receipt")],
)  # fmt: skip
def test_papers_speak_the_customers_language(branch: Branch, locale: str, title: str) -> None:
    assert title in text_of(_paper(_order(branch, locale=locale), "intake"))


@pytest.mark.parametrize("name", ["李小龙", "ソニー太郎", "김철수", "Дмитрий", "משה"])
def test_names_of_many_scripts_can_be_read(branch: Branch, name: str) -> None:
    assert name in text_of(_paper(_order(branch, first=name, last=""), "intake"))


def test_letters_that_no_font_has_are_seen_as_missing(branch: Branch) -> None:
    assert "?????" in text_of(_paper(_order(branch, first="สมชาย", last=""), "intake"))


def test_a_paper_in_arabic_begins_on_the_right(branch: Branch) -> None:
    arabic, english = (
        _paper(_order(branch, locale=locale, first="ليلى", last="حداد"), "intake") for locale in ("ar", "en")
    )

    left_of = [scan(printed)[0].left for printed in (arabic, english)]

    assert left_of[0] < 30
    assert left_of[1] > 160


def test_a_name_from_the_right_leaves_the_time_behind_it_in_order(branch: Branch) -> None:
    said = words_for("ar", "UTC").say("signed", name="ليلى حداد", when="2026-11-22 07:50")

    glyphs = typesetter().line(said).glyphs

    name = [glyph.x for glyph in glyphs if "\u0600" <= glyph.text[:1] <= "\u06ff"]
    figures = [(glyph.x, glyph.text) for glyph in glyphs if glyph.text.isdigit()]
    assert "".join(text for _, text in sorted(figures)) == "202611220750"
    assert max(name) < min(x for x, _ in figures)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "Screen, used (aftermarket, premium)"),
        ("de", "Screen, used (Nachbau, Premium)"),
        ("fr", "Screen, used (compatible, premium)"),
    ],
)
def test_the_quality_of_a_part_is_said_in_the_customers_language(branch: Branch, locale: str, said: str) -> None:
    taken_in = _order(branch, locale=locale)
    quoted(taken_in, quality="aftermarket_premium")

    assert said in text_of(_paper(taken_in, "quote"))


def test_terms_are_printed_in_the_customers_language_the_branchs_first(branch: Branch) -> None:
    Terms.objects.create(language="de", text="Für alle")
    Terms.objects.create(branch=branch, language="en", text="At the harbour")
    Terms.objects.create(branch=branch, language="de", text="Am Hafen")

    read = {locale: text_of(_paper(_order(branch, locale=locale), "intake")) for locale in ("de-AT", "fr")}

    assert "Am Hafen" in read["de-AT"]
    assert "At the harbour" in read["fr"]


@pytest.mark.parametrize("size", sorted(LABELS))
def test_labels_of_every_size_can_be_scanned_and_read(branch: Branch, manager: Api, size: str) -> None:
    taken_in = _order(branch, last="Carter-Featherstonehaugh", device_model=DeviceModelFactory(name="Phone " * 12).pk)

    answer = manager.get(f"repairs/{taken_in.pk}/documents/label?size={size}")

    [found] = scan(answer.content, dots_per_inch=203)
    assert found.text == taken_in.order_number
    assert pages(answer.content) == [(LABELS[size].width, LABELS[size].height)]
    assert taken_in.order_number in text_of(answer.content)
    assert "K. Carter" in text_of(answer.content)


@pytest.mark.parametrize("kind", KINDS)
def test_a_customer_is_sent_the_own_papers_as_a_file(branch: Branch, customer: Api, kind: str) -> None:
    own = order(branch, customer=customer.user.customer.pk)  # type: ignore[union-attr]
    foreign = _order(branch)

    answer = customer.get(f"repairs/{own.pk}/documents/{kind}")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="{kind}-{own.order_number}.pdf"'
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert answer.content.startswith(b"%PDF-")
    assert customer.get(f"repairs/{foreign.pk}/documents/{kind}").status_code == 404
    assert customer.get(f"repairs/{own.pk}/documents/label").status_code == 403


@pytest.mark.parametrize("query", ["paper=a3", "size=57x32", "paper="])
def test_a_paper_that_there_is_not_is_refused(branch: Branch, manager: Api, query: str) -> None:
    answer = manager.get(f"repairs/{_order(branch).pk}/documents/intake?{query}")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")


def test_a_visit_with_several_devices_has_one_receipt(branch: Branch, manager: Api) -> None:
    person = CustomerFactory()
    visit = DropOff.objects.create(number="D-2026-000001", customer=person, branch=branch)
    taken_in = [order(branch, customer=person.pk, lines=[named_line(f"Job {n}", "50.00")]) for n in (1, 2)]
    RepairOrder.objects.filter(pk__in=[one.pk for one in taken_in]).update(drop_off=visit)

    intake, receipt = (manager.get(f"drop-offs/{visit.pk}/documents/{kind}") for kind in ("intake", "receipt"))

    for answer in (intake, receipt):
        read = text_of(answer.content)
        assert answer.status_code == 200
        assert all(one.order_number in read for one in taken_in)
        assert all(said in read for said in ("D-2026-000001", "Job 1", "Job 2", "$100.00"))
    codes = {"D-2026-000001", *(f"http://testserver/track/{token_of(one)}/" for one in taken_in)}
    assert [{one.text for one in scan(answer.content)} for answer in (intake, receipt)] == [codes] * 2


BUDGETS = {"intake": 7, "quote": 7, "invoice": 7, "receipt": 6}


@pytest.mark.parametrize("lines", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_takes_its_statements_however_long_it_is(branch: Branch, manager: Api, kind: str, lines: int) -> None:
    taken_in = _order(branch, lines=[named_line(f"Job {n}") for n in range(lines)])
    for _ in range(lines):
        _pay(taken_in, "1.00")
    manager.get(f"repairs/{taken_in.pk}/documents/{kind}")

    with CaptureQueriesContext(connection) as asked:
        manager.get(f"repairs/{taken_in.pk}/documents/{kind}")

    assert len(asked) == BUDGETS[kind]
