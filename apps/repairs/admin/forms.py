"""What is typed about orders in the back office."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.core.admin_forms import LinesField, RefusableForm
from apps.repairs import rules
from apps.repairs.enums import OrderStatus
from apps.repairs.models import RepairOrder
from apps.repairs.rules import Transition

_AS_SERVICE = {"customer": "customer_id", "device_model": "device_model_id"}


class OrderForm(RefusableForm):
    """What was written down at the intake; everything else about an order has rules."""

    device_imei = forms.CharField(required=False, max_length=30, label="Device IMEI")  # with spaces or dashes
    accessories = LinesField(most=50, longest=100)

    class Meta:
        model = RepairOrder
        fields = [
            "customer", "device_model", "device_imei", "device_serial", "priority", "issue_description",
            "cosmetic_condition", "accessories", "estimated_completion",
        ]  # fmt: skip

    def clean_device_imei(self) -> str:
        try:
            return rules.bare_imei(self.cleaned_data["device_imei"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def given(self) -> dict[str, Any]:
        """What was typed that differs, as ``services.edit_order`` takes it."""
        return {
            _AS_SERVICE.get(name, name): self.cleaned_data[name].pk if name in _AS_SERVICE else self.cleaned_data[name]
            for name in self.changed_data
        }


class ExpectedField(forms.CharField):
    """Where each order stood when the page was shown: ``id=status`` pairs."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> dict[UUID, OrderStatus]:
        try:
            pairs = (pair.split("=") for pair in super().clean(value).split(","))
            return {UUID(order_id): OrderStatus(status) for order_id, status in pairs}
        except ValueError:
            raise forms.ValidationError("This page is damaged; open it again.", code="invalid") from None


class StatusForm(forms.Form):
    """One status for all the chosen orders."""

    to = forms.ChoiceField(label="New status")
    note = forms.CharField(
        label="Note for the history",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    notify = forms.BooleanField(label="Tell the customers", required=False, initial=True)
    expected = ExpectedField()

    def __init__(self, moves: Mapping[RepairOrder, Iterable[Transition]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moves = moves
        reachable = {move.to for found in moves.values() for move in found}
        self.fields["to"].choices = [("", "–")] + [  # type: ignore[attr-defined]
            (status.value, status.label) for status in OrderStatus if status in reachable or self.is_bound
        ]
        self.fields["expected"].initial = ",".join(f"{order.pk}={order.status}" for order in moves)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wanted = cleaned.get("to")
        reasons = [
            order for order, found in self.moves.items() for move in found if move.to == wanted and move.needs_reason
        ]
        if reasons and not cleaned.get("note", "").strip() and "note" not in self.errors:
            self.add_error("note", f"{reasons[0]} needs a reason for this step.")
        return cleaned


class AssignForm(forms.Form):
    """Somebody who works at the branch, or nobody."""

    def __init__(self, workers: QuerySet[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["technician"] = forms.ModelChoiceField(
            workers, required=False, empty_label="nobody", label="Assign to"
        )

    def chosen_id(self) -> UUID | None:
        worker: User | None = self.cleaned_data["technician"]
        return worker.pk if worker else None
