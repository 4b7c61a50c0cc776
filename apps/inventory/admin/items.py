"""Items and their categories in the back office."""

from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from apps.accounts.rules import Right
from apps.audit.recorded_admin import ActiveAdmin, RecordedAdmin
from apps.core.admin_base import ScopedFilter, Table, money_column
from apps.core.admin_forms import RefusableForm, without_nul
from apps.core.admin_site import actor_of, site
from apps.inventory import rules, selectors, services
from apps.inventory.admin.imports import ImportAdmin
from apps.inventory.admin.labels import LabelAdmin
from apps.inventory.admin.photos import PhotoAdmin, PhotoForm
from apps.inventory.models import Category, Item
from apps.inventory.models.items import ItemQuerySet


def as_id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


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


class ItemForm(PhotoForm):
    def clean_tracks_serials(self) -> bool:
        wanted: bool = self.cleaned_data["tracks_serials"]
        # The form has set the new value on the instance only after all fields are clean.
        changes = not self.instance._state.adding and wanted != self.instance.tracks_serials
        if changes and selectors.has_units(self.instance.pk):
            message = "This can be changed only while no unit is on hand or in transit."
            raise forms.ValidationError(message, code="in_use")
        return wanted


@admin.register(Item, site=site)
class ItemAdmin(LabelAdmin, ImportAdmin, PhotoAdmin, ActiveAdmin):
    """Parts and articles. What of them lies where is the stock's, and shown below."""

    reads = Right.ITEMS_READ
    creates = changes = removes = Right.ITEMS_WRITE
    pages = {**PhotoAdmin.pages, **LabelAdmin.pages, **ImportAdmin.pages}
    actions = [*ActiveAdmin.actions, "print_labels"]
    list_display = ["sku", "name", "category", money_column("unit_price", "price"), money_column("cost_price", "cost"),
                    "reorder_level", "is_active"]  # fmt: skip
    list_filter = ["is_active", ("category", ScopedFilter)]
    list_select_related = ["category"]
    search_help_text = "Name, SKU, barcode, description, part type or compatible model"
    form = ItemForm
    autocomplete_fields = ["category", "part_type", "compatible_models"]
    fields = [
        "sku", "name", "description", "category", "part_type", "compatible_models", "barcode", "unit_of_measure",
        "unit_price", "cost_price", "currency", "reorder_level", "reorder_quantity",
        "tracks_serials", "is_active", "photo_shown", "new_photo", "without_photo",
    ]  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """What is found, the best first, in the list and where an item is chosen; unless a column was clicked."""
        found, repeats = super().get_search_results(request, queryset, search_term)
        text = without_nul(search_term).strip()
        if text and ORDER_VAR not in request.GET:
            assert isinstance(found, ItemQuerySet)
            found = found.best_first(text)
        return found, repeats

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        pk = as_id(object_id)
        tracked = forms.CheckboxInput().value_from_datadict(request.POST, request.FILES, "tracks_serials")
        with services.holding_stock_of(pk, tracked=tracked) if request.method == "POST" and pk else nullcontext():
            return super().changeform_view(request, object_id, *args, **kwargs)

    def tables(self, request: HttpRequest, record: Item) -> list[Table]:
        levels = selectors.levels_of_item(record.pk, actor=actor_of(request)).select_related("branch")
        rows: list[tuple[Any, ...]] = [
            (level.branch, level.quantity, level.reserved, level.available) for level in levels
        ]
        return [Table("Stock", ("Branch", "On hand", "Reserved", "Available"), rows)]
