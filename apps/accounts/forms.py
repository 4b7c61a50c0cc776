"""The forms of one's own account: the same identifiers, the same checks and the same limits as the interface."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from apps.accounts.enums import Role
from apps.accounts.exceptions import AccountInactive, AccountUnverified, InvalidCredentials, TooBusy, TooManyTries
from apps.accounts.passwords import LONGEST
from apps.core.admin_forms import EmailField, PhoneField
from apps.core.api.throttling import count_secret
from apps.core.exceptions import DomainError, ValidationFailed

# Doors to the same thing count into one limit: a second door must not mean twice as many tries.
PASSWORD_TRIES = "password"
VERIFICATION_TRIES = "verification"
RESET_TRIES = "reset"
REGISTRATIONS = "registration"
CODE_REQUESTS = "code request"
RESET_REQUESTS = "reset request"
SECOND_FACTOR_TRIES = "second factor"


class LoginForm(AuthenticationForm):
    """E-mail, username or phone number, and password.

    After too many tries, by address or for one identifier, nothing is checked any more: the form has an error with the
    code ``rate_limited``, and ``retry_after`` says in how many seconds the next try will be heard; ``busy`` if it is not
    the person's fault. ``status`` is what the page answers then. That an account is not let in is only told to whoever
    knows its password.
    """

    error_messages = {
        "invalid_login": "The identifier or the password is wrong.",
        "inactive": "This account has been deactivated.",
        "rate_limited": "Too many tries. Wait %(seconds)s seconds and try again.",
    }

    username = forms.CharField(
        label="E-mail, username or phone number",
        max_length=254,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    status = 200
    retry_after: int | None = None

    def clean(self) -> dict[str, Any]:
        if self.request is not None:
            usages = count_secret(self.request, PASSWORD_TRIES, self.cleaned_data.get("username"))
            waits = [usage.wait for usage in usages if usage.exceeded]
            if waits:
                raise self._not_heard(max(waits))
        try:
            return super().clean()
        except TooManyTries as refusal:
            raise self._not_heard(refusal.retry_after) from None
        except TooBusy as refusal:
            self.status, self.retry_after = 503, refusal.retry_after
            raise ValidationError(refusal.message, code="busy") from None
        except (AccountInactive, AccountUnverified) as refusal:
            raise ValidationError(refusal.message, code=refusal.code.lower()) from None

    def _not_heard(self, seconds: int) -> ValidationError:
        self.status, self.retry_after = 429, seconds
        return ValidationError(self.error_messages["rate_limited"], code="rate_limited", params={"seconds": seconds})


def _text(label: str, longest: int, *, required: bool = True, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"dir": "auto", **attrs})
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget)


def _password(label: str, autocomplete: str = "new-password", hint: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST, widget=widget, help_text=hint)


def _code(hint: str, *, longest: int, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(
        attrs={
            "autocomplete": "one-time-code",
            "autocapitalize": "none",
            "spellcheck": "false",
            "class": "code",
            **attrs,
        }
    )
    return forms.CharField(label="Code", max_length=longest, widget=widget, help_text=hint)


def _identifier() -> forms.CharField:
    return _text(
        "E-mail, username or phone number", 254, autocapitalize="none", autocomplete="username", spellcheck="false"
    )


_NEW_PASSWORD = "At least 8 characters: an upper-case and a lower-case letter, a digit and a special character."
_SENT_CODE = "The six digits from the e-mail."


class PersonForm(forms.Form):
    """A form of the pages that can say why a service refused it, and when the next try will be heard.

    ``refused_as`` names fields of the contract that are called otherwise here.
    """

    use_required_attribute = True
    refused_as: ClassVar[dict[str, str]] = {}
    status = 200
    retry_after: int | None = None

    def add_error(self, field: str | None, error: Any) -> None:
        """The page opens at what is wrong: at the message above the form, else at the first field with one."""
        super().add_error(field, error)
        wrong = [] if self.non_field_errors() else [name for name in self.fields if name in self.errors]
        for name, each in self.fields.items():
            each.widget.attrs.pop("autofocus", None)
            if name in wrong[:1]:
                each.widget.attrs["autofocus"] = True

    def refuse(self, refusal: DomainError) -> None:
        """Put the refusal where the reader will look for it: at the field that it names, else above the form."""
        self.retry_after = refusal.retry_after
        named = [(self.refused_as.get(detail.field, detail.field), detail.message) for detail in refusal.details]
        for name, message in named or [("", refusal.message)]:
            self.add_error(name if name in self.fields else None, message)


class SecretForm(PersonForm):
    """A form that takes a secret, or has one sent: each sending counts into the limit ``tries``, as the interface's do."""

    tries: ClassVar[str]

    def __init__(self, *args: Any, request: HttpRequest, whose: str = "", **kwargs: Any) -> None:
        self.request, self.whose = request, whose
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        identifier = self.whose or cleaned.get("identifier") or cleaned.get("email")
        usages = count_secret(self.request, self.tries, identifier)
        waits = [usage.wait for usage in usages if usage.exceeded]
        if waits:
            self.refuse(TooManyTries(max(waits)))
        return cleaned


class TwicePasswordForm(SecretForm):
    """A form with a new password, typed twice."""

    refused_as: ClassVar[dict[str, str]] = {"newPassword": "password"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("password") and cleaned.get("repeated") and cleaned["password"] != cleaned["repeated"]:
            self.add_error("repeated", "The two passwords are not the same.")
        return cleaned


class ProofForm(SecretForm):
    """A second factor: a code of the authenticator app, a recovery code, or what a passkey has signed."""

    tries = SECOND_FACTOR_TRIES
    code = _code("The six digits that your authenticator app shows, or a recovery code.", longest=40)
    answer = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not self.data.get("answer")
        self.fields["code"].widget.attrs["autofocus"] = True

    def refuse(self, refusal: DomainError) -> None:
        wrong_code = isinstance(refusal, InvalidCredentials) and not self.data.get("answer")
        super().refuse(ValidationFailed.on("code", "invalid", refusal.message) if wrong_code else refusal)


class NewPasskeyForm(SecretForm):
    """A new passkey and what to call it."""

    tries = SECOND_FACTOR_TRIES
    challenge = forms.UUIDField(widget=forms.HiddenInput)
    answer = forms.CharField(max_length=20_000, widget=forms.HiddenInput)
    name = _text("What to call it", 100, autocomplete="off", placeholder="phone, yellow key")

    def what_was_made(self) -> dict[str, Any]:
        """What ``services.passkeys.add_passkey`` needs of it."""
        given = self.cleaned_data
        return {"challenge_id": given["challenge"], "answer": given["answer"], "name": given["name"]}


class AuthenticatorForm(SecretForm):
    """The first code of a new authenticator app."""

    tries = SECOND_FACTOR_TRIES
    code = _code("The six digits that the app shows now.", longest=10, inputmode="numeric")


class RemoveAuthenticatorForm(SecretForm):
    """What it takes to take the authenticator app away."""

    tries = SECOND_FACTOR_TRIES
    password = _password("Your password", "current-password")
    code = _code("The six digits that the app shows, or a recovery code.", longest=40)


class ForgottenForm(SecretForm):
    """Whose password is lost."""

    tries = RESET_REQUESTS
    identifier = _identifier()


class ResetForm(TwicePasswordForm):
    """A new password by a code from the mailbox."""

    tries = RESET_TRIES
    identifier = _identifier()
    code = _code(_SENT_CODE, longest=10, inputmode="numeric")
    password = _password("New password", hint=_NEW_PASSWORD)
    repeated = _password("New password again")


class OwnPasswordForm(TwicePasswordForm):
    """One's own new password, against the present one."""

    tries = PASSWORD_TRIES
    refused_as: ClassVar[dict[str, str]] = {"currentPassword": "current", "newPassword": "password"}
    current = _password("Present password", "current-password")
    password = _password("New password", hint=_NEW_PASSWORD)
    repeated = _password("New password again")


class RegisterForm(TwicePasswordForm):
    """A new account of one's own."""

    tries = REGISTRATIONS
    refused_as: ClassVar[dict[str, str]] = {"phoneNumber": "phone_number"}
    first_name = _text("First name", 100, autocomplete="given-name")
    last_name = _text("Last name", 100, autocomplete="family-name")
    email = EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}))
    phone_number = PhoneField(
        label="Phone (if you like)",
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
        help_text="With its country code, such as +44 7700 900123.",
    )
    role = forms.ChoiceField(
        label="You are",
        choices=[(Role.CUSTOMER, "a customer"), (Role.SELLER, "staff at the counter")],
        help_text="An admin of the shop has to let new staff in.",
    )
    password = _password("Password", hint=_NEW_PASSWORD)
    repeated = _password("Password again")


class ResendForm(SecretForm):
    """Another code to an address that is to be proven; whose it is stands in the session, or is asked for."""

    tries = CODE_REQUESTS
    identifier = _identifier()

    def __init__(self, *args: Any, whose: str = "", **kwargs: Any) -> None:
        super().__init__(*args, whose=whose, **kwargs)
        if whose:
            del self.fields["identifier"]

    @property
    def meant(self) -> str:
        """Whose address it is."""
        return self.whose or str(self.cleaned_data["identifier"])


class VerifyForm(ResendForm):
    """The code that proves an e-mail address."""

    tries = VERIFICATION_TRIES
    code = _code(_SENT_CODE, longest=10, inputmode="numeric")


class NameForm(PersonForm):
    """What a person is called."""

    first_name = _text("First name", 100, autocomplete="given-name")
    last_name = _text("Last name", 100, autocomplete="family-name")
