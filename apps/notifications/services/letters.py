"""The HTML form of an e-mail: the same words in the shop's letterhead. What a template says is text, never HTML."""

import re
from dataclasses import dataclass

from django.template.loader import render_to_string

from apps.inventory.models import Branch
from apps.notifications.models import Notification

_LINK = re.compile(r"https?://\S+")
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_LABELS = {"en": "Open", "de": "Öffnen", "es": "Abrir", "fr": "Ouvrir"}


@dataclass(frozen=True)
class Paragraph:
    """Some lines of text, or a link that stands by itself and becomes a button."""

    lines: tuple[str, ...]
    link: str = ""


def letter_of(message: Notification) -> str:
    """The message with its customer's branch at its head and foot."""
    return letter_in(message.subject, message.body, message.language, message.branch)


def letter_in(subject: str, body: str, language: str, branch: Branch | None) -> str:
    """The same of words that are no message yet; without a branch nobody's name is at its head."""
    words = {
        "subject": subject,
        "language": language,
        "direction": "rtl" if language in _RIGHT_TO_LEFT else "ltr",
        "paragraphs": paragraphs_of(body),
        "button": _LABELS.get(language, _LABELS["en"]),
        "branch": branch,
    }
    return render_to_string("notifications/letter.html", words)


def paragraphs_of(text: str) -> list[Paragraph]:
    """What empty lines part."""
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    return [Paragraph((), part) if _LINK.fullmatch(part) else Paragraph(tuple(part.splitlines())) for part in parts]
