"""The page of a booking's link, without JavaScript and without a log-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from apps.audit.models import Event
from apps.inventory.models import Branch
from apps.repairs.selectors import booking_token
from apps.repairs.services import change_booking
from tests.dashboard.browser import Browser
from tests.factories import CustomerFactory, DeviceModelFactory, booking
from tests.repairs.booking_requests import NOW, TUESDAY, books, told
from tests.repairs.contract import SYSTEM

pytestmark = pytest.mark.django_db
AT_ELEVEN = "2026-05-05T11:00:00.000000Z"


@pytest.fixture(autouse=True)
def _on_monday_at_ten() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_the_page_shows_the_booking_and_nothing_of_who_comes(branch: Branch) -> None:
    branch.timezone, branch.phone_number = "Europe/Berlin", "+494012345"
    branch.save()
    guest, model = CustomerFactory(first_name="Hidden", email="guest@mail.example"), DeviceModelFactory()
    expected = booking(branch, starts_at=TUESDAY, customer=guest.pk, device_model_id=model.pk, notes="a secret note")

    page = Browser().open(f"/booking/{booking_token(expected.pk)}/")

    assert page.status == 200
    for words in ("Tuesday 5 May 2026, 12:00", "Until 12:30", str(model), "Harbour", "tel:+494012345", "> 09:00<"):
        assert words in page.text
    for secret in (
        "Hidden",
        "guest@",
        "secret note",
        guest.phone,
        str(expected.pk),
        str(branch.pk),
        "<script",
        "> 12:00<",
    ):
        assert secret not in page.text
    headers = {name: page.response[name] for name in ("Referrer-Policy", "X-Robots-Tag", "X-Frame-Options")}
    assert headers == {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow", "X-Frame-Options": "DENY"}
    assert "no-store" in page.response["Cache-Control"]
    assert "script-src" not in page.response["Content-Security-Policy"]


def test_a_link_that_leads_nowhere_says_so(branch: Branch) -> None:
    token = booking_token(booking(branch, starts_at=TUESDAY).pk)

    pages = [Browser().open(f"/booking/{one}/") for one in (token[:-1] + "é", "nonsense", str(branch.pk))]

    assert [page.status for page in pages] == [404] * 3
    assert "This link leads nowhere" in pages[0].text


def test_a_booking_is_moved_to_another_day_and_a_second_click_is_harmless(branch: Branch) -> None:
    expected = booking(branch, starts_at=TUESDAY)
    page = Browser().open(f"/booking/{booking_token(expected.pk)}/", day="2026-05-06")
    form = page.form(action="move")
    form.fields["starts_at"] = "2026-05-06T11:00:00.000000Z"

    done = page.submit(form)
    again = page.submit(form)

    assert [done.status, again.status] == [200, 200]
    assert "Wednesday 6 May 2026, 11:00" in again.text
    expected.refresh_from_db()
    assert expected.starts_at == TUESDAY + timedelta(days=1, hours=1)
    assert [kind for kind, _ in told(expected)] == ["repairs.booking_made", "repairs.booking_changed"]


def test_a_booking_is_cancelled_and_a_second_click_is_harmless(branch: Branch) -> None:
    expected = booking(branch, starts_at=TUESDAY)
    page = Browser().open(f"/booking/{booking_token(expected.pk)}/")
    form = page.form(action="cancel")

    done = page.submit(form, reason="ill")
    before = books()
    again = page.submit(form, reason="ill")

    assert [done.status, again.status] == [200, 200]
    assert "This booking is cancelled." in again.text
    assert "<form" not in again.text
    assert books() == before
    expected.refresh_from_db()
    assert (expected.status, expected.cancel_reason) == ("cancelled", "ill")
    assert Event.objects.get(type="repairs.booking_cancelled").actor_label == "customer by link"


@pytest.mark.parametrize(
    ("starts_at", "status", "words"),
    [
        (AT_ELEVEN, 409, "The branch is fully booked at this time."),
        ("2026-05-05T18:00:00Z", 400, "The branch is not open for bookings at this time."),
        ("2026-05-04T09:00:00Z", 400, "This time has passed."),
        ("soon", 400, "Enter a valid date/time."),
        ("", 400, "Choose one of the times."),
    ],
)
def test_a_time_that_is_no_longer_free_is_explained_and_nothing_changes(
    branch: Branch, starts_at: str, status: int, words: str
) -> None:
    expected = booking(branch, starts_at=TUESDAY)
    page = Browser().open(f"/booking/{booking_token(expected.pk)}/", day="2026-05-05")
    form = page.form(action="move")
    form.fields["starts_at"] = starts_at
    for _ in range(2):
        booking(branch, starts_at=TUESDAY + timedelta(hours=1))
    before = books()

    refused = page.submit(form)

    assert (refused.status, words in refused.text, "Nothing was changed." in refused.text) == (status, True, True)
    assert "> 11:00<" not in refused.text
    assert books() == before


def test_what_has_begun_is_shown_without_a_form_and_not_cancelled(branch: Branch) -> None:
    expected = booking(branch, starts_at=TUESDAY)
    page = Browser().open(f"/booking/{booking_token(expected.pk)}/")
    form = page.form(action="cancel")
    before = books()

    with time_machine.travel(TUESDAY, tick=False):
        refused = page.submit(form)

    assert (refused.status, "This booking has begun." in refused.text, "<form" in refused.text) == (409, True, False)
    assert books() == before


def test_another_site_cannot_cancel(branch: Branch) -> None:
    page = Browser().open(f"/booking/{booking_token(booking(branch, starts_at=TUESDAY).pk)}/")
    form = page.form(action="cancel")
    form.fields["csrfmiddlewaretoken"] = "x" * 64
    before = books()

    assert page.submit(form).status == 403
    assert books() == before


@pytest.mark.parametrize("day", ["soon", "2026-02-30", "0001-01-01", "9999-12-31", "2026-05-10", ""])
def test_a_day_on_which_nothing_is_free_is_a_page_like_any_other(branch: Branch, day: str) -> None:
    expected = booking(branch, starts_at=TUESDAY)

    page = Browser().open(f"/booking/{booking_token(expected.pk)}/", day=day)

    is_own = day in {"soon", "2026-02-30", ""}
    assert (page.status, "Nothing is free on this day." in page.text) == (200, not is_own)


def test_a_booking_that_was_moved_meanwhile_keeps_its_link(branch: Branch) -> None:
    expected = booking(branch, starts_at=TUESDAY)
    change_booking(expected.pk, {"starts_at": TUESDAY + timedelta(hours=2)}, actor=SYSTEM)

    assert "Tuesday 5 May 2026, 12:00" in Browser().open(f"/booking/{booking_token(expected.pk)}/").text
