"""What is sent must be of its field's JSON type: nothing is guessed."""

from typing import Any

import pytest

from apps.accounts.models import Customer
from apps.catalog.models import Brand
from tests.conftest import Api
from tests.factories import BrandFactory, CustomerFactory

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
