"""Brands and kinds of work and of parts in the back office: reference data, saved by its forms and recorded."""

from django.contrib import admin

from apps.accounts.rules import Right
from apps.audit.recorded_admin import ActiveAdmin
from apps.catalog.models import Brand, PartType, RepairType
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
