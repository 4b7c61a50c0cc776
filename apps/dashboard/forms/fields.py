"""What the forms of the pages have in common."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from apps.core.exceptions import DomainError
from apps.core.ids import is_record_id, new_id

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 3, "min_value": Decimal(0)}


def area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


def text_input(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **attrs})


def money_input() -> forms.TextInput:
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
