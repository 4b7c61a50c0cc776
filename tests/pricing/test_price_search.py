"""What the price list is searched by."""

from urllib.parse import urlencode

import pytest

from apps.pricing.models import Price
from tests.conftest import Api
from tests.factories import BrandFactory, DeviceModelFactory, PartTypeFactory, PriceFactory, RepairTypeFactory


@pytest.fixture
def phones(db: None) -> dict[str, Price]:
    """Two models of which one bears the other's name among its numbers, as Apple counts."""
    brand, repair = BrandFactory(name="Apple"), RepairTypeFactory(name="Screen replacement")
    part = PartTypeFactory(name="Display")
    older = DeviceModelFactory(brand=brand, name="iPhone 11", aliases=["iPhone12,1"], model_number="A2221")
    newer = DeviceModelFactory(brand=brand, name="iPhone 12", aliases=["iPhone13,2"], model_number="A2403")
    return {
        model.name: PriceFactory(device_model=model, repair_type=repair, part_type=part) for model in (older, newer)
    }


@pytest.mark.parametrize("text", ["iPhone 12", "apple 12 screen", "DISPLAY 12", "A2403"])
def test_price_is_found_by_the_words_of_its_names(manager: Api, phones: dict[str, Price], text: str) -> None:
    """A number of the model is looked for where no name says it."""
    rows = manager.get(f"pricing?{urlencode({'q': text})}").body["data"]["items"]

    assert [row["id"] for row in rows] == [str(phones["iPhone 12"].pk)]
