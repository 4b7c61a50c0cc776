"""Invoices and credit notes in the back office: to be read, and taken back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from apps.accounts.rules import Right
from apps.audit.recorded_admin import HistoryAdmin
from apps.core import money
from apps.core.actor import Actor
from apps.core.admin_base import ScopedFilter, Table, money_column
from apps.core.admin_site import actor_of, site
from apps.repairs import selectors, services
from apps.repairs.events import InvoiceEvent
from apps.repairs.models import Invoice

NET, TAX, TOTAL = money_column("net_total", "net"), money_column("tax_total", "tax"), money_column("total", "total")


class CreditForm(forms.Form):
    """Why all that is left of the chosen invoices is taken back."""

    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))


@admin.register(Invoice, site=site)
class InvoiceAdmin(HistoryAdmin):
    """Invoices are issued for orders, and never changed: what was wrong is taken back by a credit note."""

    reads = Right.PAYMENTS_READ
    aggregate = InvoiceEvent.aggregate
    list_display = ["number", "kind", "branch", "issued_on", NET, TAX, TOTAL, "corrects"]
    list_filter = ["kind", ("branch", ScopedFilter)]
    list_select_related = ["branch", "corrects"]
    search_help_text = "Number"
    fields = ["number", "kind", "branch", "issued_on", "corrects", "reason", NET, TAX, TOTAL, "prices_include_tax",
              "drop_off", "actor_label", "created_at"]  # fmt: skip
    readonly_fields = [NET, TAX, TOTAL]
    ordering = ["-created_at", "-id"]
    date_hierarchy = "issued_on"
    actions = ["credit"]
    pages = {"credit": "credit_page"}

    def records(self, actor: Actor) -> QuerySet[Invoice]:
        return selectors.invoices_visible_to(actor)

    def links(self, request: HttpRequest, record: Invoice) -> list[tuple[str, str]]:
        return [("Take back", self.page_address("credit_page", [record.pk]))]

    def tables(self, request: HttpRequest, record: Invoice) -> list[Table]:
        return [_lines(record), _credit_notes(record)]

    @admin.action(description="Take back …", permissions=["view"])
    def credit(self, request: HttpRequest, invoices: QuerySet[Invoice]) -> HttpResponse | None:
        return self.page_for(request, "credit_page", invoices)

    def credit_page(self, request: HttpRequest) -> HttpResponse:
        invoices = self.chosen(request, Right.PAYMENTS_REFUND)
        form = CreditForm(request.POST or None)
        if form.is_valid():
            actor, reason = actor_of(request), form.cleaned_data["reason"]
            done = self.apply(
                request, invoices, lambda invoice: services.issue_credit_note(invoice.pk, reason, actor=actor)
            )
            return self.to_list(request, done, "taken back by a credit note")
        return self.page(
            request, "admin/action_page.html", "Take back invoices", records=invoices, form=form, button="Take back"
        )


def _lines(invoice: Invoice) -> Table:
    rows: list[tuple[Any, ...]] = [
        (line.order, line.description, line.quantity,
         *(money.text(amount, invoice.currency) for amount in (line.unit_price, line.discount, line.total_price)),
         f"{line.tax_percent.normalize():f} %", money.text(line.tax_amount, invoice.currency))
        for line in invoice.lines.select_related("order")
    ]  # fmt: skip
    return Table("Lines", ("Order", "Text", "Quantity", "Unit price", "Discount", "Total", "Tax rate", "Tax"), rows)


def _credit_notes(invoice: Invoice) -> Table:
    rows: list[tuple[Any, ...]] = [
        (note.number, note.issued_on, TOTAL(note), note.reason, note.actor_label) for note in invoice.credit_notes.all()
    ]
    return Table("Credit notes", ("Number", "On", "Total", "Reason", "Who"), rows)
