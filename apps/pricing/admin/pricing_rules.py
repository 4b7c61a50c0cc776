"""The rules that make prices, in the back office, each with an example of what it does."""

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.accounts.rules import Right
from apps.audit.recorded_admin import HistoryAdmin
from apps.core import money
from apps.core.admin_base import ScopedFilter, Table
from apps.core.admin_site import actor_of, site
from apps.pricing import rules, selectors, services
from apps.pricing.admin.prices import AmountsForm, reason_field
from apps.pricing.models import BranchPriceRule, MarginRule

_SCOPE = "What is left empty is not asked about. Of several rules that fit, the one that names the most counts."
_FROM = Decimal(100)  # what the example begins with


class RuleForm(AmountsForm):
    """A rule; its amounts and its rounding are judged by the service."""

    reason = reason_field()

    def check(self, given: dict[str, Any]) -> None:
        rules.check_period(given["valid_from"], given["valid_until"], "A rule")


class RuleAdmin(HistoryAdmin):
    """Rules are changed by their services; ``fieldsets`` names the fields that these are given."""

    reads = Right.COSTS_READ
    creates = changes = removes = Right.PRICES_WRITE
    model: Any
    form = RuleForm
    fieldsets: ClassVar[Any] = []

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        last = [("Why", {"fields": ["reason"]})] if self.has_change_permission(request, obj) else []
        return [*self.fieldsets, *last]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self.is_writable(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self.is_writable(request, obj)

    def is_writable(self, request: HttpRequest, rule: Any) -> bool:
        """Whether this one is the caller's to change."""
        return True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = dict(form.cleaned_data)
        reason, actor = given.pop("reason"), actor_of(request)
        if change:
            changed = {name: given[name] for name in form.changed_data if name in given}
            services.update_rule(self.model, obj.pk, changed, reason=reason, actor=actor)
        else:
            services.create_rule(self.model, {"id": obj.pk, **given}, reason=reason, actor=actor)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        services.delete_rule(self.model, obj.pk, actor=actor_of(request))


def _example(words: str, steps: tuple[rules.Step, ...], currency: str) -> Table:
    amount = f"{money.text(_FROM, currency)} {currency}"
    rows: list[tuple[Any, ...]] = [(step.words, money.text(step.amount, currency)) for step in steps]
    return Table(words.format(amount), ("Step", f"{currency} after it"), rows)


_ROUNDING_AND_TIME = [
    ("Rounding", {"fields": [("rounding_step", "rounding_ending")]}),
    ("Validity", {"fields": ["is_active", ("valid_from", "valid_until"), "notes"]}),
]


@admin.register(BranchPriceRule, site=site)
class BranchPriceRuleAdmin(RuleAdmin):
    """What branches add to the price list. A price of a branch's own is not touched by them."""

    list_display = ["branch", "repair_type", "brand", "device_type", "part_quality", "markup_percent", "added_amount",
                    "rounding_step", "is_active", "valid_from", "valid_until"]  # fmt: skip
    list_filter = ["is_active", ("branch", ScopedFilter), ("repair_type", ScopedFilter)]
    list_select_related = ["branch", "repair_type", "brand"]
    search_fields = ["branch__name", "repair_type__name", "brand__name", "notes"]
    search_help_text = "Branch, repair, brand or notes"
    autocomplete_fields = ["repair_type", "brand"]
    fieldsets = [
        (None, {"fields": ["branch"]}),
        ("For", {"fields": ["repair_type", "brand", ("device_type", "part_quality")], "description": _SCOPE}),
        ("What the branch charges", {
            "fields": [("markup_percent", "added_amount")],
            "description": "Price of the list × (1 + markup) + added amount, rounded; in the branch's currency.",
        }),
        *_ROUNDING_AND_TIME,
    ]  # fmt: skip

    def is_writable(self, request: HttpRequest, rule: Any) -> bool:
        return rule is None or selectors.rules_writable_by(actor_of(request)).filter(pk=rule.pk).exists()

    def tables(self, request: HttpRequest, record: BranchPriceRule) -> list[Table]:
        """What becomes of a round price."""
        steps = rules.branch_steps(_FROM, None, record.plain(), record.currency)
        return [_example("What becomes of {} of the list", steps, record.currency)]


@admin.register(MarginRule, site=site)
class MarginRuleAdmin(RuleAdmin):
    """How prices are made of costs. They propose; what a person has set they never overwrite."""

    list_display = ["part_type", "repair_type", "brand", "device_type", "part_quality", "markup_percent", "labour_amount",
                    "minimum_price", "currency", "rounding_step", "is_active", "valid_from", "valid_until"]  # fmt: skip
    list_filter = ["is_active", "currency", ("repair_type", ScopedFilter)]
    list_select_related = ["part_type", "repair_type", "brand"]
    search_fields = ["part_type__name", "repair_type__name", "brand__name", "notes"]
    search_help_text = "Part, repair, brand or notes"
    autocomplete_fields = ["part_type", "repair_type", "brand"]
    fieldsets = [
        ("For", {"fields": ["part_type", "repair_type", "brand", ("device_type", "part_quality")], "description": _SCOPE}),
        ("How the price is made", {
            "fields": [("markup_percent", "labour_amount", "minimum_price"), "currency"],
            "description": "Cost × (1 + markup) + labour, at least the minimum, rounded.",
        }),
        *_ROUNDING_AND_TIME,
    ]  # fmt: skip

    def tables(self, request: HttpRequest, record: MarginRule) -> list[Table]:
        """What becomes of a round cost."""
        steps = rules.margin_steps(_FROM, record.plain(), record.currency)
        return [_example("What becomes of a cost of {}", steps, record.currency)]
