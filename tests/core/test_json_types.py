"""What is sent must be of its field's JSON type: nothing is guessed."""

from typing import Any

import pytest

from apps.accounts.models import Customer
from apps.catalog.models import Brand
from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from tests.conftest import Api
from tests.factories import BrandFactory, CustomerFactory
from tests.repairs.contract import intake_body, item_body

KIM = {"firstName": "Kim", "lastName": "Ng", "phone": "+447700900123"}


def wrong(answer: Any) -> list[tuple[str, str, str]]:
    return sorted((row["field"], row["code"], row["message"]) for row in answer.body["details"])


@pytest.mark.parametrize("value", [12, 1.5, True, False, [], {}, ["Kim"]], ids=repr)
def test_text_is_not_made_of_something_else(seller: Api, value: Any) -> None:
    answer = seller.post("customers", {**KIM, "firstName": value})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert wrong(answer) == [("firstName", "invalid", "This must be text.")]
    assert Customer.objects.count() == 0


@pytest.mark.parametrize("value", ["yes", "true", "1", 1, 0, [], {}], ids=repr)
def test_yes_and_no_are_true_and_false(manager: Api, value: Any) -> None:
    brand = BrandFactory(is_active=True)

    answer = manager.patch(f"catalog/brands/{brand.pk}", {"isActive": value})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert wrong(answer) == [("isActive", "invalid", "This must be true or false.")]
    assert Brand.objects.get().is_active is True


def test_fields_of_a_wrong_type_are_told_together_with_other_faults(seller: Api) -> None:
    answer = seller.post("customers", {"firstName": 12, "phone": "none", "notificationPreferences": {"sms": "no"}})

    assert [(field, code) for field, code, _ in wrong(answer)] == [
        ("firstName", "invalid"),
        ("lastName", "required"),
        ("notificationPreferences.sms", "invalid"),
        ("phone", "invalid_phone"),
    ]
    assert Customer.objects.count() == 0


def test_the_parts_of_a_list_are_told_by_their_number(manager: Api) -> None:
    brand = BrandFactory()

    answer = manager.post(
        "catalog/device-models", {"name": "X", "brandId": str(brand.pk), "aliases": ["a", 1, None, {}]}
    )

    assert answer.status_code == 400
    assert [(field, code) for field, code, _ in wrong(answer)] == [("aliases.1", "invalid"), ("aliases.3", "invalid")]


def test_null_says_what_it_said_before(seller: Api) -> None:
    known = CustomerFactory(notes="regular")

    answer = seller.patch(f"customers/{known.pk}", {"notes": None})

    assert (answer.status_code, answer.body["data"]["notes"]) == (200, "")


@pytest.mark.parametrize("value", ["1_000", "١٠", "１０", "10_0.5", "1,000", "", ".", "NaN", True, [], {}], ids=repr)
def test_an_amount_is_a_decimal_string_or_a_number(manager: Api, branch: Branch, value: Any) -> None:
    body = intake_body(branch, items=[item_body(unitPrice=value)])

    answer = manager.post("repairs", body)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert wrong(answer) == [("items.0.unitPrice", "invalid", "A valid number is required.")]
    assert RepairOrder.objects.count() == 0


@pytest.mark.parametrize(
    ("value", "said"), [("10", "10.00"), (" +10.50 ", "10.50"), (10.1, "10.10"), (7, "7.00"), ("1e2", "100.00")]
)
def test_an_amount_is_answered_in_the_digits_of_its_currency(
    manager: Api, branch: Branch, value: Any, said: str
) -> None:
    answer = manager.post("repairs", intake_body(branch, items=[item_body(unitPrice=value)]))

    assert (answer.status_code, answer.body["data"]["totalPrice"]) == (201, said)
