"""How one event is worded in one language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """Liquid templates: of an e-mail the subject and the text, whose paragraphs are parted by empty lines, and of an SMS."""

    subject: str
    email: str
    sms: str
