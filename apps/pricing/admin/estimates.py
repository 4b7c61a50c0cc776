"""What the estimator has learnt, and how right it was, in the back office."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.core.admin_base import BackOfficeAdmin, ScopedFilter, Table, money_column
from apps.core.admin_site import actor_of, site
from apps.inventory.models import Branch
from apps.inventory.selectors import branches_within
from apps.pricing import rules, selectors, services
from apps.pricing.models import EstimateRecord, EstimatorVersion


@admin.register(EstimatorVersion, site=site)
class EstimatorVersionAdmin(BackOfficeAdmin):
    """The newest versions of the estimator. They are made by a job when prices change; the last one is asked."""

    reads = Right.ESTIMATES_READ
    pages = {"train": "train_page"}
    list_display = ["currency", "number", "created_at", "known_prices", "known_lines", "odd_prices", "seconds"]
    list_filter = ["currency"]
    ordering = ["currency", "-number"]
    search_fields = ()
    fields = ["currency", "number", "created_at", "known_prices", "known_lines", "seconds"]
    readonly_fields = ["created_at"]

    def records(self, actor: Actor) -> QuerySet[EstimatorVersion]:
        return selectors.estimator_versions()

    @admin.display(description="look like typing errors")
    def odd_prices(self, version: EstimatorVersion) -> int:
        return len(version.suspicious)

    def tables(self, request: HttpRequest, record: EstimatorVersion) -> list[Table]:
        prices = selectors.suspicious_prices(record, actor=actor_of(request))
        rows: list[tuple[Any, ...]] = [
            (format_html('<a href="{}">{}</a>', reverse("admin:pricing_price_change", args=[price.pk]), price),
             price.device_model, price.repair_type, price.part_type or price.get_part_quality_display())
            for price in prices
        ]  # fmt: skip
        return [Table("Prices that look like typing errors", ("Price", "Model", "Repair", "Part"), rows)]

    def train_page(self, request: HttpRequest) -> HttpResponse:
        """Has the prices looked at again, after a question."""
        if not request.user.has_perm(Right.PRICES_WRITE):
            raise PermissionDenied
        if request.method == "POST":
            services.request_training(actor=actor_of(request))
            self.message_user(
                request, "The prices will be looked at again as soon as a worker is free.", messages.SUCCESS
            )
            return HttpResponseRedirect(reverse("admin:pricing_estimatorversion_changelist"))
        failed = [f"{currency}: {words}" for currency, words in sorted(selectors.training_errors().items())]
        return self.page(
            request, "admin/action_page.html", "Train the estimator", records=failed, form=forms.Form(), button="Train",
            advice="A new version is made where prices, lines of the past or facts of models have changed.",
        )  # fmt: skip


class PeriodForm(forms.Form):
    """Of which days and branch."""

    date_from = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    date_to = forms.DateField(required=False, label="To", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, branches: QuerySet[Branch], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"] = forms.ModelChoiceField(branches, required=False, empty_label="all branches")

    def asked(self) -> dict[str, Any]:
        """As ``selectors.estimates_taken`` takes it."""
        given = self.cleaned_data
        branch: Branch | None = given["branch"]
        branch_id: UUID | None = branch.pk if branch else None
        return {"date_from": given["date_from"], "date_to": given["date_to"], "branch_id": branch_id}


@admin.register(EstimateRecord, site=site)
class EstimateRecordAdmin(BackOfficeAdmin):
    """The estimates that were used as prices, and what the prices became."""

    reads = Right.ESTIMATES_READ
    pages = {"report": "report_page"}
    list_display = ["device_model", "repair_type", money_column("price", "estimate"), money_column("low", "low"),
                    money_column("high", "high"), money_column("actual_price", "price set later"), "error", "method",
                    "created_at"]  # fmt: skip
    list_filter = [("settled_at", admin.EmptyFieldListFilter), "method", ("repair_type", ScopedFilter)]
    list_select_related = ["device_model__brand", "repair_type"]
    search_fields = ("device_model__name", "device_model__brand__name", "repair_type__name")
    search_help_text = "Brand, model or repair"
    fields = ["device_model", "repair_type", "part_type", "part_quality", "price", "low", "high", "currency",
              "confidence_score", "method", "version", "actual_price", "error", "settled_at", "created_at"]  # fmt: skip
    readonly_fields = ["error", "created_at"]

    def records(self, actor: Actor) -> QuerySet[EstimateRecord]:
        return selectors.estimate_records_visible_to(actor)

    @admin.display(description="error")
    def error(self, record: EstimateRecord) -> str:
        actual = record.actual_price
        return "–" if not actual else f"{rules.error_of(record.price, actual) * 100:+.1f} %"

    def report_page(self, request: HttpRequest) -> HttpResponse:
        """How right the estimates of a period were."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        actor = actor_of(request)
        form = PeriodForm(branches_within(actor, Right.ESTIMATES_READ).order_by("name"), request.GET or {})
        tables = (
            _report(selectors.accuracy_report(selectors.estimates_taken(actor, **form.asked())))
            if form.is_valid()
            else []
        )
        return self.page(
            request, "admin/pricing/estimate_report.html", "How right the estimates were", form=form, tables=tables
        )


_FIGURES = ("Estimates", "Price set later", "Median error", "Within the interval", "Bias")


def _report(report: selectors.Report) -> list[Table]:
    return [
        Table("All", _FIGURES, [_figures(report.total)]),
        Table("By repair", ("Repair", *_FIGURES), _rows(report.by_repair_type)),
        Table("By method", ("Method", *_FIGURES), _rows(report.by_method)),
    ]


def _rows(shares: Iterable[selectors.Share[Any]]) -> list[tuple[Any, ...]]:
    return [(share.of, *_figures(share.accuracy)) for share in shares]


def _figures(one: rules.Accuracy) -> tuple[Any, ...]:
    shares = (one.median_error, one.coverage, one.bias)
    return one.count, one.settled, *("–" if share is None else f"{share * 100:.1f} %" for share in shares)
