"""How passwords are stored and what they must hold."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from apps.accounts.exceptions import TooBusy
from apps.core.exceptions import FieldError, ValidationFailed

_CLASSES = {
    "an upper-case letter": re.compile(r"[A-ZÀ-ÖØ-Þ]"),
    "a lower-case letter": re.compile(r"[a-zß-öø-ÿ]"),
    "a digit": re.compile(r"\d"),
    "a special character": re.compile(r"[^\w\s]|_"),
}
LONGEST = 128


class Gate:
    """Lets ``at_once`` threads compute and others wait, ``places`` in all; who comes after those is refused at once.

    Hashing takes a quarter of a second: without a bound a handful of log-ins would take every thread of a process, and
    everybody else's requests would stand behind them.
    """

    def __init__(self, at_once: int, places: int) -> None:
        self.free = places
        self._counting = threading.Lock()
        self._computing = threading.BoundedSemaphore(at_once)
        self._of_thread = threading.local()

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for all that this thread hashes meanwhile; raises ``TooBusy`` when there is none."""
        if getattr(self._of_thread, "taken", False):
            yield
            return
        self._take()
        try:
            with self._computing:
                yield
        finally:
            self._give_back()

    def _take(self) -> None:
        with self._counting:
            if not self.free:
                raise TooBusy
            self.free -= 1
        self._of_thread.taken = True

    def _give_back(self) -> None:
        self._of_thread.taken = False
        with self._counting:
            self.free += 1


@cache
def gate() -> Gate:
    """That of this process; one thread at least stays free for other requests."""
    places = settings.HASH_PLACES or max(1, settings.WEB_THREADS - 1)
    return Gate(settings.HASHES_AT_ONCE, places)


class BCryptSHA256Cost12Hasher(BCryptSHA256PasswordHasher):
    """bcrypt at cost 12 over SHA-256: the digest keeps passwords of more than 72 bytes whole."""

    rounds = 12

    def encode(self, password: str, salt: str) -> str:
        with gate().place():
            return str(super().encode(password, salt))


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
