"""The demo password: given, or made once and kept in the data folder, so that every start can print it."""

import os
import secrets

from django.conf import settings


def remembered_password() -> str:
    """The password kept in the data folder, or nothing."""
    path = settings.DATA_DIR / "demo-password"
    return str(path.read_text()).strip() if path.exists() else ""


def remember_password(password: str) -> None:
    """Keep the password for the next start, readable by the owner of the data folder only."""
    path = settings.DATA_DIR / "demo-password"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(password)


def fresh_password() -> str:
    """A random password that keeps the rules for passwords."""
    return f"Demo-{secrets.token_hex(5)}-{secrets.choice('ABCDEFGHJKLMNPQRSTUVWXYZ')}{secrets.randbelow(10)}"
