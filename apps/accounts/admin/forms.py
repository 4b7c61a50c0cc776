"""The forms of people: what is typed about accounts and customers, and the passwords of the back office."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from apps.accounts import selectors, services
from apps.accounts.enums import Role
from apps.accounts.forms import PASSWORD_TRIES
from apps.accounts.middleware import page_session
from apps.accounts.models import Customer, User
from apps.accounts.models.customer import default_preferences
from apps.accounts.passwords import LONGEST
from apps.core.admin_forms import EmailField, PhoneField, RefusableForm
from apps.core.admin_site import actor_of
from apps.core.api.throttling import count_secret
from apps.core.exceptions import DomainError, Duplicate, FieldError

_BOXES = {"sms": "sms", "email": "by_email", "push": "push"}  # channel to field


def password_field(label: str, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST, widget=widget)


class NewPasswordForm(forms.Form):
    """A password, typed twice."""

    password = password_field("New password", "new-password")
    repeated = password_field("New password again", "new-password")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    refused_as = {"new_password": "password"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        _require_same(self, cleaned.get("password"), cleaned.get("repeated"))
        return cleaned


class OwnPasswordForm(NewPasswordForm):
    """One's own new password, against the old one, which is counted like a log-in."""

    old_password = password_field("Old password", "current-password")
    field_order = ["old_password", "password", "repeated"]

    def __init__(self, user: User, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(user, *args, **kwargs)

    def clean_old_password(self) -> str:
        old = str(self.cleaned_data["old_password"])
        if any(usage.exceeded for usage in count_secret(self.request, PASSWORD_TRIES, self.user.email)):
            raise ValidationError("Too many tries. Wait a while and try again.", code="rate_limited")
        try:
            services.require_own_password(self.user, old, actor=actor_of(self.request))
        except DomainError as refusal:
            raise ValidationError(refusal.message, code="password_incorrect") from None
        return old

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "password" in cleaned and not self.errors:
            _require_strong(self, "password", cleaned["password"], self.user)
        return cleaned

    def save(self) -> User:
        session = page_session(self.request)
        keep = session.pk if session else None
        services.set_password(self.user, self.cleaned_data["password"], actor=actor_of(self.request), keep=keep)
        self.user.refresh_from_db()  # the session of this page goes on under the account's new version
        return self.user


class UserForm(RefusableForm):
    """Whose an account is. What it may do and whether it may come in is changed by actions."""

    email = EmailField()
    phone_number = PhoneField(required=False)

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "username", "phone_number", "is_verified"]

    def check(self, given: dict[str, Any]) -> None:
        """An address belongs to who has verified it; the database holds that, but cannot say which field is wrong."""
        if not given.get("is_verified", True):
            return
        email, phone_number = given["email"], given["phone_number"]
        taken = selectors.taken_from(self.instance.pk, email=email, phone_number=phone_number)
        if taken:
            message = "Another account has verified this already."
            raise Duplicate(message, [FieldError(name, "unique", message) for name in taken])

    def clean_username(self) -> str | None:
        name = self.cleaned_data["username"]
        return name.lower() if name else None

    def clean_phone_number(self) -> str | None:
        return self.cleaned_data["phone_number"] or None


class NewUserForm(UserForm):
    """A new account with its first password. Who makes it vouches for the person."""

    password = password_field("Password", "new-password")
    repeated = password_field("Password again", "new-password")

    class Meta(UserForm.Meta):
        fields = ["first_name", "last_name", "email", "username", "phone_number", "role"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        _require_same(self, cleaned.get("password"), cleaned.get("repeated"))
        if cleaned.get("password"):
            person = User(**{name: cleaned.get(name) or "" for name in ("first_name", "last_name", "email")})
            _require_strong(self, "password", cleaned["password"], person)
        return cleaned


def _require_same(form: forms.BaseForm, password: str | None, repeated: str | None) -> None:
    if password and repeated and password != repeated:
        form.add_error("repeated", ValidationError("The two passwords are not the same.", code="password_mismatch"))


def _require_strong(form: forms.BaseForm, field: str, password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        form.add_error(field, error)


class ReasonForm(forms.Form):
    """Why something is done to an account; kept with its history."""

    reason = forms.CharField(max_length=500)


class RoleForm(ReasonForm):
    role = forms.ChoiceField(choices=Role.choices)
    field_order = ["role", "reason"]


class CustomerForm(RefusableForm):
    """A customer, with a box for each channel."""

    phone = PhoneField()
    email = EmailField(required=False)
    locale = forms.RegexField(r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}$", max_length=20, initial="en")
    sms = forms.BooleanField(required=False, label="Notify by SMS")
    by_email = forms.BooleanField(required=False, label="Notify by e-mail")
    push = forms.BooleanField(required=False, label="Notify by push message")

    class Meta:
        model = Customer
        fields = ["first_name", "last_name", "phone", "email", "locale", "notes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        preferences = {**default_preferences(), **(self.instance.notification_preferences or {})}
        for channel, name in _BOXES.items():
            self.initial[name] = preferences[channel]

    def given(self) -> dict[str, Any]:
        """What was typed that differs from the record, as ``services.update_customer`` takes it."""
        changed = set(self.changed_data)
        fields = {name: self.cleaned_data[name] for name in CustomerForm.Meta.fields if name in changed}
        chosen = {channel: self.cleaned_data[name] for channel, name in _BOXES.items()}
        return fields | ({"notification_preferences": chosen} if changed & set(_BOXES.values()) else {})


class MergeForm(forms.Form):
    """Which of the chosen customers stays."""

    into = forms.ChoiceField(label="Keep", widget=forms.RadioSelect)

    def __init__(self, customers: Iterable[Customer], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(found.pk), f"{found}, {found.phone or found.email or 'no contact'}") for found in customers]
        self.fields["into"].choices = choices  # type: ignore[attr-defined]
