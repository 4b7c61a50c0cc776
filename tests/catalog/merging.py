"""Two models of which one is a duplicate, and one of everything that can refer to a model."""

from __future__ import annotations

from decimal import Decimal

from apps.catalog.models import DeviceModel, ModelNotice, TypeAllocation
from apps.catalog.selectors import referring_fields
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.pricing.models import EstimateRecord
from tests.factories import (
    BrandFactory,
    DeviceModelFactory,
    ItemFactory,
    PriceFactory,
    RepairTypeFactory,
    booking,
    order,
)

SYSTEM = Actor.system("test")
# A table with a reference to a model: how the test below makes a row of it.
MADE = {
    "catalog.devicemodel": lambda model: DeviceModel.objects.filter(pk=DeviceModelFactory().pk).update(merged_into=model),
    "catalog.modelnotice": lambda model: ModelNotice.objects.create(device_model=model, text="N"),
    "catalog.modelword": lambda model: None,  # its own
    "catalog.typeallocation": lambda model: TypeAllocation.objects.create(
        tac="35000000", brand="B", name="N", device_model=model
    ),
    "inventory.item_compatible_models": lambda model: model.items.add(ItemFactory()),
    "pricing.estimaterecord": lambda model: EstimateRecord.objects.create(
        source_kind="t", source_id=new_id(), device_model=model, repair_type=RepairTypeFactory(), price=2, low=1, high=3,
        currency="USD", confidence_score=1, method="m",
    ),
    "pricing.price": lambda model: PriceFactory(device_model=model),
    "repairs.booking": lambda model: booking(device_model_id=model.pk),
    "repairs.repairorder": lambda model: order(device_model=model.pk),
}  # fmt: skip


def make_pair() -> tuple[DeviceModel, DeviceModel]:
    brand = BrandFactory(name="Samsung")
    source = DeviceModelFactory(
        brand=brand,
        name="S21",
        model_number="SM-G991B",
        aliases=["Phantom"],
        release_year=2021,
        launch_price=Decimal(799),
    )
    target = DeviceModelFactory(brand=brand, name="Galaxy S21 5G", model_number="SM-G9910", aliases=["o1q"])
    return source, target


def references(model: DeviceModel) -> dict[str, int]:
    return {
        field.model._meta.label_lower: field.model._default_manager.filter(**{field.attname: model.pk}).count()
        for field in referring_fields()
    }
