"""What is typed about transfers in the back office."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest

from apps.core.admin_forms import LinesField, RefusableForm, refuse, without_nul
from apps.core.exceptions import DomainError, FieldError
from apps.core.ids import new_id
from apps.inventory import rules, services
from apps.inventory.models import Transfer, TransferLine
from apps.inventory.rules import serials

MOST_SERIALS = 1000


def _serials(label: str) -> LinesField:
    widget = forms.Textarea(attrs={"rows": 2, "cols": 20, "dir": "auto"})
    return LinesField(most=MOST_SERIALS, longest=serials.LONGEST, widget=widget, label=label, help_text="One a line.")


class TransferForm(RefusableForm):
    once = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)

    class Meta:
        model = Transfer
        fields = ["from_branch", "to_branch", "notes"]
        widgets = {"notes": forms.Textarea(attrs={"rows": 2, "dir": "auto"})}


class TransferLineForm(forms.ModelForm):
    quantity = forms.IntegerField(min_value=1, max_value=rules.LARGEST_QUANTITY)
    serial_numbers = _serials("Serial numbers")

    class Meta:
        model = TransferLine
        fields = ["item", "quantity", "serial_numbers"]


class BaseTransferLines(forms.BaseInlineFormSet):
    """The lines of a draft, read from their forms; the service writes them."""

    def requests(self) -> list[services.TransferLineRequest]:
        given = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return [
            services.TransferLineRequest(line["item"].pk, line["quantity"], line["serial_numbers"])
            for line in given
            if line.get("item")
        ]


class CancelForm(forms.Form):
    reason = forms.CharField(
        max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text="Needed for what has been sent: it is written on the way back.",
    )  # fmt: skip


class ArrivalForm(forms.Form):
    """What has arrived of one line."""

    received = forms.IntegerField(min_value=0, max_value=rules.LARGEST_QUANTITY, required=False)
    missing = forms.IntegerField(
        min_value=0, max_value=rules.LARGEST_QUANTITY, required=False, help_text="Sent, and will never arrive."
    )
    surplus = forms.IntegerField(
        min_value=0, max_value=rules.LARGEST_QUANTITY, required=False, help_text="Arrived, and nobody had sent them."
    )
    reason = forms.CharField(
        max_length=300, required=False, widget=forms.TextInput(attrs={"dir": "auto"}), help_text="Of a difference."
    )
    serials = _serials("Received numbers")
    missing_serials = _serials("Missing numbers")
    surplus_serials = _serials("Surplus numbers")

    def __init__(self, line: TransferLine, data: Mapping[str, Any] | None) -> None:
        super().__init__(data, prefix=f"line{line.position}")
        self.line = line
        self.initial = {"received": line.outstanding, "missing": 0, "surplus": 0, "serials": line.serial_numbers}
        if not line.item.tracks_serials:
            for name in ("serials", "missing_serials", "surplus_serials"):
                del self.fields[name]

    def arrival(self) -> services.Arrival | None:
        """What was typed; ``None`` where nothing has arrived."""
        given = self.cleaned_data
        arrival = services.Arrival(
            self.line.pk,
            given["received"] or 0,
            given["missing"] or 0,
            given["surplus"] or 0,
            given["reason"],
            # Those that stand there from the beginning, where nothing was received.
            given.get("serials", []) if given["received"] else [],
            given.get("missing_serials", []),
            given.get("surplus_serials", []),
        )
        return arrival if arrival.received + arrival.missing + arrival.surplus else None


class ReceiptForm(forms.Form):
    """One delivery of a transfer, with a form for each line that is under way."""

    # The page that is sent twice is one receipt.
    receipt_id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    notes = forms.CharField(
        max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}), label="Notes"
    )

    def __init__(self, lines: Iterable[TransferLine], request: HttpRequest) -> None:
        data: Mapping[str, Any] | None = None
        if request.method == "POST":
            data = {name: without_nul(str(value)) for name, value in request.POST.items()}
        super().__init__(data)
        forms = [ArrivalForm(line, data) for line in lines]
        # What was sent has a form for each line that it names, so that the same receipt is known when it comes again.
        self.lines = [
            form for form in forms if (form.add_prefix("received") in data if data else form.line.outstanding)
        ]

    def is_valid(self) -> bool:
        found = [form.is_valid() for form in self.lines]
        if not (super().is_valid() and all(found)):
            return False
        if not self._filled():
            self.add_error(None, "Say of at least one line what has arrived.")
        return not self.errors

    def receipt(self) -> services.ReceiptRequest:
        """The delivery as the service takes it."""
        arrivals = [arrival for _, arrival in self._filled()]
        return services.ReceiptRequest(self.cleaned_data["receipt_id"], arrivals, self.cleaned_data["notes"])

    def refuse(self, refusal: DomainError) -> None:
        """Say what the service refused at the lines that it names."""
        filled = [form for form, _ in self._filled()]
        for detail in refusal.details or [FieldError("", "", refusal.message)]:
            name, _, rest = detail.field.partition(".")
            number, _, field = rest.partition(".")
            if name == "lines" and number.isdigit() and int(number) < len(filled):
                refuse(filled[int(number)], type(refusal)(detail.message, [FieldError(field, "", detail.message)]))
            else:
                self.add_error(None, detail.message)

    def _filled(self) -> list[tuple[ArrivalForm, services.Arrival]]:
        found = [(form, form.arrival()) for form in self.lines]
        return [(form, arrival) for form, arrival in found if arrival is not None]
