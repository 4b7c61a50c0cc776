"""The price list in the back office."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest

from apps.accounts.rules import Right
from apps.audit.models import Event
from apps.audit.recorded_admin import HistoryAdmin, details_of
from apps.audit.selectors import history_of
from apps.core import money
from apps.core.actor import Actor
from apps.core.admin_base import ScopedFilter, Table, money_column
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import actor_of, site
from apps.core.fields import MoneyField
from apps.pricing import rules, selectors, services
from apps.pricing.admin.imports import ImportAdmin
from apps.pricing.models import Price, PriceQuerySet

SHOWN_AT_MOST = 20
# What a person asks a history for; the rest of it is on the page of the whole history.
_TOLD = ("price", "cost", "currency", "valid_from", "valid_until", "source", "notes")


def reason_field() -> forms.CharField:
    return forms.CharField(max_length=200, required=False, help_text="Why; it stands in the history.")


class AmountsForm(RefusableForm):
    """A form that shows amounts with the digits of their currency, where the column has three."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            return
        for field in self.instance._meta.concrete_fields:
            amount = self.initial.get(field.name)
            if isinstance(field, MoneyField) and amount is not None:
                self.initial[field.name] = money.text(amount, self.instance.currency)


class PriceForm(AmountsForm):
    """A line of the price list; overlaps and amounts are judged by the service."""

    price = forms.DecimalField(max_digits=14, decimal_places=3, min_value=Decimal("0.001"))
    reason = reason_field()

    class Meta:
        model = Price
        fields = [
            "device_model", "repair_type", "part_type", "part_quality", "branch", "price", "cost", "currency", "valid_from",
            "valid_until", "is_estimated", "confidence_score", "notes",
        ]  # fmt: skip

    def check(self, given: dict[str, Any]) -> None:
        rules.check_period(given["valid_from"], given["valid_until"])


class ValidityFilter(admin.SimpleListFilter):
    """Where a price stands in time, on the calendars of the branches."""

    title = "validity"
    parameter_name = "validity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("today", "valid today"), ("other", "past or to come")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        if self.value() == "today":
            return selectors.valid_today(queryset)
        if self.value() == "other":
            return queryset.exclude(pk__in=selectors.valid_today(queryset).order_by().values("pk"))
        return None


class CostFilter(admin.SimpleListFilter):
    """Whether anybody has said what a repair costs the shop."""

    title = "cost"
    parameter_name = "cost_known"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "without cost"), ("loss", "below cost"), ("yes", "with cost")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        match self.value():
            case "no":
                return queryset.filter(cost=None)
            case "yes":
                return queryset.exclude(cost=None)
            case "loss":
                return queryset.filter(price__lt=F("cost"))
        return None


@admin.register(Price, site=site)
class PriceAdmin(ImportAdmin, HistoryAdmin):
    """Prices. They are changed by the services that keep their periods apart."""

    reads = Right.PRICES_READ
    creates = changes = removes = Right.PRICES_WRITE
    form = PriceForm
    list_display = ["device_model", "repair_type", "part", money_column("price", "price"), money_column("cost", "cost"),
                    "margin", "where", "source", "valid"]  # fmt: skip
    list_filter = [ValidityFilter, "source", CostFilter, "part_quality", "is_estimated", ("branch", ScopedFilter),
                   ("repair_type", ScopedFilter)]  # fmt: skip
    list_select_related = ["device_model__brand", "repair_type", "part_type", "branch"]
    search_help_text = "Brand, model, repair and part"
    autocomplete_fields = ["device_model", "repair_type", "part_type"]
    date_hierarchy = "valid_from"
    readonly_fields = ["margin", "source"]
    fieldsets = [
        (None, {"fields": ["device_model", "repair_type", ("part_type", "part_quality"), "branch"],
                "description": "Without a branch it is for all of them; one with a branch goes before it there."}),
        ("Amounts", {"fields": [("price", "cost", "currency"), "margin", "source"]}),
        ("Validity", {"fields": [("valid_from", "valid_until")]}),
        ("More", {"fields": [("is_estimated", "confidence_score"), "notes", "reason"]}),
    ]  # fmt: skip

    def records(self, actor: Actor) -> QuerySet[Price]:
        return selectors.prices_visible_to(actor)

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        assert isinstance(records, PriceQuerySet)
        return selectors.prices_found_by(records, text)

    @admin.display(description="part", ordering="part_quality")
    def part(self, price: Price) -> str:
        return str(price.part_type or price.get_part_quality_display())

    @admin.display(description="valid", ordering="valid_from")
    def valid(self, price: Price) -> str:
        return f"{price.valid_from} – {price.valid_until or ''}"

    @admin.display(description="branch", ordering="branch__name")
    def where(self, price: Price) -> str:
        return str(price.branch) if price.branch else "all"

    @admin.display(description="margin", ordering=F("price") - F("cost"))
    def margin(self, price: Price) -> str:
        left = rules.margin(price.price, price.cost)
        if left is None:
            return "–"
        return f"{money.text(left, price.currency)} ({rules.margin_percent(price.price, price.cost)} %)"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = set() if obj is not None else {"margin", "source"}
        if not self.has_change_permission(request, obj):
            hidden.add("reason")
        shown = []
        for title, options in self.fieldsets:
            fields = [name for name in options["fields"] if name not in hidden]
            shown.append((title, {**options, "fields": fields}))
        return shown

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_writable(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_writable(request, obj)

    def tables(self, request: HttpRequest, record: Price) -> list[Table]:
        """What the price was and is, who changed it and why, and what is charged for the same repair otherwise."""
        return [
            Table("History", ("When", "Who", "What", "Why"), [_told(event) for event in _newest(record)]),
            Table("The same repair on other days and elsewhere", ("From", "Until", "Branch", "Price", "Cost"),
                  [self._beside(price) for price in selectors.prices_beside(record)[:SHOWN_AT_MOST]]),
        ]  # fmt: skip

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """The form, and beside it what the estimator thinks of the price."""
        if obj is not None:
            actor = actor_of(request)
            day = selectors.today_for(actor, obj.branch)
            context = {**context, "estimate": selectors.estimate_beside(obj, actor=actor, on=day)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request: HttpRequest, obj: Price, form: Any, change: bool) -> None:
        given = {name: form.cleaned_data[name] for name in PriceForm.Meta.fields}
        reason, actor = form.cleaned_data["reason"], actor_of(request)
        if change:
            changed = {name: given[name] for name in form.changed_data if name in given}
            services.update_price(obj.pk, changed, reason=reason, actor=actor)
        else:
            services.create_price({"id": obj.pk, **given}, reason=reason, actor=actor)

    def delete_model(self, request: HttpRequest, obj: Price) -> None:
        services.delete_price(obj.pk, actor=actor_of(request))

    def _is_writable(self, request: HttpRequest, price: Price | None) -> bool:
        """Whether it is of a branch whose prices the caller sets; the list is everybody's who may set any."""
        if price is None or price.branch_id is None:
            return True
        return selectors.prices_writable_by(actor_of(request)).filter(pk=price.pk).exists()

    def _beside(self, price: Price) -> tuple[Any, ...]:
        amounts = (
            "–" if amount is None else money.text(amount, price.currency) for amount in (price.price, price.cost)
        )
        return price.valid_from, price.valid_until or "–", self.where(price), *amounts


def _newest(price: Price) -> QuerySet[Event]:
    return history_of(Price._meta.label_lower, price.pk)[:SHOWN_AT_MOST]


def _told(event: Event) -> tuple[Any, ...]:
    verb = event.type.rpartition(".")[2]
    return event.created_at, event.actor_label, f"{verb}: {'; '.join(_changes(event))}", event.payload.get("reason", "")


def _changes(event: Event) -> Iterator[str]:
    """In one order: PostgreSQL keeps none of what an event holds."""
    changes = event.payload["changes"]
    told = {name: changes[name] for name in _TOLD if name in changes}
    for name, words in details_of({"changes": told}):
        if words != "– → –":
            yield f"{name.replace('_', ' ')} {words}"
