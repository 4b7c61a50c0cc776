"""An IMEI is checked by one rule everywhere, and tells which models a phone may be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from apps.catalog.models import DeviceModel, TypeAllocation
from apps.catalog.rules import NotAnImei, parse_imei
from apps.catalog.selectors import proposals_for_imei
from apps.core.actor import Actor
from apps.repairs.rules import bare_imei
from tests.conftest import Api
from tests.factories import BrandFactory, DeviceModelFactory

ACTOR = Actor.system("test")
GOOD = "490154203237518"


def imei(tac: str) -> str:
    return tac + "123456" + luhn.calc_check_digit(tac + "123456")


@pytest.fixture
def phone(db: None) -> DeviceModel:
    made: DeviceModel = DeviceModelFactory(brand=BrandFactory(name="Apple"), name="iPhone X", model_number="A1865")
    return made


@pytest.mark.parametrize(
    "text", [GOOD, "49-015420-323751-8", " 490154 203237518 ", "49 0154 2032 3751 8", "4901542032375101"]
)
def test_imei_is_read_with_spaces_and_dashes_and_with_digits_of_its_software(text: str) -> None:
    assert parse_imei(text).tac == "49015420"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "invalid_length"),
        ("49015420323751", "invalid_length"),
        ("49015420323751012", "invalid_length"),
        ("490154203237519", "invalid_check_digit"),
        ("490154203237581", "invalid_check_digit"),
        ("49015420323751X", "invalid"),
        ("٤٩٠١٥٤٢٠٣٢٣٧٥١٨", "invalid"),
        ("490154203237518;", "invalid"),
    ],
)
def test_what_is_no_imei_is_refused_with_the_reason(seller: Api, text: str, code: str) -> None:
    with pytest.raises(NotAnImei) as refusal:
        parse_imei(text)

    assert refusal.value.code == code
    if text:
        answer = seller.get(f"catalog/imei/{text}")
        assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
        assert [(row["field"], row["code"]) for row in answer.body["details"]] == [("imei", code)]


@pytest.mark.exhaustive
@given(st.text("0123456789", min_size=14, max_size=14), st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(body: str, position: int, off: int) -> None:
    whole = body + luhn.calc_check_digit(body)
    wrong = whole[:position] + str((int(whole[position]) + off) % 10) + whole[position + 1 :]

    assert parse_imei(whole).digits == whole
    with pytest.raises(NotAnImei):
        parse_imei(wrong)


@pytest.mark.parametrize("text", ["", GOOD, "49-0154", "490154203237519", "4901542032375101", "x"])
def test_orders_take_what_the_catalogue_takes(text: str) -> None:
    def taken() -> bool:
        try:
            bare_imei(text)
        except ValueError:
            return False
        return True

    def read() -> bool:
        try:
            return len(parse_imei(text).digits) == 15
        except NotAnImei:
            return False

    assert taken() == (text == "" or read())


def test_known_type_proposes_its_model(seller: Api, phone: DeviceModel) -> None:
    TypeAllocation.objects.create(
        tac="35673908", brand="Apple", name="iPhone X A1865", also_known_as="D22AP|iPhone10,3", device_model=phone
    )

    answer = seller.get(f"catalog/imei/{imei('35673908')}")

    assert answer.body["data"] == {
        "imei": imei("35673908"),
        "tac": "35673908",
        "isKnown": True,
        "isCertain": True,
        "brand": "Apple",
        "name": "iPhone X A1865",
        "alsoKnownAs": ["D22AP", "iPhone10,3"],
        "deviceModels": [
            {
                "id": str(phone.pk),
                "brandId": str(phone.brand_id),
                "brand": {"id": str(phone.brand_id), "name": "Apple"},
                "name": "iPhone X",
                "modelNumber": "A1865",
                "deviceType": None,
                "releaseYear": None,
                "isActive": True,
            }
        ],
    }
    assert answer.body["message"] is None


def test_unknown_type_proposes_nothing_and_says_so(seller: Api, phone: DeviceModel) -> None:
    answer = seller.get(f"catalog/imei/{GOOD}")

    data = answer.body["data"]
    assert (data["isKnown"], data["isCertain"], data["deviceModels"], data["brand"]) == (False, False, [], None)
    assert answer.body["message"] == "Type 49015420 is not in the list of types."


def test_type_without_a_model_proposes_those_that_are_called_alike(phone: DeviceModel) -> None:
    DeviceModelFactory(brand=phone.brand, name="iPhone XS")
    DeviceModelFactory(brand=BrandFactory(name="Other"), name="iPhone X")
    TypeAllocation.objects.create(tac="35673908", brand="Apple", name="iPhone X 64GB")

    found = proposals_for_imei(imei("35673908"), ACTOR)

    assert [str(model) for model in found.models] == ["Apple iPhone X", "Apple iPhone XS"]
    assert not found.is_certain


def test_customers_are_proposed_what_is_offered(customer: Api, seller: Api, phone: DeviceModel) -> None:
    TypeAllocation.objects.create(tac="35673908", brand="Apple", name="iPhone X", device_model=phone)
    DeviceModel.objects.update(is_active=False)

    def models(api: Api) -> list[Any]:
        return [model["name"] for model in api.get(f"catalog/imei/{imei('35673908')}").body["data"]["deviceModels"]]

    assert (models(customer), models(seller)) == ([], ["iPhone X"])


def test_unknown_parameter_is_refused(seller: Api) -> None:
    answer = seller.get(f"catalog/imei/{GOOD}?full=true")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
