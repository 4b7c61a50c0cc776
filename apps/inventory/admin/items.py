"""Items and their categories in the back office."""

from contextlib import nullcontext
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from apps.accounts.rules import Right
from apps.audit.recorded_admin import ActiveAdmin, RecordedAdmin
from apps.core.admin_base import ScopedFilter, Table, money_column
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import actor_of, site
from apps.inventory import rules, selectors, services
from apps.inventory.models import Category, Item


class CategoryForm(RefusableForm):
    class Meta:
        model = Category
        fields = ["name", "parent", "description"]

    def clean_parent(self) -> Category | None:
        parent: Category | None = self.cleaned_data["parent"]
        if parent and rules.would_cycle(self.instance.pk, parent.pk, selectors.category_parents()):
            raise forms.ValidationError("A category cannot be below itself.", code="cycle")
        return parent


@admin.register(Category, site=site)
class CategoryAdmin(RecordedAdmin):
    reads = Right.ITEMS_READ
    creates = changes = removes = Right.ITEMS_WRITE
    form = CategoryForm
    list_display = ["name", "parent", "description"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    autocomplete_fields = ["parent"]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with services.rearranging() if request.method == "POST" else nullcontext():
            answer: HttpResponse = super().changeform_view(request, *args, **kwargs)
        return answer


@admin.register(Item, site=site)
class ItemAdmin(ActiveAdmin):
    """Parts and articles. What of them lies where is the stock's, and shown below."""

    reads = Right.ITEMS_READ
    creates = changes = removes = Right.ITEMS_WRITE
    list_display = ["sku", "name", "category", money_column("unit_price", "price"), money_column("cost_price", "cost"),
                    "reorder_level", "is_active"]  # fmt: skip
    list_filter = ["is_active", ("category", ScopedFilter)]
    list_select_related = ["category"]
    search_help_text = "Name, SKU, barcode or description"
    autocomplete_fields = ["category", "part_type", "compatible_models"]
    fields = [
        "sku", "name", "description", "category", "part_type", "compatible_models", "barcode", "unit_of_measure",
        "unit_price", "cost_price", "currency", "reorder_level", "reorder_quantity", "is_active",
    ]  # fmt: skip

    def tables(self, request: HttpRequest, record: Item) -> list[Table]:
        levels = selectors.levels_of_item(record.pk, actor=actor_of(request)).select_related("branch")
        rows: list[tuple[Any, ...]] = [
            (level.branch, level.quantity, level.reserved, level.available) for level in levels
        ]
        return [Table("Stock", ("Branch", "On hand", "Reserved", "Available"), rows)]
