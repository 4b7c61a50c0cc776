"""Suppliers in the back office, each with what it sells."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from apps.accounts.rules import Right
from apps.audit.recorded_admin import ActiveAdmin
from apps.core import money
from apps.core.admin_forms import PhoneField, RefusableForm
from apps.core.admin_site import actor_of, site
from apps.inventory import services
from apps.inventory.admin.inlines import ChoosingInline
from apps.inventory.models import Supplier, SupplierItem


class SupplierForm(RefusableForm):
    phone_number = PhoneField(required=False)
    website = forms.URLField(required=False, max_length=300, assume_scheme="https")

    class Meta:
        model = Supplier
        fields = [
            "name", "contact_name", "email", "phone_number", "address", "website", "account_number", "currency",
            "lead_time_days", "notes", "is_active",
        ]  # fmt: skip


class OfferForm(forms.ModelForm):
    class Meta:
        model = SupplierItem
        fields = [
            "item", "supplier_sku", "unit_cost", "pack_size", "minimum_quantity", "lead_time_days", "is_preferred",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        cost, supplier = self.cleaned_data.get("unit_cost"), self.instance.supplier
        if cost is not None and not money.fits(cost, supplier.currency):
            self.add_error("unit_cost", f"This is not an amount of {supplier.currency}.")
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # That the mark moves from another supplier is no mistake; what is one, the database says.
        return {*super()._get_validation_exclusions(), "item"}  # type: ignore[misc]


class BaseOffers(forms.BaseInlineFormSet):
    """Offers whose supplier is the one on the page, with the currency that is typed there."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.instance.supplier = self.instance


class OfferInline(ChoosingInline):
    verbose_name = "item"
    model = SupplierItem
    form = OfferForm
    formset = BaseOffers
    fields = [
        ("item", "supplier_sku"), ("unit_cost", "pack_size", "minimum_quantity"), ("lead_time_days", "is_preferred"),
    ]  # fmt: skip
    extra = 1


@admin.register(Supplier, site=site)
class SupplierAdmin(ActiveAdmin):
    """Who sells us parts. Of all who sell an item one may be preferred: giving the mark takes it from the other."""

    reads = Right.PURCHASES_READ
    creates = changes = removes = Right.PURCHASES_WRITE
    form = SupplierForm
    inlines = [OfferInline]
    list_display = ["name", "contact_name", "currency", "lead_time_days", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "contact_name", "account_number"]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for formset in formsets:
            for row in formset.deleted_forms:
                services.remove_offer(row.instance.pk, actor=actor_of(request))
            for row in formset.forms:
                if row.has_changed() and row not in formset.deleted_forms:
                    row.instance.supplier_id = form.instance.pk
                    services.save_offer(row.instance, row.changed_data, actor=actor_of(request))

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return ""  # what was changed the event log says
