"""The catalogue in the back office."""

from apps.catalog.admin.allocations import TypeAllocationAdmin
from apps.catalog.admin.models import DeviceModelAdmin
from apps.catalog.admin.notices import ModelNoticeAdmin
from apps.catalog.admin.reference import BrandAdmin, PartTypeAdmin, RepairTypeAdmin

__all__ = [
    "BrandAdmin", "DeviceModelAdmin", "ModelNoticeAdmin", "PartTypeAdmin", "RepairTypeAdmin", "TypeAllocationAdmin",
]  # fmt: skip
