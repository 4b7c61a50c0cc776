"""Model fields with a meaning of their own: money, and text that is encrypted at rest."""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


class MoneyField(models.DecimalField):
    """An amount; wide enough for every currency's digits. The currency stands in a field beside it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 3)
        super().__init__(*args, **kwargs)


@lru_cache(maxsize=8)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """Encrypts with the first of ``settings.FIELD_KEYS`` and decrypts with any of them."""
    return _cipher(tuple(settings.FIELD_KEYS))


class EncryptedTextField(models.TextField):
    """Text that the database sees only encrypted (Fernet). A wrong key raises ``InvalidToken``, it never reads as empty.

    It cannot be searched: every look-up but ``isnull`` is refused.
    """

    def get_prep_value(self, value: Any) -> Any:
        plain = super().get_prep_value(value)
        return plain if plain is None else cipher().encrypt(plain.encode()).decode("ascii")

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if value is None else cipher().decrypt(value.encode("ascii")).decode()

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is encrypted and cannot be looked up with {lookup_name!r}.")
        return super().get_lookup(lookup_name)
