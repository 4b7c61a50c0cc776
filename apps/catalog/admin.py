"""The catalogue in the back office: reference data, saved by its forms and recorded."""

from django.contrib import admin

from apps.accounts.rules import Right
from apps.audit.recorded_admin import ActiveAdmin
from apps.catalog.models import Brand, DeviceModel, PartType, RepairType
from apps.core.admin_forms import LinesField, RefusableForm
from apps.core.admin_site import site


class CatalogAdmin(ActiveAdmin):
    reads = Right.CATALOG_READ
    creates = changes = removes = Right.CATALOG_WRITE
    search_fields = ["name"]


@admin.register(Brand, site=site)
class BrandAdmin(CatalogAdmin):
    list_display = ["name", "is_active", "updated_at"]
    list_filter = ["is_active"]
    fields = ["name", "is_active"]


class DeviceModelForm(RefusableForm):
    aliases = LinesField(most=100, longest=120)

    class Meta:
        model = DeviceModel
        fields = [
            "brand", "name", "model_number", "release_year", "device_type", "screen_size", "tier_level", "launch_price",
            "aliases", "is_active",
        ]  # fmt: skip


@admin.register(DeviceModel, site=site)
class DeviceModelAdmin(CatalogAdmin):
    form = DeviceModelForm
    list_display = ["name", "brand", "model_number", "device_type", "release_year", "tier_level", "is_active"]
    list_filter = ["device_type", "tier_level", "is_active"]
    list_select_related = ["brand"]
    search_help_text = "Brand, name, model number or alias, spaces or not"
    autocomplete_fields = ["brand"]


@admin.register(RepairType, site=site)
class RepairTypeAdmin(CatalogAdmin):
    list_display = ["name", "description", "is_active"]
    list_filter = ["is_active"]
    fields = ["name", "description", "is_active"]


@admin.register(PartType, site=site)
class PartTypeAdmin(CatalogAdmin):
    list_display = ["name", "quality", "quality_level", "warranty_months", "is_active"]
    list_filter = ["quality", "is_active"]
    fields = ["name", "quality", "quality_level", "warranty_months", "description", "is_active"]
