"""Taking a device in, step by step."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.accounts.models import Customer
from apps.catalog.models import DeviceModel
from apps.inventory.models import Branch
from apps.repairs.models import DeviceSecret, RepairLine, RepairOrder
from tests.dashboard.browser import Browser, Form
from tests.factories import (
    BrandFactory,
    CustomerFactory,
    DeviceModelFactory,
    PartTypeFactory,
    PriceFactory,
    RepairTypeFactory,
    order,
    stock_of,
    stocked,
)


@pytest.fixture
def model(db: None) -> DeviceModel:
    found: DeviceModel = DeviceModelFactory(brand=BrandFactory(name="Apple"), name="iPhone 13")
    return found


@pytest.fixture
def kim(db: None) -> Customer:
    found: Customer = CustomerFactory(first_name="Kim", last_name="Novák", phone="+447700900123")
    return found


def last_step(browser: Browser, kim: Customer, model: DeviceModel, query: str = "") -> Form:
    browser.open(f"/dashboard/intake/{kim.pk}/{model.pk}/{query}")
    return browser.form(priority="normal")


def free_line(price: str = "45", **fields: str) -> dict[str, str]:
    return {"issue_description": "dead", "other_repair": str(RepairTypeFactory().pk), "other_price": price, **fields}


@pytest.mark.parametrize("q", ["novak", "KIM NOV", "+447700900123", "07700 900123", "900123"])
def test_a_customer_is_found_however_they_are_asked_for(counter: Browser, kim: Customer, q: str) -> None:
    CustomerFactory(first_name="Other", phone="+15550001111")
    counter.open("/dashboard/intake/")

    counter.submit(counter.form(q=""), q=q)

    assert [found.pk for found in counter.response.context["found"]] == [kim.pk]
    assert f'href="/dashboard/intake/{kim.pk}/"' in counter.text


@pytest.mark.parametrize(
    ("q", "field", "guess"),
    [
        ("Ana Lima", "first_name", "Ana"),
        ("+44 7700 900555", "phone", "+44 7700 900555"),
        ("a@b.example", "email", "a@b.example"),
    ],
)
def test_what_was_searched_in_vain_is_filled_in(counter: Browser, q: str, field: str, guess: str) -> None:
    counter.open("/dashboard/intake/", q=q)

    assert counter.form(**{field: guess}).fields[field] == guess


def test_a_new_customer_is_made_once(counter: Browser) -> None:
    counter.open("/dashboard/intake/", q="ليلى حداد")
    form = counter.form(first_name="ليلى")
    typed = {"phone": "+44 7700 900 555", "email": "Layla@Mail.Example"}
    counter.submit(form, **typed)

    counter.submit(form, **typed)

    made = Customer.objects.get()
    assert counter.path == f"/dashboard/intake/{made.pk}/"
    assert (made.first_name, made.last_name, made.phone) == ("ليلى", "حداد", "+447700900555")
    assert made.email == "layla@mail.example"


@pytest.mark.parametrize("wrong", [{"phone": "12"}, {"phone": "call me"}, {"email": "nobody"}, {"last_name": " "}])
def test_a_wrong_customer_is_refused_and_kept(counter: Browser, wrong: dict[str, str]) -> None:
    counter.open("/dashboard/intake/", q="Ana Lima")

    counter.submit(counter.form(first_name="Ana"), **wrong)

    assert (counter.status, Customer.objects.count()) == (400, 0)
    assert counter.form(first_name="Ana", **wrong)
    assert counter.text.count('class="errorlist"') == 1


@pytest.mark.parametrize("q", ["iphone13", "apple iPhone", "  13 "])
def test_a_model_with_one_hit_leads_on(counter: Browser, kim: Customer, model: DeviceModel, q: str) -> None:
    DeviceModelFactory(brand=BrandFactory(name="Samsung"), name="Galaxy")
    counter.open(f"/dashboard/intake/{kim.pk}/")

    counter.submit(counter.form(q=""), q=q)

    assert counter.path == f"/dashboard/intake/{kim.pk}/{model.pk}/"


def test_a_model_with_one_hit_is_only_shown_while_its_name_is_typed(
    counter: Browser, kim: Customer, model: DeviceModel
) -> None:
    typed = counter.client.get(f"/dashboard/intake/{kim.pk}/?q=iphone13", headers={"HX-Request": "true"})

    assert typed.status_code == 200
    assert f'href="/dashboard/intake/{kim.pk}/{model.pk}/"' in typed.content.decode()


def test_several_models_are_offered(counter: Browser, kim: Customer, model: DeviceModel) -> None:
    other = DeviceModelFactory(brand=model.brand, name="iPhone 13 Pro")
    DeviceModelFactory(brand=model.brand, name="iPhone 13 Old", is_active=False)

    counter.open(f"/dashboard/intake/{kim.pk}/", q="iphone 13")

    assert [found.pk for found in counter.response.context["found"]] == [model.pk, other.pk]


def test_what_was_brought_before_is_offered(
    counter: Browser, kim: Customer, model: DeviceModel, branch: Branch
) -> None:
    for _ in range(2):
        order(branch, customer=kim.pk, device_model=model.pk)

    counter.open(f"/dashboard/intake/{kim.pk}/")

    assert counter.text.count(f'href="/dashboard/intake/{kim.pk}/{model.pk}/"') == 1


@pytest.mark.parametrize("q", ["%", "\0", "<b>", "a" * 3000, "' --"])
def test_hostile_searches_find_nobody(counter: Browser, kim: Customer, q: str) -> None:
    for path in ("/dashboard/intake/", f"/dashboard/intake/{kim.pk}/"):
        counter.open(path, q=q)

        assert counter.status == 200
        assert "<b>" not in counter.text.replace("<b><bdi>", "")


@pytest.mark.exhaustive
def test_a_listed_repair_with_its_part_becomes_an_order(
    counter: Browser, kim: Customer, model: DeviceModel, branch: Branch
) -> None:
    display = PartTypeFactory(name="Display")
    price = PriceFactory(device_model=model, part_type=display, price=Decimal("169.00"))
    PriceFactory(device_model=model, price=Decimal("10.00"), currency="EUR")  # of another branch's currency
    part = stocked(4, branch, name="iPhone 13 display", part_type=display)
    part.compatible_models.add(model)
    Branch.objects.filter(pk=branch.pk).update(timezone="Asia/Kathmandu")
    form = last_step(counter, kim, model)
    assert "169.00\u00a0USD" in counter.text
    assert "10.00\u00a0EUR" not in counter.text
    assert "iPhone 13 display (4 available)" in counter.text
    assert form.fields[f"part_{price.pk.hex}"] == str(part.pk)

    counter.submit(
        form, **{f"offer_{price.pk.hex}": "on"}, issue_description="cracked", device_imei="49-015420-323751-8",
        device_serial="C8QQ", device_password=" 25 80 ", cosmetic_condition="scratched", accessories="case",
        priority="express", estimated_completion="2026-12-24T18:00", deposit="50",
    )  # fmt: skip

    made = RepairOrder.objects.get()
    assert counter.path == f"/dashboard/orders/{made.pk}/"
    assert f"{made.order_number} was taken in." in counter.text
    assert (made.branch, made.customer, made.device_model, made.total) == (branch, kim, model, Decimal(169))
    assert (made.device_imei, made.device_serial, made.priority) == ("490154203237518", "C8QQ", "express")
    assert (made.issue_description, made.cosmetic_condition, made.accessories) == ("cracked", "scratched", "case")
    assert made.estimated_completion == datetime(2026, 12, 24, 12, 15, tzinfo=UTC)
    assert made.deposit_paid == Decimal(50)
    assert DeviceSecret.objects.get(order=made).password == " 25 80 "
    made_line = RepairLine.objects.get()
    assert (made_line.repair_type, made_line.part_type, made_line.item) == (price.repair_type, display, part)
    assert stock_of(part, branch) == (4, 1)


@pytest.mark.exhaustive
def test_several_repairs_stand_on_one_order(
    counter: Browser, kim: Customer, model: DeviceModel, branch: Branch
) -> None:
    first, second = (PriceFactory(device_model=model, price=Decimal(price)) for price in (100, 30))
    part = stocked(1, branch, sku="ADH-1", barcode="2900000000012")
    form = last_step(counter, kim, model)

    counter.submit(
        form, **{f"offer_{price.pk.hex}": "on" for price in (first, second)}, **free_line(other_part="2900000000012")
    )

    lines = RepairLine.objects.order_by("position").values_list("unit_price", "item_id", "state")
    assert sorted(lines[:2]) == [(Decimal(30), None, "planned"), (Decimal(100), None, "planned")]
    assert lines[2] == (Decimal(45), part.pk, "reserved")


@pytest.mark.parametrize("change", ["dearer", "gone", "replaced"])
def test_a_price_that_changed_while_the_page_was_open_is_looked_at_again(
    counter: Browser, kim: Customer, model: DeviceModel, branch: Branch, change: str
) -> None:
    price, other = (PriceFactory(device_model=model, price=Decimal(amount)) for amount in (100, 30))
    form = last_step(counter, kim, model)
    chosen = {f"offer_{price.pk.hex}": "100.00", f"offer_{other.pk.hex}": "30.00", "issue_description": "dead"}
    if change == "dearer":
        type(price).objects.filter(pk=price.pk).update(price=Decimal(120))
    else:
        type(price).objects.filter(pk=price.pk).delete()
    if change == "replaced":
        PriceFactory(device_model=model, repair_type=price.repair_type, price=Decimal(120))

    counter.submit(form, **chosen)

    assert counter.response.status_code == 400
    assert "changed" in counter.text
    assert not RepairOrder.objects.exists()


@pytest.mark.exhaustive
def test_a_price_that_changed_is_taken_once_it_has_been_seen(
    counter: Browser, kim: Customer, model: DeviceModel, branch: Branch
) -> None:
    price = PriceFactory(device_model=model, price=Decimal(100))
    form = last_step(counter, kim, model)
    type(price).objects.filter(pk=price.pk).update(price=Decimal(120))
    counter.submit(form, **{f"offer_{price.pk.hex}": "100.00"}, issue_description="dead")

    counter.submit(counter.form(priority="normal"))

    assert RepairLine.objects.get().unit_price == Decimal(120)


def test_the_number_of_an_unknown_type_is_kept_while_the_name_is_typed(
    counter: Browser, kim: Customer, model: DeviceModel
) -> None:
    counter.open(f"/dashboard/intake/{kim.pk}/?q=35-999999-000000-2")

    replaced = counter.text[counter.text.index('<div id="found"') :]

    assert '<input type="hidden" name="imei" value="359999990000002" form="seek">' in replaced
    assert '<form id="seek"' in counter.text


@pytest.mark.exhaustive
def test_an_intake_that_is_sent_twice_makes_one_order(
    counter: Browser, kim: Customer, model: DeviceModel, branch: Branch
) -> None:
    part = stocked(2, branch, sku="DSP")
    form, typed = last_step(counter, kim, model), free_line(other_part="dsp")
    counter.submit(form, **typed)

    counter.submit(form, **typed)

    made = RepairOrder.objects.get()
    assert (counter.status, counter.path) == (200, f"/dashboard/orders/{made.pk}/")
    assert stock_of(part, branch) == (2, 1)


@pytest.mark.exhaustive
def test_a_used_form_for_another_device_is_asked_about(counter: Browser, kim: Customer, model: DeviceModel) -> None:
    form, typed = last_step(counter, kim, model), free_line()
    counter.submit(form, **typed)
    first = RepairOrder.objects.get()

    counter.submit(form, **{**typed, "issue_description": "the brother's phone"})

    assert (counter.status, RepairOrder.objects.count()) == (409, 1)
    assert f"This form has made {first.order_number} already." in counter.text
    counter.submit(counter.form(issue_description="the brother's phone"))
    assert sorted(RepairOrder.objects.values_list("issue_description", flat=True)) == ["dead", "the brother's phone"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"device_imei": "490154203237519"}, "This is not a valid IMEI"),
        ({"issue_description": ""}, "This field is required."),
        ({"other_price": ""}, "There is no single listed price for this repair; name one."),
        ({"other_price": "-1"}, "greater than or equal to 0"),
        ({"other_price": "1.005"}, "This is not an amount of USD."),
        ({"other_price": "9e99"}, "no more than 14 digits"),
        ({"other_part": "NO-SUCH"}, "No item has this barcode or SKU."),
        ({"other_repair": ""}, "Say which repair the price or the part is for."),
        ({"other_repair": "", "other_price": ""}, "Choose at least one repair."),
        ({"deposit": "45.01"}, "Only 45.00 USD is owed."),
        ({"estimated_completion": "tomorrow"}, "Enter a valid date/time."),
        ({"priority": "now"}, "Select a valid choice."),
        ({"id": "0197f000-0000-4000-8000-000000000000"}, "This form is damaged; open the page again."),
    ],
)
def test_a_wrong_intake_is_refused_and_keeps_what_was_typed(
    counter: Browser, kim: Customer, model: DeviceModel, wrong: dict[str, str], words: str
) -> None:
    form, typed = last_step(counter, kim, model), free_line(accessories="كابل", device_serial="<SN>")

    counter.submit(form, **{**typed, **wrong})

    assert (counter.status, RepairOrder.objects.count()) == (400, 0)
    assert counter.text.count(words) == 1
    kept = counter.form(accessories="كابل").fields
    assert kept["device_serial"] == "<SN>"
    shown = wrong.keys() - {"priority"}  # a choice can only show what it offers
    assert {name: kept[name] for name in shown} == {name: wrong[name] for name in shown}


@pytest.mark.parametrize("missing", ["customer", "model", "hidden model"])
def test_unknown_customers_and_models_are_not_found(
    counter: Browser, kim: Customer, model: DeviceModel, missing: str
) -> None:
    hidden = DeviceModelFactory(is_active=False)
    path = {
        "customer": f"{model.pk}/{model.pk}/", "model": f"{kim.pk}/{kim.pk}/", "hidden model": f"{kim.pk}/{hidden.pk}/"
    }[missing]  # fmt: skip

    assert counter.open(f"/dashboard/intake/{path}").status == 404
