"""Branches, catalogue, items and stock."""

from decimal import Decimal

import factory

from apps.catalog.models import Brand, DeviceModel, PartType, RepairType
from apps.core.actor import Actor
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Category, Item, StockLevel, Supplier, SupplierItem
from apps.inventory.services import MovementRequest, record_movement
from apps.pricing.models import BranchPriceRule, EstimatorVersion, MarginRule, Price

SYSTEM = Actor.system("test")


class BranchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Branch

    name = factory.Sequence(lambda n: f"Branch {n}")
    code = factory.Sequence(lambda n: f"B{n}")


class BrandFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Brand

    name = factory.Sequence(lambda n: f"Brand {n}")


class DeviceModelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DeviceModel

    brand = factory.SubFactory(BrandFactory)
    name = factory.Sequence(lambda n: f"Model {n}")


class RepairTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RepairType

    name = factory.Sequence(lambda n: f"Repair {n}")


class PartTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PartType

    name = factory.Sequence(lambda n: f"Part {n}")
    warranty_months = 6


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category

    name = factory.Sequence(lambda n: f"Category {n}")


class ItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Item

    sku = factory.Sequence(lambda n: f"SKU-{n}")
    name = factory.Sequence(lambda n: f"Item {n}")
    unit_price = Decimal("20.00")
    cost_price = Decimal("8.00")


class SupplierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Supplier

    name = factory.Sequence(lambda n: f"Supplier {n}")


class SupplierItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SupplierItem

    supplier = factory.SubFactory(SupplierFactory)
    item = factory.SubFactory(ItemFactory)
    unit_cost = Decimal("5.00")


class PriceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Price

    device_model = factory.SubFactory(DeviceModelFactory)
    repair_type = factory.SubFactory(RepairTypeFactory)
    price = Decimal("99.00")


class EstimatorVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EstimatorVersion

    number = factory.Sequence(lambda n: n + 1)
    currency = "CHF"
    fingerprint = "0" * 64
    known_prices = 1
    seconds = 0.5
    content = b""


class BranchPriceRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BranchPriceRule

    branch = factory.SubFactory(BranchFactory)
    markup_percent = Decimal(10)


class MarginRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MarginRule

    markup_percent = Decimal(100)


def stocked(units: int, branch: Branch, **fields: object) -> Item:
    """An item of which the branch holds so many units, by a movement; with serials as in “LCD-1-1” if it tracks them."""
    item: Item = ItemFactory(**fields)
    if units:
        request = MovementRequest(
            item_id=item.pk, movement_type=MovementType.IN, quantity=units, to_branch_id=branch.pk,
            serials=[f"{item.sku}-{number}" for number in range(1, units + 1)] if item.tracks_serials else (),
        )  # fmt: skip
        record_movement(request, actor=SYSTEM)
    return item


def stock_of(item: Item, branch: Branch) -> tuple[int, int]:
    """Quantity and reserved."""
    level = StockLevel.objects.filter(item=item, branch=branch).first()
    return (level.quantity, level.reserved) if level else (0, 0)
