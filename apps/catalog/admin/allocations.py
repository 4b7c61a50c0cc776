"""Types of phones by the beginning of their IMEI, in the back office: which model each one leads to."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.rules import Right
from apps.audit.recorded_admin import RecordedAdmin
from apps.catalog import selectors
from apps.catalog.models import TypeAllocation
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import site


class AllocationForm(RefusableForm):
    class Meta:
        model = TypeAllocation
        fields = ["device_model"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "device_model" in self.fields:
            self.fields["device_model"].required = True


class LinkedFilter(admin.SimpleListFilter):
    title = "model"
    parameter_name = "linked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "leads to a model"), ("no", "leads nowhere yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(device_model__isnull=self.value() == "no") if self.value() in {"yes", "no"} else queryset


@admin.register(TypeAllocation, site=site)
class TypeAllocationAdmin(RecordedAdmin):
    """Imported; a person may say which model a type is, and no import changes that."""

    reads = Right.CATALOG_READ
    changes = Right.CATALOG_WRITE
    form = AllocationForm
    list_display = ["tac", "brand", "name", "also_known_as", "device_model"]
    list_filter = [LinkedFilter]
    list_select_related = ["device_model__brand"]
    search_help_text = "IMEI, its first eight digits, or brand and name"
    fields = ["tac", "brand", "name", "also_known_as", "device_model"]
    readonly_fields = ["tac", "brand", "name", "also_known_as"]
    autocomplete_fields = ["device_model"]

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.allocations_found_by(records, text)
