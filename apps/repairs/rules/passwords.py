"""What the password of a device may be."""

from apps.repairs.enums import PasswordKind

_DOTS = "123456789"
_FEWEST_DOTS = 4


def password_problem(kind: str, password: str) -> str:
    """Why this is no password of the kind, in words; nothing if it is one. A pattern is written ``1-4-7-8-9``."""
    if kind == PasswordKind.DIGITS and not (password.isascii() and password.isdigit()):
        return "A password of digits has digits alone."
    if kind == PasswordKind.PATTERN and not _is_pattern(password):
        return "A pattern names at least four of the dots 1 to 9, each once, such as 1-4-7-8-9."
    return ""


def _is_pattern(text: str) -> bool:
    dots = text.split("-")
    return (
        len(dots) >= _FEWEST_DOTS
        and len(set(dots)) == len(dots)
        and all(dot in _DOTS and len(dot) == 1 for dot in dots)
    )
