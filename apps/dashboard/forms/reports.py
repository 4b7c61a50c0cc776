"""The shape of what is asked for on the page of reports."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from apps.dashboard.forms.fields import OnceField, PageForm
from apps.inventory.models import Branch
from apps.reports.enums import Period


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReportForm(PageForm):
    """A period around a day, or a range of days."""

    id = OnceField()
    branch = forms.ChoiceField(label="Branch")
    period = forms.ChoiceField(label="Period", choices=Period.choices, initial=Period.MONTH)
    day = forms.DateField(label="A day of it", required=False, widget=_day())
    first_day = forms.DateField(label="First day of a range", required=False, widget=_day())
    last_day = forms.DateField(label="Last day of a range", required=False, widget=_day())
    field_names = {"branchId": "branch", "firstDay": "first_day", "lastDay": "last_day"}

    def __init__(self, *args: Any, branches: Iterable[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"] = forms.ChoiceField(label="Branch", choices=[(str(one.pk), one.name) for one in branches])

    def clean_branch(self) -> UUID:
        return UUID(self.cleaned_data["branch"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        # Fields that the chosen period has no use for may be left as they were.
        if given.get("period") == Period.RANGE:
            given["day"] = None
        else:
            given["first_day"] = given["last_day"] = None
        return given
