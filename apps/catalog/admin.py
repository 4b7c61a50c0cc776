"""The catalogue in the back office: reference data, saved by its forms and recorded."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.rules import Right
from apps.audit.recorded_admin import ActiveAdmin
from apps.catalog import selectors
from apps.catalog.models import Brand, DeviceModel, PartType, RepairType
from apps.core.admin_forms import LinesField, RefusableForm, without_nul
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

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.models_found_by(records, text)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """What is found, the best first, in the list and where a model is chosen; unless a column was clicked."""
        text = without_nul(search_term).strip()
        if text and ORDER_VAR not in request.GET:
            return selectors.best_first(queryset, text), False
        return super().get_search_results(request, queryset, search_term)


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
