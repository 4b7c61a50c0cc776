"""Fast password hashers: one counts how often it was asked to work, one is interrupted in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    computed: ClassVar[int] = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).computed += 1
        encoded: str = super().encode(password, salt)
        return encoded


class InterruptedHasher(MD5PasswordHasher):
    """Lets something happen after a password was read and before it is compared."""

    meanwhile: ClassVar[Callable[[], object]] = list

    def verify(self, password: str, encoded: str) -> bool:
        matches: bool = super().verify(password, encoded)
        type(self).meanwhile()
        return matches
