"""The shapes of what is typed about orders. Whether it may be done is for the services to say."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from apps.accounts.models import User
from apps.dashboard.forms.fields import OnceField, PageForm, area, money_input, text_input
from apps.repairs.enums import NoteVisibility, OrderStatus, PaymentKind, PaymentMethod


class SerialsForm(PageForm):
    reservation = forms.UUIDField(widget=forms.HiddenInput)
    serials = forms.CharField(
        label="Serial numbers", max_length=4000, required=False,
        widget=text_input(autocapitalize="characters", spellcheck="false"),
    )  # fmt: skip


class StatusForm(PageForm):
    to = forms.ChoiceField(choices=OrderStatus.choices, widget=forms.HiddenInput)
    expected = forms.ChoiceField(choices=OrderStatus.choices, widget=forms.HiddenInput)
    note = forms.CharField(label="Note for the history", max_length=1000, required=False, widget=area(2))
    field_names = {"notes": "note"}

    def clean_to(self) -> OrderStatus:
        return OrderStatus(self.cleaned_data["to"])

    def clean_expected(self) -> OrderStatus:
        return OrderStatus(self.cleaned_data["expected"])


class NoteForm(PageForm):
    id = OnceField()
    text = forms.CharField(label="Note", max_length=2000, widget=area(3))
    visibility = forms.ChoiceField(
        label="Who reads it", choices=[(NoteVisibility.INTERNAL, "the shop"), (NoteVisibility.CUSTOMER, "the customer")]
    )


class PaymentForm(PageForm):
    id = OnceField()
    amount = forms.DecimalField(label="Amount", max_digits=14, decimal_places=3, widget=money_input())
    method = forms.ChoiceField(label="Paid by", choices=PaymentMethod.choices)
    kind = forms.ChoiceField(
        label="As", choices=[(PaymentKind.PAYMENT, "payment"), (PaymentKind.DEPOSIT, "deposit")], required=False
    )


class AssignForm(PageForm):
    """Gives an order to one of ``colleagues``, or to nobody."""

    technician = forms.ChoiceField(label="Assigned to", required=False)
    field_names = {"technicianId": "technician"}

    def __init__(self, *args: Any, colleagues: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(user.pk), user.get_full_name()) for user in colleagues]
        self.fields["technician"] = forms.ChoiceField(
            label="Assigned to", required=False, choices=[("", "nobody"), *names]
        )

    def clean_technician(self) -> UUID | None:
        chosen = self.cleaned_data["technician"]
        return UUID(chosen) if chosen else None
