"""What holds for the workshops of the branches, laid down in the back office: taxes, terms, times."""

from django.contrib import admin

from apps.accounts.rules import Right
from apps.audit.recorded_admin import RecordedAdmin
from apps.core.admin_base import ScopedFilter
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import site
from apps.inventory.recorded_admin import BranchSettingsAdmin
from apps.repairs.models import StatusLimit, TaxRate, TaxRule, Terms, WorkshopSettings


class WorkshopSettingsForm(RefusableForm):
    class Meta:
        model = WorkshopSettings
        fields = [
            "branch", "prices_include_tax", "diagnosis_fee", "quote_valid_days", "password_kept_days",
            "unclaimed_after_days", "reminder_every_days", "quality_check_required", "letterhead", "tax_number",
            "footer",
        ]  # fmt: skip


@admin.register(WorkshopSettings, site=site)
class WorkshopSettingsAdmin(BranchSettingsAdmin):
    """How a branch works. One without a row works by the defaults."""

    form = WorkshopSettingsForm
    list_display = ["branch", "prices_include_tax", "diagnosis_fee", "quote_valid_days", "quality_check_required"]
    list_filter = [("branch", ScopedFilter)]
    list_select_related = ["branch"]
    search_fields = ["branch__name", "branch__code"]


class TaxRateForm(RefusableForm):
    class Meta:
        model = TaxRate
        fields = ["name", "percent", "is_active"]


@admin.register(TaxRate, site=site)
class TaxRateAdmin(RecordedAdmin):
    """The rates that rules may name. A changed rate counts for lines that are priced from now on."""

    reads = Right.BRANCHES_UPDATE
    creates = changes = removes = Right.BRANCHES_CREATE  # the law's rates are for the whole house
    form = TaxRateForm
    list_display = ["name", "percent", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]


class TaxRuleForm(RefusableForm):
    class Meta:
        model = TaxRule
        fields = ["rate", "branch", "repair_type", "part_type", "starts_on"]


@admin.register(TaxRule, site=site)
class TaxRuleAdmin(BranchSettingsAdmin):
    """Which rate holds from a day on. Of the rules that fit, the one that names the most counts; none means no tax."""

    form = TaxRuleForm
    list_display = ["rate", "branch", "repair_type", "part_type", "starts_on"]
    list_filter = [("branch", ScopedFilter), ("rate", ScopedFilter)]
    list_select_related = ["rate", "branch", "repair_type", "part_type"]
    search_fields = ["rate__name", "branch__name", "repair_type__name", "part_type__name"]
    autocomplete_fields = ["repair_type", "part_type"]


class TermsForm(RefusableForm):
    class Meta:
        model = Terms
        fields = ["branch", "purpose", "language", "text"]


@admin.register(Terms, site=site)
class TermsAdmin(BranchSettingsAdmin):
    """The texts to which customers sign; a branch's own comes before the one that holds everywhere."""

    form = TermsForm
    list_display = ["purpose", "language", "branch"]
    list_filter = ["purpose", "language", ("branch", ScopedFilter)]
    list_select_related = ["branch"]
    search_fields = ["text", "branch__name"]


class StatusLimitForm(RefusableForm):
    class Meta:
        model = StatusLimit
        fields = ["branch", "status", "priority", "hours"]


@admin.register(StatusLimit, site=site)
class StatusLimitAdmin(BranchSettingsAdmin):
    """How long an order may stay in a status before it counts as late; the narrowest row holds."""

    form = StatusLimitForm
    list_display = ["status", "priority", "hours", "branch"]
    list_filter = ["status", "priority", ("branch", ScopedFilter)]
    list_select_related = ["branch"]
    search_fields = ["branch__name", "branch__code"]
