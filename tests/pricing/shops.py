"""A small shop whose prices follow a plain rule, so that an estimator has something to learn."""

from __future__ import annotations

from decimal import Decimal

from apps.catalog.models import Brand, DeviceModel, RepairType
from apps.core.actor import Actor
from apps.pricing.models import EstimatorVersion, Price
from apps.pricing.services import train_estimators
from tests.factories import BrandFactory, DeviceModelFactory, RepairTypeFactory

SYSTEM = Actor.system("test")
QUALITIES = {
    "original": Decimal("1.3"), "aftermarket_premium": Decimal(1), "aftermarket_standard": Decimal("0.85"),
    "aftermarket_economy": Decimal("0.7"),
}  # fmt: skip


class PricedShop:
    """Screens of one brand: the newer the model, the dearer; the better the part, the dearer."""

    def __init__(self, models: int = 8, qualities: tuple[str, ...] = ("original", "aftermarket_economy")) -> None:
        self.brand: Brand = BrandFactory(name="Fruit")
        self.screen: RepairType = RepairTypeFactory(name="Screen")
        self.models: list[DeviceModel] = [
            DeviceModelFactory(brand=self.brand, name=f"Fon {number}", device_type="phone", release_year=2010 + number)
            for number in range(6, 6 + models)
        ]
        self.prices = [
            Price.objects.create(
                device_model=model,
                repair_type=self.screen,
                part_quality=quality,
                price=(Decimal(60 + 15 * number) * QUALITIES[quality]).quantize(Decimal(1)),
            )
            for number, model in enumerate(self.models)
            for quality in qualities
        ]

    def unlisted(self, number: int = 10) -> DeviceModel:
        """A model that nobody has priced."""
        made: DeviceModel = DeviceModelFactory(
            brand=self.brand, name=f"Fon {number} Plus", device_type="phone", release_year=2010 + number
        )
        return made


def trained(currency: str = "USD") -> EstimatorVersion:
    """The version that comes of training now."""
    (version,) = train_estimators(actor=SYSTEM, currencies=[currency])
    return version
