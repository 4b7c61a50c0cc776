"""The HTML form of an e-mail: the same words in the shop's letterhead. What a template says is text, never HTML."""

import re
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from apps.notifications.models import Notification

_LINK = re.compile(r"https?://\S+")
_LABELS = {"en": "Open", "de": "Öffnen", "es": "Abrir", "fr": "Ouvrir"}


@dataclass(frozen=True)
class Paragraph:
    """Some lines of text, or a link that stands by itself and becomes a button."""

    lines: tuple[str, ...]
    link: str = ""


def letter_of(message: Notification) -> str:
    """The message with its customer's branch at its head and foot."""
    branch: Any = message.branch
    words = {
        "subject": message.subject,
        "language": message.language,
        "direction": "rtl" if message.language in {"ar", "he", "fa", "ur"} else "ltr",
        "paragraphs": paragraphs_of(message.body),
        "button": _LABELS.get(message.language, _LABELS["en"]),
        "branch": branch,
    }
    return render_to_string("notifications/letter.html", words)


def paragraphs_of(text: str) -> list[Paragraph]:
    """What empty lines part."""
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    return [Paragraph((), part) if _LINK.fullmatch(part) else Paragraph(tuple(part.splitlines())) for part in parts]
