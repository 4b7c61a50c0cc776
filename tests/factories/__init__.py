"""Factories: reference data is made directly, everything with a rule by the services that make it in the shop."""

from tests.factories.people import CustomerFactory, UserFactory, actor_for, member
from tests.factories.shop import (
    BranchFactory,
    BranchPriceRuleFactory,
    BrandFactory,
    CategoryFactory,
    DeviceModelFactory,
    ItemFactory,
    MarginRuleFactory,
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
    "BranchFactory", "BranchPriceRuleFactory", "BrandFactory", "CategoryFactory", "CustomerFactory",
    "DeviceModelFactory", "ItemFactory", "MarginRuleFactory", "PartTypeFactory", "PriceFactory", "RepairTypeFactory",
    "SupplierFactory", "SupplierItemFactory", "UserFactory", "a_monday",
    "actor_for", "booking", "line", "member", "order", "stock_of", "stocked",
]  # fmt: skip
