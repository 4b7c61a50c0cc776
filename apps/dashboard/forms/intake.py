"""What the intake asks: who brings a device, what is to be done to it, and how it came in."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from apps.core import phones
from apps.core.admin_forms import EmailField
from apps.core.exceptions import NotFound
from apps.dashboard.forms.fields import MONEY, OnceField, PageForm, area, money_input, text_input
from apps.dashboard.selectors import Offer, available
from apps.inventory.models import Branch, Item
from apps.inventory.selectors import items_with_code
from apps.repairs import rules
from apps.repairs.enums import ActivationLock, PasswordKind, Priority
from apps.repairs.services import LineRequest


class CustomerForm(PageForm):
    id = OnceField()
    first_name = forms.CharField(label="First name", max_length=100, widget=text_input())
    last_name = forms.CharField(label="Last name", max_length=100, widget=text_input())
    phone = forms.CharField(
        label="Phone",
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    email = EmailField(label="E-mail", required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}))

    def clean_phone(self) -> str:
        text: str = self.cleaned_data["phone"]
        if not text:
            return ""
        try:
            return phones.e164(text)
        except ValueError:
            message = f"{phones.NOT_POSSIBLE} Give it with its country code, such as +44 7700 900123."
            raise forms.ValidationError(message) from None


class IntakeForm(PageForm):
    """The last step of an intake: what is to be done to a device of a known model, and how it came in.

    For each offer of the price list there is a box and a choice of parts; beside the list there is one free line.
    """

    id = OnceField()
    device_imei = forms.CharField(label="IMEI", max_length=30, required=False, widget=text_input(inputmode="numeric"))
    device_serial = forms.CharField(label="Serial number", max_length=60, required=False, widget=text_input())
    activation_lock = forms.ChoiceField(
        label="Activation lock", choices=ActivationLock.choices, required=False,
        help_text="Find My, a Google account or the like: with it on, nobody but the owner can use the device.",
    )  # fmt: skip
    device_password_kind = forms.ChoiceField(
        label="The password is", choices=PasswordKind.choices, required=False,
        help_text="A pattern is written by its dots, from 1 at the top left to 9: 1-4-7-8-9.",
    )  # fmt: skip
    device_password = forms.CharField(
        label="Device password", max_length=200, required=False, strip=False, widget=text_input(),
        help_text="Kept encrypted, shown to the technician, wiped at hand-over.",
    )  # fmt: skip
    issue_description = forms.CharField(label="What is wrong?", max_length=2000, widget=area(3))
    cosmetic_condition = forms.CharField(label="Condition", max_length=500, required=False, widget=text_input())
    accessories = forms.CharField(
        label="Handed in with it", max_length=500, required=False, widget=text_input(placeholder="charger, case")
    )
    priority = forms.ChoiceField(label="Priority", choices=Priority.choices)
    estimated_completion = forms.DateTimeField(
        label="Promised for",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    deposit = forms.DecimalField(label="Deposit paid now", required=False, widget=money_input(), **MONEY)
    other_repair = forms.ChoiceField(label="Another repair", required=False)
    other_price = forms.DecimalField(label="Price", required=False, widget=money_input(), **MONEY)
    other_part = forms.CharField(label="Part: SKU or barcode", max_length=80, required=False, widget=text_input())
    field_names = {
        "issueDescription": "issue_description", "depositPaid": "deposit",
        "devicePassword": "device_password", "deviceImei": "device_imei", "deviceSerial": "device_serial",
    }  # fmt: skip

    def __init__(
        self,
        *args: Any,
        offers: Sequence[Offer],
        parts: Sequence[Item],
        repairs: Sequence[tuple[str, str]],
        branch: Branch,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offers, self.branch = offers, branch
        self.fields["other_repair"] = forms.ChoiceField(
            label="Another repair", required=False, choices=[("", "none"), *repairs]
        )
        choices = [("", "no part from stock"), *((str(part.pk), _described(part)) for part in parts)]
        for offer in offers:
            # What the box sends is the price beside it, so that nobody is charged another one than was shown.
            box = forms.CheckboxInput(attrs={"value": str(offer.amount)})
            self.fields[f"offer_{offer.key}"] = forms.BooleanField(
                required=False, label=str(offer.repair_type), widget=box
            )
            if offer.part_type is None:
                continue
            self.fields[f"part_{offer.key}"] = forms.ChoiceField(
                label="Part", required=False, choices=choices, initial=str(offer.part.pk) if offer.part else ""
            )

    @property
    def other_is_filled(self) -> bool:
        """Whether the free line must be seen, because there is something in it."""
        return any(self.data.get(name) for name in ("other_repair", "other_price", "other_part"))

    def listed_rows(self) -> list[tuple[Offer, forms.BoundField, forms.BoundField | None]]:
        """Each offer of the price list with its box, and its choice of parts if it needs one."""
        return self._rows([offer for offer in self.offers if offer.estimate is None])

    def estimated_rows(self) -> list[tuple[Offer, forms.BoundField, forms.BoundField | None]]:
        """Each estimate with its box."""
        return self._rows([offer for offer in self.offers if offer.estimate is not None])

    def _rows(self, offers: Sequence[Offer]) -> list[tuple[Offer, forms.BoundField, forms.BoundField | None]]:
        rows = []
        for offer in offers:
            part = f"part_{offer.key}"
            rows.append((offer, self[f"offer_{offer.key}"], self[part] if part in self.fields else None))
        return rows

    def typed_imei(self) -> str:
        """What stands in the field for the IMEI, if it is one."""
        try:
            return rules.bare_imei(str(self["device_imei"].value() or ""))
        except ValueError:
            return ""

    def typed_serial(self) -> str:
        return str(self["device_serial"].value() or "")[:60].replace("\0", "").strip()

    def clean_device_imei(self) -> str:
        try:
            return rules.bare_imei(self.cleaned_data["device_imei"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_other_part(self) -> UUID | None:
        code = self.cleaned_data["other_part"]
        if not code:
            return None
        try:
            return items_with_code(code).values_list("pk", flat=True)[0]
        except NotFound as refusal:
            raise forms.ValidationError(refusal.message) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wants_other = cleaned.get("other_price") is not None or cleaned.get("other_part")
        if wants_other and not cleaned.get("other_repair"):
            self.add_error("other_repair", "Say which repair the price or the part is for.")
        self._refuse_changed_prices()
        if not self.errors and not self.lines():
            self.add_error(None, "Choose at least one repair.")
        return cleaned

    def _refuse_changed_prices(self) -> None:
        """What was chosen must still be offered, at the price that the page showed."""
        offered = {f"offer_{offer.key}": offer for offer in self.offers}
        if any(name.startswith("offer_") and name not in offered for name in self.data):
            self.add_error(
                None, "A price that you chose has changed or gone meanwhile. Choose again from what is offered."
            )
        for name, offer in offered.items():
            if self.data.get(name) not in {None, "on", str(offer.amount)}:
                message = (
                    f"The price of “{offer.repair_type}” has changed meanwhile. Look at it again before you go on."
                )
                self.add_error(None, message)

    def lines(self) -> list[LineRequest]:
        """The lines that were chosen, priced as they were shown."""
        cleaned = self.cleaned_data
        lines = [
            LineRequest(
                repair_type_id=offer.repair_type.pk,
                part_type_id=offer.part_type.pk if offer.part_type else None,
                # An estimate stays one: it is for the service to take it, and to say how sure it is.
                unit_price=None if offer.estimate else offer.amount,
                item_id=UUID(part) if (part := cleaned.get(f"part_{offer.key}")) else None,
            )
            for offer in self.offers
            if cleaned.get(f"offer_{offer.key}")
        ]
        if cleaned.get("other_repair"):
            other = LineRequest(
                repair_type_id=UUID(cleaned["other_repair"]),
                unit_price=cleaned.get("other_price"),
                item_id=cleaned.get("other_part"),
            )
            lines.append(other)
        return lines

    def _own_name(self, contract_name: str) -> str | None:
        other = {"unitPrice": "other_price", "repairTypeId": "other_repair", "inventoryItemId": "other_part"}
        if contract_name.startswith("items."):
            number, _, field = contract_name.removeprefix("items.").partition(".")
            is_other = number.isdigit() and int(number) == len(self.lines()) - 1 and self.cleaned_data["other_repair"]
            return other.get(field) if is_other else None
        return super()._own_name(contract_name)


def _described(part: Item) -> str:
    return f"{part.name} ({available(part)} available)"
