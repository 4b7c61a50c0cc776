"""What people log in with, in the one form in which it is looked up and counted."""

from apps.core.emails import normalised
from apps.core.phones import e164


def as_identifier(text: str) -> str:
    """An e-mail address as it is kept, a phone number as E.164, the rest as it is; however it was typed."""
    stripped = text.strip()
    try:
        if "@" in stripped:
            return normalised(stripped)
        return e164(stripped) if stripped[:1] in {"+", "("} or stripped[:1].isdigit() else stripped
    except ValueError:
        return stripped
