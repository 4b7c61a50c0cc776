"""Labels of chosen items, from the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.accounts.rules import Right
from apps.core.admin_base import BackOfficeAdmin
from apps.core.admin_forms import refuse
from apps.core.api.files import attachment
from apps.core.exceptions import DomainError
from apps.inventory.rules import labels as rules
from apps.inventory.services.labels import LabelRequest, labels


class LabelForm(forms.Form):
    """How the labels look, and how many there are of each item."""

    size = forms.ChoiceField(choices=[(size.name, size.words) for size in rules.SIZES.values()])
    code = forms.ChoiceField(choices=[(rules.BARCODE, "Barcode"), (rules.QR, "QR code")])
    copies = forms.IntegerField(min_value=1, max_value=rules.MOST_LABELS, initial=1, help_text="Of each item.")
    start = forms.IntegerField(
        min_value=1, max_value=100, initial=1, help_text="The first free label of a sheet that was used in part."
    )
    price = forms.BooleanField(required=False, initial=True)


class LabelAdmin(BackOfficeAdmin):
    """Mixed into the list of items."""

    pages = {"labels": "label_page"}

    @admin.action(description="Print labels", permissions=["view"])
    def print_labels(self, request: HttpRequest, records: QuerySet[Any]) -> HttpResponseBase | None:
        return self.page_for(request, "label_page", records)

    def label_page(self, request: HttpRequest) -> HttpResponseBase:
        items = list(self.chosen(request, Right.ITEMS_READ))
        form = LabelForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            lines = [(item.pk, given["copies"]) for item in items]
            try:
                wanted = LabelRequest(lines, given["size"], given["code"], given["price"], given["start"])
                return attachment(labels(wanted), "labels.pdf", "application/pdf")
            except DomainError as refusal:
                refuse(form, refusal)
        return self.page(
            request, "admin/action_page.html", "Print labels", records=items, form=form, button="Print",
            advice="Bars that would be too narrow for a label are printed as a QR code.",
        )  # fmt: skip
