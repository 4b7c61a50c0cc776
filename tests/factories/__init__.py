"""Factories: reference data is made directly, everything with a rule by the services that make it in the shop."""

from tests.factories.people import CustomerFactory, UserFactory, actor_for, member
from tests.factories.shop import (
    BranchFactory,
    BrandFactory,
    CategoryFactory,
    DeviceModelFactory,
    ItemFactory,
    PartTypeFactory,
    PriceFactory,
    RepairTypeFactory,
    SupplierFactory,
    SupplierItemFactory,
    stock_of,
    stocked,
)
from tests.factories.work import a_monday, booking, line, order

__all__ = [
    "BranchFactory", "BrandFactory", "CategoryFactory", "CustomerFactory", "DeviceModelFactory", "ItemFactory",
    "PartTypeFactory", "PriceFactory", "RepairTypeFactory", "SupplierFactory", "SupplierItemFactory", "UserFactory",
    "a_monday", "actor_for", "booking", "line", "member", "order", "stock_of", "stocked",
]  # fmt: skip
