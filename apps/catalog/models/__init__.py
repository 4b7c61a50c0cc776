"""Brands, device models and what is known of them; kinds of work and of parts."""

from apps.catalog.models.allocations import TypeAllocation
from apps.catalog.models.devices import Brand, DeviceModel
from apps.catalog.models.kinds import PartType, RepairType
from apps.catalog.models.notices import ModelNotice
from apps.catalog.models.words import ModelWord

__all__ = ["Brand", "DeviceModel", "ModelNotice", "ModelWord", "PartType", "RepairType", "TypeAllocation"]
