"""Changes of many prices in the back office: typed, looked at price by price, then applied, and undone if need be."""

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from apps.accounts.rules import Right
from apps.audit.recorded_admin import HistoryAdmin
from apps.catalog.enums import DeviceType, PartQuality
from apps.core import money
from apps.core.actor import Actor
from apps.core.admin_base import Table, refusal_of
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import actor_of, site
from apps.core.db import retrying
from apps.core.exceptions import DomainError
from apps.pricing.enums import ChangeKind, ChangeStatus, PriceSource
from apps.pricing.models import BulkChange, BulkChangeLine
from apps.pricing.rules import Habit
from apps.pricing.rules.changes import Operation, Selection
from apps.pricing.selectors import changes as selectors
from apps.pricing.services.bulk_changes import ChangeRequest, discard_change, draft_change
from apps.pricing.services.change_steps import apply_change, undo_change

SHOWN_AT_MOST = 500
_ANY = [("", "any")]
_NAMED = ("brand", "repair_type", "part_type", "branch")
_TEXTS = ("device_type", "part_quality", "source", "q")


def _chosen(choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=_ANY + list(choices), required=False)


class ChangeForm(RefusableForm):
    """Which prices, what becomes of them, from when and why."""

    refused_as = {"operation.value": "value"}

    q = forms.CharField(
        max_length=200, required=False, label="Words", help_text="Of the brand, the model, the repair and the part."
    )
    brand: Any = forms.ModelChoiceField(None, required=False, empty_label="any")
    device_type = _chosen(DeviceType.choices)
    repair_type: Any = forms.ModelChoiceField(None, required=False, empty_label="any")
    part_type: Any = forms.ModelChoiceField(None, required=False, empty_label="any")
    part_quality = _chosen(PartQuality.choices)
    branch: Any = forms.ModelChoiceField(
        None, required=False, empty_label="any", help_text="Only the branch's own prices."
    )
    source = _chosen(PriceSource.choices)
    kind = forms.ChoiceField(choices=ChangeKind.choices, label="Change")
    value = forms.DecimalField(
        max_digits=14,
        decimal_places=3,
        required=False,
        help_text="Percent, or an amount; may be negative. Empty for the margin rule.",
    )
    rounding_step = forms.DecimalField(
        max_digits=14,
        decimal_places=3,
        min_value=0,
        required=False,
        help_text="Prices become a multiple of this, such as 5.",
    )
    rounding_ending = forms.DecimalField(
        max_digits=14, decimal_places=3, required=False, help_text="Added after that, such as −0.01 for 4.99."
    )

    class Meta:
        model = BulkChange
        fields = ["valid_from", "reason"]

    def request(self, pk: UUID) -> ChangeRequest:
        """What was typed, as the service takes it."""
        given = self.cleaned_data
        named = {f"{name}_id": given[name].pk for name in _NAMED if given[name]}
        selection = Selection(**named, **{name: given[name] for name in _TEXTS})
        habit = Habit(given["rounding_step"] or money.ZERO, given["rounding_ending"] or money.ZERO)
        operation = Operation(ChangeKind(given["kind"]), given["value"], settings.CURRENCY, habit)
        return ChangeRequest(selection, operation, given["reason"], given["valid_from"], pk)


@admin.register(BulkChange, site=site)
class ChangeAdmin(HistoryAdmin):
    """Changes of many prices. A draft shows what it would do to each."""

    reads = creates = removes = Right.PRICES_WRITE
    form = ChangeForm
    list_display = ["reason", "operation_in_words", "valid_from", "status", "affected", "actor_label", "created_at"]
    list_filter = ["status", "created_at"]
    search_fields = ["reason"]
    search_help_text = "Reason"
    pages = {"apply": "apply_page", "undo": "undo_page"}
    ordering = ["-created_at"]
    shown = ["status", "reason", "operation_in_words", "selection_in_words", "valid_from", "affected", "actor_label",
             "created_at", "applied_at", "undone_at"]  # fmt: skip

    def records(self, actor: Actor) -> QuerySet[BulkChange]:
        return selectors.changes_visible_to(actor)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.status == ChangeStatus.DRAFT)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return [(None, {"fields": self.shown})]
        which = ["q", "brand", "device_type", "repair_type", "part_type", "part_quality", "branch", "source"]
        what = ["kind", "value", "rounding_step", "rounding_ending", "valid_from", "reason"]
        return [("Which prices", {"fields": which}), ("What becomes of them", {"fields": what})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.shown if obj is not None else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None:
            for name, records in selectors.choices_for(actor_of(request)).items():
                field = copy(form.base_fields[name])  # the form's own would be everybody's
                field.queryset = records
                form.base_fields[name] = field
        return form

    @admin.display(description="change")
    def operation_in_words(self, change: BulkChange) -> str:
        said = change.operation
        kind = ChangeKind(said["kind"]).label
        return kind if said["value"] is None else f"{kind}: {said['value']}"

    @admin.display(description="of")
    def selection_in_words(self, change: BulkChange) -> str:
        return selectors.selection_in_words(change)

    def tables(self, request: HttpRequest, record: BulkChange) -> list[Table]:
        lines = selectors.change_lines(record)
        columns = ("Price", "Before", "After", "From", "Until")
        changed = [_row(line) for line in selectors.lines_that(lines, "changed")[:SHOWN_AT_MOST]]
        titles = {"skipped": "Not changed", "kept": "Left as it is, although the change was undone"}
        return [
            Table("Prices", columns, changed),
            *(
                Table(title, ("Price", "Is", "Why"), [_why(line) for line in rows])
                for what, title in titles.items()
                if (rows := list(selectors.lines_that(lines, what)[:SHOWN_AT_MOST]))
            ),
        ]

    def links(self, request: HttpRequest, record: BulkChange) -> list[tuple[str, str]]:
        pages: dict[str, list[tuple[str, str]]] = {
            ChangeStatus.DRAFT: [("Apply", "apply_page")] if record.affected else [],
            ChangeStatus.APPLIED: [("Undo", "undo_page")],
        }
        return [(words, self.page_address(page, [record.pk])) for words, page in pages.get(record.status, [])]

    # --- what is done to them ---------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: BulkChange, form: Any, change: bool) -> None:
        draft_change(form.request(obj.pk), actor=actor_of(request))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        self.message_user(request, "Nothing is changed yet. Look at the prices, then apply.", messages.INFO)
        return HttpResponseRedirect(reverse(f"admin:{self._route('change')}", args=[obj.pk]))

    def delete_model(self, request: HttpRequest, obj: BulkChange) -> None:
        discard_change(obj.pk, actor=actor_of(request))

    def apply_page(self, request: HttpRequest) -> HttpResponse:
        """Confirm that the change is applied."""
        advice = "Prices of before end on the day before it begins; others take their place."
        return self._confirm(request, apply_change, "Apply", "The prices are changed.", advice)

    def undo_page(self, request: HttpRequest) -> HttpResponse:
        """Confirm that the change is undone."""
        advice = "Every price becomes what it was. What somebody has changed since is left as it is."
        return self._confirm(request, undo_change, "Undo", "The prices are what they were.", advice)

    def _confirm(
        self, request: HttpRequest, work: Callable[..., object], words: str, done: str, advice: str
    ) -> HttpResponse:
        records = list(self.chosen(request, Right.PRICES_WRITE)[:1])
        if request.method != "POST":
            return self.page(
                request,
                "admin/action_page.html",
                words,
                records=records,
                advice=advice,
                button=words,
                form=forms.Form(),
            )
        if not records:
            return self.to_list(request, 0, "changed")
        try:
            retrying(partial(work, records[0].pk, actor=actor_of(request)))
            self.message_user(request, done, messages.SUCCESS)
        except (DomainError, DatabaseError) as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            self.message_user(request, refusal.message, messages.ERROR)
        return HttpResponseRedirect(reverse(f"admin:{self._route('change')}", args=[records[0].pk]))


def _row(line: BulkChangeLine) -> tuple[Any, ...]:
    before, after = line.before, line.after
    amounts = (f"{state['price']} {state['currency']}" for state in (before, after))
    return before["label"], *amounts, after["valid_from"], after["valid_until"] or "–"


def _why(line: BulkChangeLine) -> tuple[Any, ...]:
    return line.before["label"], f"{line.before['price']} {line.before['currency']}", line.kept_because
