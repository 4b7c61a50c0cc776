"""The shapes of what is scanned and typed while stock is counted."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from apps.core.exceptions import NotFound
from apps.dashboard.forms import OnceField, PageForm
from apps.inventory.models import Branch, Category
from apps.inventory.rules import LARGEST_QUANTITY
from apps.inventory.selectors import items_with_code

LEAVE, ZERO = "leave", "zero"


def _scanned(**attrs: str) -> forms.TextInput:
    # Scanners type: nothing may be completed, corrected or capitalised for them.
    fixed = {"autocomplete": "off", "autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}
    return forms.TextInput(attrs={**fixed, "dir": "auto", **attrs})


class StartForm(PageForm):
    """Starts a count at one of ``branches``, of everything or of one of ``categories``."""

    id = OnceField()
    branch = forms.ChoiceField(label="Branch")
    category = forms.ChoiceField(label="What is counted", required=False)
    is_blind = forms.BooleanField(label="Don’t show what is expected to those who count", required=False)
    field_names = {"branchId": "branch", "categoryId": "category", "isBlind": "is_blind"}

    def __init__(self, *args: Any, branches: Iterable[Branch], categories: Iterable[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"] = forms.ChoiceField(label="Branch", choices=[(str(one.pk), one.name) for one in branches])
        choices = [("", "the whole branch"), *((str(one.pk), one.name) for one in categories)]
        self.fields["category"] = forms.ChoiceField(label="What is counted", required=False, choices=choices)

    def clean_branch(self) -> UUID:
        return UUID(self.cleaned_data["branch"])

    def clean_category(self) -> UUID | None:
        chosen = self.cleaned_data["category"]
        return UUID(chosen) if chosen else None


class ScanForm(PageForm):
    """One scan. What was scanned wrongly is not shown again: the next scan would be typed behind it."""

    id = OnceField()
    code = forms.CharField(
        label="Scan or type a code", max_length=100, widget=_scanned(autofocus="", enterkeyhint="done")
    )


class UnitForm(PageForm):
    """A unit with a number that nobody knows yet, or whose item was scanned instead."""

    id = OnceField()
    item_code = forms.CharField(label="Item: SKU or barcode", max_length=80, widget=_scanned())
    serial_number = forms.CharField(label="Serial number", max_length=100, widget=_scanned(enterkeyhint="done"))
    field_names = {"serialNumber": "serial_number", "code": "item_code"}

    def clean_item_code(self) -> UUID:
        try:
            return items_with_code(self.cleaned_data["item_code"]).values_list("pk", flat=True)[0]
        except NotFound as refusal:
            raise forms.ValidationError(refusal.message) from None


class LineForm(PageForm):
    """Corrects what was counted on a line."""

    id = OnceField()
    line = forms.UUIDField(widget=forms.HiddenInput)


class TotalForm(LineForm):
    total = forms.IntegerField(
        label="Counted in all",
        min_value=0,
        max_value=LARGEST_QUANTITY,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "pattern": "[0-9]*", "autocomplete": "off", "size": "6"}),
    )
    field_names = {"countedQuantity": "total"}


class PostForm(PageForm):
    """Posts what the page has shown; ``seen`` says which state of the count that was."""

    uncounted = forms.ChoiceField(choices=[(LEAVE, LEAVE), (ZERO, ZERO)], widget=forms.HiddenInput)
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
