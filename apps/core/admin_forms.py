"""Forms of the back office that can say why a service refused them."""

import re
from typing import Any, ClassVar

from django import forms

from apps.core import emails, phones
from apps.core.exceptions import DomainError

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_SCREEN = re.compile("[\0\ud800-\udfff]")


def refuse(form: forms.BaseForm, refusal: DomainError) -> None:
    """Put the refusal where the reader will look for it: at the field that it names, else above the form."""
    named = [(_own_name(form, detail.field), detail.message) for detail in refusal.details]
    for name, message in named or [(None, refusal.message)]:
        form.add_error(name, message)


def without_nul(text: str) -> str:
    """``text`` as a database takes it."""
    return _SCREEN.sub("", text)


def _own_name(form: forms.BaseForm, contract_name: str) -> str | None:
    """``validUntil`` → ``valid_until``, ``toBranchId`` → ``to_branch``: the contract's name of a field as it is here."""
    name = _CAPITAL.sub("_", contract_name).lower()
    candidates = (getattr(form, "refused_as", {}).get(name), name, name.removesuffix("_id"))
    return next((found for found in candidates if found in form.fields), None)


class RefusableForm(forms.ModelForm):
    """A form of a record; after a refusal it is made again with what was typed and ``refusal`` as its error.

    ``refused_as`` names fields of the contract that are called otherwise here. ``check`` asks the pure rules beforehand:
    what they refuse is said in their words, before Django asks the constraints of the table and says it in its own.
    """

    refusal: ClassVar[DomainError | None] = None
    refused_as: ClassVar[dict[str, str]] = {}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal is not None:
            refuse(self, self.refusal)
        elif not self.errors:
            try:
                self.check(self.cleaned_data)
            except DomainError as refusal:
                refuse(self, refusal)
        return cleaned

    def check(self, given: dict[str, Any]) -> None:
        """Raises what the rules raise for what was typed."""


class PhoneField(forms.CharField):
    """A phone number, normalised to E.164; other forms need ``settings.PHONE_REGION``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 32, **kwargs})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return text
        try:
            return phones.e164(text)
        except ValueError as error:
            raise forms.ValidationError(str(error), code="invalid_phone") from None


class EmailField(forms.EmailField):
    """An e-mail address, in the form in which it is kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": emails.LONGEST, **kwargs})

    def to_python(self, value: Any) -> Any:
        try:
            return emails.normalised(super().to_python(value) or "")
        except ValueError:
            raise forms.ValidationError(emails.NOT_POSSIBLE, code="invalid") from None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 4, "dir": "auto"})

    def __init__(self, *, most: int, longest: int, **kwargs: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(**{"required": False, "help_text": "One a line.", **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _lines(self.prepare_value(initial) or "") != _lines(data or "")

    def clean(self, value: Any) -> list[str]:
        lines = _lines(super().clean(value))
        if len(lines) > self.most or any(len(line) > self.longest for line in lines):
            raise forms.ValidationError(f"At most {self.most} lines of {self.longest} characters.", code="max_length")
        return lines
