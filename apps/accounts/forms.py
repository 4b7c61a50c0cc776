"""The log-in form of the pages: the same identifiers, the same check and the same limits as the interface."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from apps.accounts.passwords import LONGEST
from apps.core.api.throttling import count_secret

# Every door that takes a password counts into one limit: a second door must not mean twice as many tries.
PASSWORD_TRIES = "password"


class LoginForm(AuthenticationForm):
    """E-mail, username or phone number, and password.

    After too many tries, by address or for one identifier, nothing is checked any more: the form has an error with the
    code ``rate_limited``, and ``retry_after`` says in how many seconds the next try will be heard.
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
    retry_after: int | None = None

    def clean(self) -> dict[str, Any]:
        self._count()
        return super().clean()

    def _count(self) -> None:
        if self.request is None:
            return
        usages = count_secret(self.request, PASSWORD_TRIES, self.data.get(self.add_prefix("username")))
        waits = [usage.wait for usage in usages if usage.exceeded]
        if waits:
            self.retry_after = max(waits)
            raise ValidationError(
                self.error_messages["rate_limited"], code="rate_limited", params={"seconds": self.retry_after}
            )
