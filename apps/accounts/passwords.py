"""How passwords are stored and what they must hold."""

import re

from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from apps.core.exceptions import FieldError, ValidationFailed

_CLASSES = {
    "an upper-case letter": re.compile(r"[A-ZÀ-ÖØ-Þ]"),
    "a lower-case letter": re.compile(r"[a-zß-öø-ÿ]"),
    "a digit": re.compile(r"\d"),
    "a special character": re.compile(r"[^\w\s]|_"),
}
LONGEST = 128


class BCryptSHA256Cost12Hasher(BCryptSHA256PasswordHasher):
    """bcrypt at cost 12 over SHA-256: the digest keeps passwords of more than 72 bytes whole."""

    rounds = 12


class CharacterMixValidator:
    """At most 128 characters, among them an upper-case and a lower-case letter, a digit and a special character."""

    def validate(self, password: str, user: object = None) -> None:
        missing = [name for name, pattern in _CLASSES.items() if not pattern.search(password)]
        if missing:
            raise ValidationError(f"The password needs {', '.join(missing)}.", code="password_too_plain")
        if len(password) > LONGEST:
            raise ValidationError(f"The password is longer than {LONGEST} characters.", code="password_too_long")

    def get_help_text(self) -> str:
        return "An upper-case and a lower-case letter, a digit and a special character."


def require_strong(password: str, *, field: str) -> None:
    """Raises ``ValidationFailed`` with one detail on ``field`` for each rule that the password breaks."""
    try:
        validate_password(password)
    except ValidationError as error:
        details = [
            FieldError(field, found.code or "invalid", message)
            for found in error.error_list
            for message in found.messages
        ]
        raise ValidationFailed("The password is too weak.", details) from None
