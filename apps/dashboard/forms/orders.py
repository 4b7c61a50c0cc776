"""The shapes of what is typed about orders. Whether it may be done is for the services to say."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from apps.accounts.models import User
from apps.core import phones
from apps.core.admin_forms import EmailField
from apps.core.exceptions import DomainError, NotFound
from apps.core.ids import is_record_id, new_id
from apps.dashboard.selectors import Offer, available
from apps.inventory.models import Branch, Item
from apps.inventory.selectors import items_with_code
from apps.repairs import rules
from apps.repairs.enums import NoteVisibility, OrderStatus, PaymentKind, PaymentMethod, Priority
from apps.repairs.services import LineRequest

_MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 3, "min_value": Decimal(0)}


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


def _text(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **attrs})


def _money() -> forms.TextInput:
    # Not a number field: those change their value under a mouse wheel, and refuse a comma without saying so.
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "money"})


class OnceField(forms.UUIDField):
    """The id of what a form will make, chosen when the form is shown: sent twice, the form still makes one thing."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, initial=new_id)

    def clean(self, value: Any) -> UUID:
        found: UUID = super().clean(value)
        if not is_record_id(found):
            raise forms.ValidationError("This form is damaged; open the page again.")
        return found


class PageForm(forms.Form):
    """A form that can say why a service refused it."""

    use_required_attribute = True
    field_names: dict[str, str] = {}  # the contract's name of a field to the one here, where they differ

    def refuse(self, refusal: DomainError) -> None:
        """Put the refusal where the reader will look for it: at the field that it names, else above the form."""
        named = [(self._own_name(detail.field), detail.message) for detail in refusal.details]
        for name, message in named or [(None, refusal.message)]:
            self.add_error(name, message)

    def renew(self) -> None:
        """Give what is sent again an id of its own."""
        data: Any = self.data
        self.data = {**data.dict(), "id": str(new_id())}

    def _own_name(self, contract_name: str) -> str | None:
        name = self.field_names.get(contract_name, contract_name)
        return name if name in self.fields else None


class SerialsForm(PageForm):
    reservation = forms.UUIDField(widget=forms.HiddenInput)
    serials = forms.CharField(
        label="Serial numbers", max_length=4000, required=False,
        widget=_text(autocapitalize="characters", spellcheck="false"),
    )  # fmt: skip


class StatusForm(PageForm):
    to = forms.ChoiceField(choices=OrderStatus.choices, widget=forms.HiddenInput)
    expected = forms.ChoiceField(choices=OrderStatus.choices, widget=forms.HiddenInput)
    note = forms.CharField(label="Note for the history", max_length=1000, required=False, widget=_area(2))
    field_names = {"notes": "note"}

    def clean_to(self) -> OrderStatus:
        return OrderStatus(self.cleaned_data["to"])

    def clean_expected(self) -> OrderStatus:
        return OrderStatus(self.cleaned_data["expected"])


class NoteForm(PageForm):
    id = OnceField()
    text = forms.CharField(label="Note", max_length=2000, widget=_area(3))
    visibility = forms.ChoiceField(
        label="Who reads it", choices=[(NoteVisibility.INTERNAL, "the shop"), (NoteVisibility.CUSTOMER, "the customer")]
    )


class PaymentForm(PageForm):
    id = OnceField()
    amount = forms.DecimalField(label="Amount", max_digits=14, decimal_places=3, widget=_money())
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


class CustomerForm(PageForm):
    id = OnceField()
    first_name = forms.CharField(label="First name", max_length=100, widget=_text())
    last_name = forms.CharField(label="Last name", max_length=100, widget=_text())
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
    device_imei = forms.CharField(label="IMEI", max_length=30, required=False, widget=_text(inputmode="numeric"))
    device_serial = forms.CharField(label="Serial number", max_length=60, required=False, widget=_text())
    device_password = forms.CharField(
        label="Device password", max_length=200, required=False, strip=False, widget=_text(),
        help_text="Kept encrypted, shown to the technician, wiped at hand-over.",
    )  # fmt: skip
    issue_description = forms.CharField(label="What is wrong?", max_length=2000, widget=_area(3))
    cosmetic_condition = forms.CharField(label="Condition", max_length=500, required=False, widget=_text())
    accessories = forms.CharField(
        label="Handed in with it", max_length=500, required=False, widget=_text(placeholder="charger, case")
    )
    priority = forms.ChoiceField(label="Priority", choices=Priority.choices)
    estimated_completion = forms.DateTimeField(
        label="Promised for",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    deposit = forms.DecimalField(label="Deposit paid now", required=False, widget=_money(), **_MONEY)
    other_repair = forms.ChoiceField(label="Another repair", required=False)
    other_price = forms.DecimalField(label="Price", required=False, widget=_money(), **_MONEY)
    other_part = forms.CharField(label="Part: SKU or barcode", max_length=80, required=False, widget=_text())
    field_names = {
        "issueDescription": "issue_description", "depositPaid": "deposit",
        "deviceImei": "device_imei", "deviceSerial": "device_serial",
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
            self.fields[f"offer_{offer.price.pk.hex}"] = forms.BooleanField(required=False, label=str(offer.price))
            if offer.price.part_type_id is None:
                continue
            self.fields[f"part_{offer.price.pk.hex}"] = forms.ChoiceField(
                label="Part", required=False, choices=choices, initial=str(offer.part.pk) if offer.part else ""
            )

    @property
    def other_is_filled(self) -> bool:
        """Whether the free line must be seen, because there is something in it."""
        return any(self.data.get(name) for name in ("other_repair", "other_price", "other_part"))

    def offer_rows(self) -> list[tuple[Offer, forms.BoundField, forms.BoundField | None]]:
        """Each offer with its box, and its choice of parts if it needs one."""
        rows = []
        for offer in self.offers:
            part = f"part_{offer.price.pk.hex}"
            rows.append((offer, self[f"offer_{offer.price.pk.hex}"], self[part] if part in self.fields else None))
        return rows

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
        if not self.errors and not self.lines():
            self.add_error(None, "Choose at least one repair.")
        return cleaned

    def lines(self) -> list[LineRequest]:
        """The lines that were chosen, priced as they were shown."""
        cleaned = self.cleaned_data
        lines = [
            LineRequest(
                repair_type_id=offer.price.repair_type_id,
                part_type_id=offer.price.part_type_id,
                unit_price=offer.price.price,
                item_id=UUID(part) if (part := cleaned.get(f"part_{offer.price.pk.hex}")) else None,
            )
            for offer in self.offers
            if cleaned.get(f"offer_{offer.price.pk.hex}")
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
