"""The customer's page, without JavaScript and without a log-in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.inventory.models import Branch
from apps.repairs.models import QuoteDecision
from apps.repairs.services import (
    Alternative,
    LineRequest,
    QuoteRequest,
    add_line,
    add_note,
    close_tracking_link,
    send_quote,
)
from tests.dashboard.browser import Browser
from tests.factories import line, member, order
from tests.repairs.contract import SYSTEM, books
from tests.repairs.quoting import quoted, say, token_of, total_of

pytestmark = pytest.mark.django_db


def test_the_page_says_how_it_stands_and_nothing_internal(branch: Branch) -> None:
    branch.phone_number, branch.address = "+447700900123", "Quay 1"
    branch.save()
    taken_in = order(
        branch, status="in_progress", device_imei="490154203237518", device_password="Gh3im-1234",
        technician=member("technician", branch, first_name="Hidden"),
    )  # fmt: skip
    for visibility in ("internal", "customer"):
        add_note(taken_in.pk, f"for {visibility}", visibility, actor=SYSTEM)

    page = Browser().open(f"/track/{token_of(taken_in)}/")

    assert page.status == 200
    for words in ("We are repairing your device", "for customer", "Quay 1", "tel:+447700900123", "•7518", "100.00"):
        assert words in page.text
    for secret in ("for internal", "Hidden", "Gh3im", "490154203237518", taken_in.customer.first_name, "<script"):
        assert secret not in page.text
    headers = {name: page.response[name] for name in ("Referrer-Policy", "X-Robots-Tag", "X-Frame-Options")}
    assert headers == {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow", "X-Frame-Options": "DENY"}
    assert "no-store" in page.response["Cache-Control"]
    assert "script-src" not in page.response["Content-Security-Policy"]


def test_a_quote_that_the_repair_has_overtaken_asks_for_no_answer(branch: Branch) -> None:
    taken_in = quoted(branch)
    open_ = Browser().open(f"/track/{token_of(taken_in)}/")
    add_line(taken_in.pk, line(), actor=SYSTEM)

    page = Browser().open(f"/track/{token_of(taken_in)}/")

    assert ("Approve what is chosen" in open_.text, "Approve what is chosen" in page.text) == (True, False)
    assert "The repair has changed since we sent this quote." in page.text
    assert "We need your answer by" not in page.text


def test_a_link_that_leads_nowhere_says_so(branch: Branch) -> None:
    taken_in = order(branch)
    token = token_of(taken_in)
    close_tracking_link(taken_in.pk, actor=SYSTEM)

    pages = [Browser().open(f"/track/{one}/") for one in (token, "nonsense")]

    assert [page.status for page in pages] == [404, 404]
    assert "This link leads nowhere" in pages[0].text
    assert pages[0].text == pages[1].text


def test_a_customer_approves_with_one_line_left_out_and_a_second_click_is_harmless(branch: Branch) -> None:
    taken_in = quoted(branch)
    first, second = taken_in.quotes.get().lines.all()
    page = Browser().open(f"/track/{token_of(taken_in)}/")
    form = page.form()
    del form.fields[f"line.{second.pk}"]
    form.fields["answer"] = "approve"

    done = page.submit(form, name="سارة Ng")
    again = page.submit(form, name="سارة Ng")

    assert (done.status, again.status) == (200, 200)
    assert "You approved this quote" in again.text
    assert (QuoteDecision.objects.get().name, QuoteDecision.objects.get().chosen) == ("سارة Ng", [str(first.pk)])
    assert total_of(taken_in) == (Decimal(100), Decimal(100))


def test_a_customer_chooses_another_way(branch: Branch) -> None:
    taken_in = order(branch)
    own = taken_in.lines.get()
    other = Alternative(own.pk, LineRequest(own.repair_type_id, unit_price=Decimal("60.00")))
    send_quote(taken_in.pk, QuoteRequest(alternatives=[other], required_line_ids=[own.pk]), actor=SYSTEM)
    base, instead = taken_in.quotes.get().lines.all()
    page = Browser().open(f"/track/{token_of(taken_in)}/")
    form = page.form()
    form.fields |= {f"line.{base.pk}": str(instead.pk), "answer": "approve"}

    page.submit(form, name="Kim")

    assert "Leave it out" not in page.text
    assert total_of(taken_in) == (Decimal(60), Decimal(60))


def test_a_customer_declines_with_a_reason(branch: Branch) -> None:
    taken_in = quoted(branch)
    page = Browser().open(f"/track/{token_of(taken_in)}/")
    form = page.form()
    form.fields["answer"] = "decline"

    page.submit(form, name="Kim", reason="too dear")

    assert "You declined this quote" in page.text
    assert (QuoteDecision.objects.get().reason, QuoteDecision.objects.get().approved) == ("too dear", False)


def test_a_refusal_is_said_and_what_was_chosen_stays(branch: Branch) -> None:
    taken_in = quoted(branch)
    first, second = taken_in.quotes.get().lines.all()
    page = Browser().open(f"/track/{token_of(taken_in)}/")
    form = page.form()
    del form.fields[f"line.{second.pk}"]
    form.fields["answer"] = "approve"
    before = books()

    refused = page.submit(form, name="  ")

    assert refused.status == 400
    assert 'role="alert"' in refused.text
    fields = refused.form().fields
    assert (f"line.{first.pk}" in fields, f"line.{second.pk}" in fields) == (True, False)
    assert books() == before


def test_an_overtaken_version_is_refused_and_the_new_one_shown(branch: Branch) -> None:
    taken_in = quoted(branch)
    page = Browser().open(f"/track/{token_of(taken_in)}/")
    form = page.form()
    form.fields["answer"] = "approve"
    send_quote(taken_in.pk, QuoteRequest(), actor=SYSTEM)

    refused = page.submit(form, name="Kim")

    assert (refused.status, "that is version 2" in refused.text) == (409, True)
    assert (refused.form().fields["version"], QuoteDecision.objects.count()) == ("2", 0)


def test_another_site_cannot_answer(branch: Branch) -> None:
    taken_in = quoted(branch)
    page = Browser().open(f"/track/{token_of(taken_in)}/")
    form = page.form()
    form.fields |= {"answer": "approve", "csrfmiddlewaretoken": "x" * 64}

    assert page.submit(form, name="Kim").status == 403
    assert QuoteDecision.objects.count() == 0


def test_what_was_decided_offers_no_form(branch: Branch) -> None:
    taken_in = quoted(branch)
    say(taken_in, approved=False)

    page = Browser().open(f"/track/{token_of(taken_in)}/")

    assert "<form" not in page.text
