"""What is typed about purchase orders in the back office."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest

from apps.core.actor import Actor
from apps.core.admin_forms import LinesField, RefusableForm, refuse, without_nul
from apps.core.exceptions import DomainError, FieldError, ReferenceMissing
from apps.core.ids import new_id
from apps.inventory import rules
from apps.inventory.models import PurchaseLine, PurchaseOrder, PurchaseReceipt
from apps.inventory.registry import order_numbered
from apps.inventory.rules import serials
from apps.inventory.services.purchasing import PurchaseLineRequest, ReceiptRequest, ReceivedLine

MOST_SERIALS = 1000


def _cost(**kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(required=False, min_value=0, max_digits=14, decimal_places=3, **kwargs)


def _rate(**kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(min_value=Decimal("0.00000001"), max_digits=18, decimal_places=8, **kwargs)


def _notes() -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 2, "dir": "auto"})


class PurchaseForm(RefusableForm):
    once = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    # Without an initial value: the default of the column would be taken for a rate of 1.
    exchange_rate = _rate(
        required=False,
        help_text="What one unit of the supplier's currency costs in the branch's; only where they differ.",
    )

    class Meta:
        model = PurchaseOrder
        fields = ["supplier", "branch", "exchange_rate", "supplier_reference", "expected_on", "notes"]
        widgets = {"notes": _notes()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = self.instance
        if order._state.adding or order.currency == order.branch.currency:
            self.initial.pop("exchange_rate", None)  # not to be taken along to a supplier who reckons otherwise

    def given(self) -> dict[str, Any]:
        """What was typed, as a ``PurchaseRequest`` takes it."""
        typed = self.cleaned_data
        plain = {name: typed[name] for name in ("exchange_rate", "supplier_reference", "expected_on", "notes")}
        return {"supplier_id": typed["supplier"].pk, "branch_id": typed["branch"].pk, **plain}


class PurchaseLineForm(forms.ModelForm):
    quantity = forms.IntegerField(min_value=1, max_value=rules.LARGEST_QUANTITY)
    unit_cost = _cost(help_text="In the supplier's currency; if empty, what its list says.")
    repair_order = forms.CharField(
        required=False, max_length=60, label="For repair order", help_text="Its number, if one waits for the part."
    )

    class Meta:
        model = PurchaseLine
        fields = ["item", "quantity", "unit_cost"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial.pop("unit_cost", None)
        self.fields["repair_order"].initial = self.instance.repair_order_number


class BasePurchaseLines(forms.BaseInlineFormSet):
    """The lines of a draft, read from their forms; the service writes them."""

    def requests(self, actor: Actor) -> list[PurchaseLineRequest]:
        kept = [form for form in self.forms if form.cleaned_data.get("item") and not form.cleaned_data.get("DELETE")]
        return [self._request(form, number, actor) for number, form in enumerate(kept)]

    def _request(self, form: Any, number: int, actor: Actor) -> PurchaseLineRequest:
        typed, line = form.cleaned_data, form.instance
        return PurchaseLineRequest(
            typed["item"].pk,
            typed["quantity"],
            typed["unit_cost"],
            _order(typed["repair_order"].strip(), line, number, actor),
            None if line._state.adding else line.pk,
        )


def _order(typed: str, line: PurchaseLine, number: int, actor: Actor) -> UUID | None:
    if not typed:
        return None
    if typed == line.repair_order_number:
        return line.repair_order_id
    found = order_numbered(typed, actor)
    if found is None:
        raise ReferenceMissing.on(f"lines.{number}.repairOrderId", f"repair order as {typed}")
    return found


class OrderingForm(forms.Form):
    """What the supplier has answered."""

    supplier_reference = forms.CharField(required=False, max_length=100)
    expected_on = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))


class CancelForm(forms.Form):
    reason = forms.CharField(required=False, max_length=1000, widget=_notes())


class ReverseForm(forms.Form):
    """One delivery that was booked by mistake, and why it was."""

    def __init__(self, receipts: Iterable[PurchaseReceipt], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), f"{one.created_at:%Y-%m-%d %H:%M} {one.delivery_note}".strip()) for one in receipts]
        self.fields["receipt"] = forms.ChoiceField(choices=choices, widget=forms.RadioSelect, label="Delivery")
        self.fields["notes"] = forms.CharField(max_length=1000, widget=_notes(), label="Why")


class ArrivalForm(forms.Form):
    """What has come of one line."""

    quantity = forms.IntegerField(min_value=0, max_value=rules.LARGEST_QUANTITY, required=False, label="Came")
    unit_cost = _cost(help_text="If it is not what was ordered.")
    serials = LinesField(
        most=MOST_SERIALS,
        longest=serials.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 20, "dir": "auto"}),
        label="Serial numbers",
        help_text="One a line.",
    )

    def __init__(self, line: PurchaseLine, data: Mapping[str, Any] | None) -> None:
        super().__init__(data, prefix=f"line{line.position}", initial={"quantity": line.outstanding})
        self.line = line
        if not line.item.tracks_serials:
            del self.fields["serials"]

    def arrival(self) -> ReceivedLine | None:
        """What was typed; ``None`` where nothing has come."""
        typed = self.cleaned_data
        if not typed.get("quantity"):
            return None
        return ReceivedLine(self.line.pk, typed["quantity"], typed["unit_cost"], typed.get("serials", ()))


class ReceiptForm(forms.Form):
    """One delivery, with a form for each line of which units are still to come."""

    # The page that is sent twice is one receipt.
    receipt_id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    delivery_note = forms.CharField(required=False, max_length=100)
    notes = forms.CharField(required=False, max_length=1000, widget=_notes())

    def __init__(self, lines: Iterable[PurchaseLine], request: HttpRequest) -> None:
        data: Mapping[str, Any] | None = None
        if request.method == "POST":
            data = {name: without_nul(str(value)) for name, value in request.POST.items()}
        super().__init__(data)
        found = [ArrivalForm(line, data) for line in lines]
        # What was sent has a form for each line that it names, so that the same receipt is known when it comes again.
        self.lines = [
            form for form in found if (form.add_prefix("quantity") in data if data else form.line.outstanding)
        ]

    def is_valid(self) -> bool:
        found = [form.is_valid() for form in self.lines]
        if not (super().is_valid() and all(found)):
            return False
        if not self._filled():
            self.add_error(None, "Say of at least one line what has come.")
        return not self.errors

    def receipt(self) -> ReceiptRequest:
        """The delivery as the service takes it."""
        typed = self.cleaned_data
        arrivals = [arrival for _, arrival in self._filled()]
        return ReceiptRequest(arrivals, typed["delivery_note"], typed["notes"], typed["receipt_id"])

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

    def _filled(self) -> list[tuple[ArrivalForm, ReceivedLine]]:
        found = [(form, form.arrival()) for form in self.lines]
        return [(form, arrival) for form, arrival in found if arrival is not None]


class RatesForm(forms.Form):
    """What the suppliers' currencies cost in the branch's."""

    def __init__(self, currencies: Iterable[str], own: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currencies = sorted(set(currencies) - {own})
        for currency in self.currencies:
            self.fields[f"rate_{currency}"] = _rate(label=f"{own} for one {currency}")

    def rates(self) -> dict[str, Decimal]:
        return {currency: self.cleaned_data[f"rate_{currency}"] for currency in self.currencies}
