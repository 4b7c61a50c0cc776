"""The price list in the back office."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.rules import Right
from apps.audit.recorded_admin import HistoryAdmin
from apps.core.actor import Actor
from apps.core.admin_base import ScopedFilter, money_column
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import actor_of, site
from apps.pricing import rules, selectors, services
from apps.pricing.admin.imports import ImportAdmin
from apps.pricing.models import Price


class PriceForm(RefusableForm):
    """A line of the price list; overlaps and amounts are judged by the service."""

    price = forms.DecimalField(max_digits=14, decimal_places=3, min_value=Decimal("0.001"))

    class Meta:
        model = Price
        fields = [
            "device_model", "repair_type", "part_type", "part_quality", "price", "cost", "currency", "valid_from",
            "valid_until", "is_estimated", "confidence_score", "notes",
        ]  # fmt: skip

    def check(self, given: dict[str, Any]) -> None:
        rules.check_period(given["valid_from"], given["valid_until"])


@admin.register(Price, site=site)
class PriceAdmin(ImportAdmin, HistoryAdmin):
    """Prices. They are changed by the services that keep their periods apart."""

    reads = Right.PRICES_READ
    creates = changes = removes = Right.PRICES_WRITE
    form = PriceForm
    list_display = ["device_model", "repair_type", "part_type", "part_quality", money_column("price", "price"),
                    "valid_from", "valid_until"]  # fmt: skip
    list_filter = ["part_quality", "is_estimated", ("repair_type", ScopedFilter)]
    list_select_related = ["device_model__brand", "repair_type", "part_type"]
    search_fields = ["device_model__search_text", "device_model__brand__search_text", "repair_type__name"]
    search_help_text = "Brand, model or repair"
    autocomplete_fields = ["device_model", "repair_type", "part_type"]
    date_hierarchy = "valid_from"

    def records(self, actor: Actor) -> QuerySet[Price]:
        return selectors.prices_visible_to(actor)

    def save_model(self, request: HttpRequest, obj: Price, form: Any, change: bool) -> None:
        given = {name: form.cleaned_data[name] for name in PriceForm.Meta.fields}
        if change:
            changed = {name: given[name] for name in form.changed_data}
            services.update_price(obj.pk, changed, actor=actor_of(request))
        else:
            services.create_price({"id": obj.pk, **given}, actor=actor_of(request))

    def delete_model(self, request: HttpRequest, obj: Price) -> None:
        services.delete_price(obj.pk, actor=actor_of(request))
