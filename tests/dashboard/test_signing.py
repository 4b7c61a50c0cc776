"""The page on which a customer signs, and what the intake page says of a device that is known."""

from __future__ import annotations

import base64

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.inventory.models import Branch
from apps.repairs.models import DeviceSecret, RepairOrder, Signature, Terms
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import BrowserOf
from tests.dashboard.test_intake import free_line
from tests.factories import CustomerFactory, DeviceModelFactory, order
from tests.repairs.test_signatures import scribble

pytestmark = pytest.mark.django_db
IMEI = "490154203237518"


def test_name_is_typed_below_the_terms(counter: Browser, branch: Branch) -> None:
    Terms.objects.create(text="You pay.\nWe mend.")
    taken_in = order(branch, customer=CustomerFactory(first_name="Kim", last_name="Ng").pk)
    counter.open(f"/dashboard/orders/{taken_in.pk}/sign/")
    form = counter.form(name="Kim Ng")

    counter.submit(form)

    kept = Signature.objects.get()
    assert (kept.order_id, kept.name, kept.text, kept.purpose) == (
        taken_in.pk,
        "Kim Ng",
        "You pay.\nWe mend.",
        "intake",
    )
    assert counter.path == f"/dashboard/orders/{taken_in.pk}/"
    counter.submit(form)
    assert Signature.objects.count() == 1


def test_drawn_name_is_kept(counter: Browser, branch: Branch) -> None:
    taken_in = order(branch)
    counter.open(f"/dashboard/orders/{taken_in.pk}/sign/", purpose="hand_over")

    counter.submit(counter.form(image=""), image=f"data:image/png;base64,{scribble()}")

    kept = Signature.objects.get()
    assert (kept.purpose, kept.text) == ("hand_over", "I have received the device described here.")
    assert len(kept.image) < 1_000


@pytest.mark.parametrize("image", ["nonsense", base64.b64encode(b"<svg/>").decode()])
def test_drawing_that_is_none_is_refused(counter: Browser, branch: Branch, image: str) -> None:
    taken_in = order(branch)
    counter.open(f"/dashboard/orders/{taken_in.pk}/sign/")

    counter.submit(counter.form(image=""), image=image)

    assert (counter.response.status_code, Signature.objects.count()) == (400, 0)
    assert "sign once more" in counter.text


def test_text_that_changed_is_read_again(counter: Browser, branch: Branch) -> None:
    taken_in = order(branch)
    counter.open(f"/dashboard/orders/{taken_in.pk}/sign/")
    form = counter.form(image="")
    Terms.objects.create(text="Another text.")

    counter.submit(form)
    refused = counter.response.status_code, Signature.objects.count(), "Another text." in counter.text
    counter.submit(counter.form(image=""))

    assert refused == (409, 0, True)
    assert Signature.objects.get().text == "Another text."


@pytest.mark.parametrize(
    ("role", "status"), [("technician", 404), ("customer", 403), ("seller", 200), ("manager", 200)]
)
def test_who_opens_the_page(browser_of: BrowserOf, branch: Branch, role: str, status: int) -> None:
    taken_in, browser = order(branch), browser_of(role)

    browser.open(f"/dashboard/orders/{taken_in.pk}/sign/")

    assert browser.response.status_code == status


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_however_often_it_was_signed(boss: Browser, branch: Branch, rows: int) -> None:
    taken_in = order(branch)
    path = f"/dashboard/orders/{taken_in.pk}/sign/"
    for _ in range(rows):
        boss.open(path)
        boss.submit(boss.form(image=""))
    boss.open(path)

    with CaptureQueriesContext(connection) as queries:
        boss.open(path)

    assert len(queries) == 9


def test_known_device_is_told_and_taken_in(counter: Browser, branch: Branch, other_branch: Branch) -> None:
    model, kim = DeviceModelFactory(), CustomerFactory()
    here = order(branch, device_imei=IMEI)
    order(other_branch, device_imei=IMEI)

    counter.open(f"/dashboard/intake/{kim.pk}/{model.pk}/?imei={IMEI}")
    told = counter.text
    counter.submit(
        counter.form(priority="normal"), device_password="1-4-7-8", device_password_kind="pattern",
        activation_lock="on", **free_line(),
    )  # fmt: skip

    assert f'This device is in the shop already: <a href="/dashboard/orders/{here.pk}/">{here.order_number}</a>' in told
    assert "in the shop already, at <bdi>Station</bdi>." in told
    made = RepairOrder.objects.get(customer=kim)
    assert (made.device_imei, made.activation_lock) == (IMEI, "on")
    assert (DeviceSecret.objects.get().password, DeviceSecret.objects.get().kind) == ("1-4-7-8", "pattern")


def test_pattern_that_is_none_is_said_at_its_field(counter: Browser, branch: Branch) -> None:
    model, kim = DeviceModelFactory(), CustomerFactory()
    counter.open(f"/dashboard/intake/{kim.pk}/{model.pk}/")

    counter.submit(
        counter.form(priority="normal"), device_password="147", device_password_kind="pattern", **free_line()
    )

    assert counter.response.status_code == 400
    assert "at least four of the dots" in counter.text
    assert RepairOrder.objects.count() == 0
